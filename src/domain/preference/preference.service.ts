import { requireRole, requireScope, requireUnlimited, type Actor } from '../../kernel/actor';
import { badInput, conflict } from '../../kernel/errors';
import type { JsonObject } from '../../kernel/json';
import { isStorableText } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import { requireStorableJson } from '../session/state';
import type { PreferenceOwner, Preferences } from './preference';
import type { PreferenceStore } from './preference.store';

const MAX_PATCH_BYTES = 256 * 1024;
const MAX_KEY = 256;
const PREFIXED = /^(?:user|app|agent|temp):/;

export interface PatchOptions {
  readonly expectedVersion?: number | null;
  readonly idempotency?: IdempotencyKey | null;
}

export interface PreferenceService {
  /** Empty where none were written. Exactly one owner is given. @throws GatewayError BAD_USER_INPUT; FORBIDDEN (a user outside the actor's limits) */
  read(actor: Actor, owner: OwnerInput): Promise<Preferences>;
  /**
   * Merges a patch in (RFC 7396: null removes a key). Those of an agent are the whole tenant's: keys limited to scopes may not write them.
   * @throws GatewayError BAD_USER_INPUT, FORBIDDEN, CONFLICT (VERSION_MISMATCH)
   */
  patch(actor: Actor, owner: OwnerInput, patch: JsonObject, options?: PatchOptions): Promise<Preferences>;
}

export interface OwnerInput {
  readonly userId?: string | null;
  readonly agentId?: string | null;
}

interface PreferenceServiceDeps {
  readonly preferences: PreferenceStore;
  readonly transact: Transact<{ readonly preferences: PreferenceStore; readonly idempotency: IdempotencyStore }>;
}

export function createPreferenceService({ preferences, transact }: PreferenceServiceDeps): PreferenceService {
  const read = async (actor: Actor, owner: PreferenceOwner): Promise<Preferences> => {
    const stored = await preferences.read(actor, owner);
    const prefix = `${owner.kind}:`;
    return {
      userId: owner.kind === 'user' ? owner.id : null,
      agentId: owner.kind === 'agent' ? owner.id : null,
      values: Object.fromEntries(Object.entries(stored?.state ?? {}).map(([key, value]) => [key.startsWith(prefix) ? key.slice(prefix.length) : key, value])),
      version: stored?.version ?? 0,
      updatedAt: stored?.updatedAt ?? null,
    };
  };

  return {
    async read(actor, input) {
      requireRole(actor, 'reader');
      const owner = ownerOf(input);
      if (owner.kind === 'user') requireScope(actor, { user_id: owner.id }, 'userId');
      return read(actor, owner);
    },

    async patch(actor, input, patch, { expectedVersion, idempotency } = {}) {
      requireRole(actor, 'writer');
      const owner = ownerOf(input, 'input.');
      if (owner.kind === 'user') requireScope(actor, { user_id: owner.id }, 'input.userId');
      else requireUnlimited(actor);
      requireStorableJson(patch, 'input.patch', MAX_PATCH_BYTES);
      for (const key of Object.keys(patch)) {
        if (key === '' || key.length > MAX_KEY || PREFIXED.test(key)) throw badInput('input.patch', `a key has 1 to ${MAX_KEY} characters and no prefix: it is ${JSON.stringify(key.replace(PREFIXED, '').slice(0, 80))} here and ${owner.kind}:… in a state`);
      }
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        const version = await stores.preferences.lock(actor, owner);
        if (expectedVersion !== null && expectedVersion !== undefined && expectedVersion !== version) {
          throw conflict(`the preferences are at version ${version}, not ${expectedVersion}`, 'VERSION_MISMATCH', 'input.expectedVersion');
        }
        // Not assigned one by one: a key may be `__proto__`.
        await stores.preferences.merge(actor, owner, Object.fromEntries(Object.entries(patch).map(([key, value]) => [`${owner.kind}:${key}`, value])));
        return { owner: owner.id };
      }));
      return read(actor, owner);
    },
  };
}

function ownerOf({ userId, agentId }: OwnerInput, path = ''): PreferenceOwner {
  if (isGiven(userId) && isGiven(agentId)) throw badInput(`${path}agentId`, 'preferences are of a user or of an agent, not of both');
  const owner: PreferenceOwner | null = isGiven(userId) ? { kind: 'user', id: userId } : isGiven(agentId) ? { kind: 'agent', id: agentId } : null;
  if (owner === null) throw badInput(`${path}userId`, 'preferences are of a user or of an agent: give userId or agentId');
  if (owner.id === '' || owner.id.length > 256 || !isStorableText(owner.id)) throw badInput(`${path}${owner.kind}Id`, 'an id has 1 to 256 characters, without NUL or lone surrogates');
  return owner;
}

const isGiven = (value: string | null | undefined): value is string => value !== null && value !== undefined;
