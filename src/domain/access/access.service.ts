import { requireRole, requireUnlimited, ROLES, type Actor, type Role } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, GatewayError, isDatabaseDown, notFound } from '../../kernel/errors';
import { isStorableText, parseScope, type Scope } from '../../kernel/scope';
import { generateKey, secretMatches, splitKey, type ApiKey } from './api-key';
import type { ApiKeyStore } from './api-key.store';

export const DEFAULT_TENANT = 'default';
/** How precise `lastUsedAt` is: it spares a write per request. */
const TOUCH_MS = 60_000;
/** How long a key that was read goes on to hold while the database is away, where nobody can revoke it either. */
const KNOWN_MS = 300_000;
const KNOWN_KEYS = 10_000;
const TENANT = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export interface NewApiKey {
  readonly name: string;
  readonly roles?: readonly string[];
  readonly scopeLimits?: readonly unknown[];
  readonly ttlDays?: number | null;
}

export interface AccessService {
  /** @returns the key's text, shown this once, and what is kept of it */
  createKey(actor: Actor, input: NewApiKey): Promise<{ text: string; key: ApiKey }>;
  listKeys(actor: Actor): Promise<ApiKey[]>;
  revokeKey(actor: Actor, id: string): Promise<void>;
  /** @throws GatewayError UNAUTHENTICATED with one message for every cause, so that nothing can be probed */
  authenticate(text: string): Promise<Actor>;
}

/** The keyless user of a loopback gateway. */
export const localActor = (tenantId: string = DEFAULT_TENANT): Actor => ({ tenantId, principalId: 'local', roles: ['admin'], scopeLimits: [] });

export function createAccessService({ keys, clock }: { keys: ApiKeyStore; clock: Clock }): AccessService {
  const known = new Map<string, { readonly key: ApiKey; readonly at: number }>();

  const find = async (id: string): Promise<ApiKey | null> => {
    try {
      const key = await keys.find(id);
      known.delete(id);
      if (key !== null) known.set(id, { key, at: clock.now().getTime() });
      const [oldest] = known.keys();
      if (known.size > KNOWN_KEYS && oldest !== undefined) known.delete(oldest);
      return key;
    } catch (error) {
      const last = known.get(id);
      if (isDatabaseDown(error) && last !== undefined && clock.now().getTime() - last.at < KNOWN_MS) return last.key;
      throw error;
    }
  };

  return {
    async createKey(actor, input) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      if (!TENANT.test(actor.tenantId)) throw badInput('tenant', `a tenant id matches ${TENANT.source}`);
      if (input.name === '' || input.name.length > 100 || !isStorableText(input.name)) throw badInput('name', 'a key name has 1 to 100 characters');
      const { text, id, secretHash, last4 } = generateKey();
      const now = clock.now();
      const key: ApiKey = {
        tenantId: actor.tenantId, id, name: input.name, secretHash, last4,
        roles: parseRoles(input.roles ?? ['writer']),
        scopeLimits: parseLimits(input.scopeLimits ?? []),
        createdAt: now, expiresAt: expiryOf(now, input.ttlDays ?? null), revokedAt: null, lastUsedAt: null,
      };
      await keys.ensureTenant(actor.tenantId);
      await keys.insert(key);
      return { text, key };
    },
    async listKeys(actor) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      return keys.list(actor);
    },
    async revokeKey(actor, id) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      if (!(await keys.revoke(actor, id))) throw notFound('API key', id);
    },
    async authenticate(text) {
      const parts = splitKey(text);
      const key = parts === null ? null : await find(parts.id);
      if (parts === null || key === null || !secretMatches(parts.secret, key.secretHash) || !isUsable(key, clock.now())) {
        throw new GatewayError('UNAUTHENTICATED', 'this API key is not valid', { reason: 'BAD_API_KEY' });
      }
      if (key.lastUsedAt === null || clock.now().getTime() - key.lastUsedAt.getTime() > TOUCH_MS) await keys.touch(key.id).catch(unlessUnavailable);
      return { tenantId: key.tenantId, principalId: key.id, roles: key.roles, scopeLimits: key.scopeLimits };
    },
  };
}

const isUsable = (key: ApiKey, now: Date): boolean => key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);

function parseRoles(roles: readonly string[]): Role[] {
  return roles.map((role) => {
    const known = ROLES.find((item) => item === role);
    if (known === undefined) throw badInput('roles', `a role is one of ${ROLES.join(', ')}`);
    return known;
  });
}

function parseLimits(limits: readonly unknown[]): Scope[] {
  if (limits.length > 20) throw badInput('scopeLimits', 'a key has at most 20 scope limits');
  return limits.map((limit, index) => parseScope(limit, `scopeLimits.${index}`));
}

function expiryOf(now: Date, ttlDays: number | null): Date | null {
  if (ttlDays === null) return null;
  if (!Number.isInteger(ttlDays) || ttlDays < 1 || ttlDays > 3650) throw badInput('ttlDays', 'ttlDays is a whole number from 1 to 3650');
  return new Date(now.getTime() + ttlDays * 24 * 3600 * 1000);
}

/** A database that takes no writes still tells who may read: when a key was last used is not worth a refusal. */
function unlessUnavailable(error: unknown): void {
  if (!(error instanceof GatewayError) || error.code !== 'UNAVAILABLE') throw error;
}
