import { requireRole, requireScope, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, GatewayError, notFound } from '../../kernel/errors';
import { isUuid, isUuidV7, newId } from '../../kernel/ids';
import type { JsonObject } from '../../kernel/json';
import { toPage, type Page } from '../../kernel/page';
import { isStorableText, parseScope } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { Session, SessionFilter, NewSession } from './session';
import type { ListPosition, ParentSession, SessionDraft, SessionStore } from './session.store';
import { requireStorableJson, splitState } from './state';
import { MAX_TREE_DEPTH, requireHandDown } from './tree';

const MAX_STATE_BYTES = 256 * 1024;
const MAX_METADATA_BYTES = 16 * 1024;
const MAX_TTL_SECONDS = 10 * 365 * 24 * 3600;

export interface SessionService {
  create(actor: Actor, input: NewSession, options?: WriteOptions): Promise<Session>;
  /** @throws GatewayError NOT_FOUND */
  get(actor: Actor, id: string): Promise<Session>;
  find(actor: Actor, id: string): Promise<Session | null>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Session | null)[]>;
  /** Newest first. */
  list(actor: Actor, filter: SessionFilter, position: ListPosition): Promise<Page<Session>>;
  /** Removes the session and its events; memories made from it stay. @throws GatewayError NOT_FOUND */
  remove(actor: Actor, id: string, options?: WriteOptions): Promise<void>;
}

export interface WriteOptions {
  readonly idempotency?: IdempotencyKey | null;
}

interface SessionServiceDeps {
  readonly sessions: SessionStore;
  readonly transact: Transact<{ readonly sessions: SessionStore; readonly idempotency: IdempotencyStore }>;
  readonly clock: Clock;
}

export function createSessionService({ sessions, transact, clock }: SessionServiceDeps): SessionService {
  const find = async (actor: Actor, id: string): Promise<Session | null> => {
    requireRole(actor, 'reader');
    if (!isUuid(id)) return null;
    const [session] = await sessions.getMany(actor, [id]);
    return session ?? null;
  };

  const get = async (actor: Actor, id: string): Promise<Session> => {
    const session = await find(actor, id);
    if (session === null) throw notFound('session', id);
    return session;
  };

  return {
    async create(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const userId = requireKey(input.userId, 'input.userId');
      const scope = input.scope === undefined ? parseScope({ user_id: userId }, 'input.scope') : parseScope(input.scope, 'input.scope');
      requireScope(actor, scope, 'input.scope');
      requireStorableJson(input.state ?? {}, 'input.state', MAX_STATE_BYTES);
      requireStorableJson(input.metadata ?? {}, 'input.metadata', MAX_METADATA_BYTES);
      if (input.id !== undefined && !isUuidV7(input.id)) throw badInput('input.id', 'a session id is a UUID of version 7 (RFC 9562): sessions are listed by it');
      requireHandDown(input.handDown ?? [], input.parentId ?? null);
      const draft: Omit<SessionDraft, 'place' | 'state'> = {
        id: input.id?.toLowerCase() ?? newId(clock.now().getTime()),
        userId,
        agentId: input.agentId === undefined || input.agentId === null ? null : requireKey(input.agentId, 'input.agentId'),
        parentId: input.parentId ?? null,
        scope,
        metadata: input.metadata ?? {},
        expiresAt: expiry(clock, input.ttlSeconds),
      };
      const { sessionId } = await transact((stores) =>
        once(stores.idempotency, actor, idempotency, async () => {
          const parent = await parentOf(stores.sessions, actor, draft.parentId);
          const handedDown = Object.fromEntries(Object.entries(parent?.state ?? {}).filter(([key]) => input.handDown?.includes(key) === true));
          requireStorableJson(handedDown, 'input.handDown', MAX_STATE_BYTES);
          const state = splitState(withoutNulls({ ...handedDown, ...input.state }));
          return { sessionId: (await stores.sessions.insert(actor, { ...draft, state, place: parent?.place ?? null })).id };
        }));
      return get(actor, sessionId);
    },

    find,
    get,

    async getMany(actor, ids) {
      requireRole(actor, 'reader');
      return sessions.getMany(actor, ids);
    },

    async list(actor, filter, position) {
      requireRole(actor, 'reader');
      if (![filter.parentId, filter.ancestorId].every((id) => id === undefined || isUuid(id))) return { items: [], hasMore: false };
      for (const field of ['userId', 'agentId'] as const) {
        if (!isStorableText(filter[field] ?? '')) throw badInput(field, 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
      }
      const rows = await sessions.list(actor, filter, { ...position, limit: position.limit + 1 });
      return toPage(rows, position.limit);
    },

    async remove(actor, id, { idempotency } = {}) {
      requireRole(actor, 'writer');
      if (!isUuid(id)) throw notFound('session', id);
      await transact((stores) =>
        once(stores.idempotency, actor, idempotency, async () => {
          if (!(await stores.sessions.remove(actor, id))) throw notFound('session', id);
          return { sessionId: id };
        }));
    },
  };
}

async function parentOf(sessions: SessionStore, actor: Actor, parentId: string | null): Promise<ParentSession | null> {
  if (parentId === null) return null;
  const parent = isUuid(parentId) ? await sessions.lockParent(actor, parentId) : null;
  if (parent === null) throw new GatewayError('NOT_FOUND', `session ${parentId} does not exist`, { field: 'input.parentId' });
  if (parent.place.ancestors.length > MAX_TREE_DEPTH) throw badInput('input.parentId', `a tree of sessions has at most ${MAX_TREE_DEPTH} levels below its top`, 'TREE_TOO_DEEP');
  return parent;
}

/** In a whole state a null says nothing; in a patch it removes. */
const withoutNulls = (state: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null));

function requireKey(value: string, field: string): string {
  if (value === '' || value.length > 256 || !isStorableText(value)) {
    throw badInput(field, `${field} has 1 to 256 characters, without NUL or lone surrogates`);
  }
  return value;
}

function expiry(clock: Clock, ttlSeconds: number | null | undefined): Date | null {
  if (ttlSeconds === null || ttlSeconds === undefined) return null;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS) {
    throw badInput('input.ttlSeconds', `ttlSeconds is a whole number from 1 to ${MAX_TTL_SECONDS}`);
  }
  return new Date(clock.now().getTime() + ttlSeconds * 1000);
}
