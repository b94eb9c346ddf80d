import type { Actor } from '../kernel/actor';
import { conflict } from '../kernel/errors';
import type { JsonObject } from '../kernel/json';
import { scopeHash, scopeSubsetHashes, type Scope } from '../kernel/scope';
import { feedBusTopic } from '../domain/feed/feed';
import { eventsTopic } from '../domain/session/event';
import type { Session } from '../domain/session/session';
import type { SessionStore } from '../domain/session/session.store';
import { isEmpty, mayShareUserState, requireSharedWrite } from '../domain/session/state';
import { treeTopic } from '../domain/session/tree';
import type { Bus } from '../platform/bus/bus.port';
import { SESSION_GONE } from './generation.sql';
import { UNQUOTED } from './memory.sql';
import { limitHashes, visibleTo } from './scope-limits';
import { prepared, type Sql } from './sql';

/** Namespace of session scopes inside scope hashes. */
export const EVENTS_NAMESPACE = 'events';

export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly agent_id: string | null;
  readonly parent_id: string | null;
  readonly root_id: string | null;
  readonly depth: number;
  readonly scope: Scope;
  readonly state: JsonObject;
  readonly app_state: JsonObject | null;
  readonly user_state: JsonObject | null;
  readonly metadata: JsonObject;
  readonly next_seq: string;
  readonly version: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date | null;
}

export const SESSION_COLUMNS = `s.id, s.user_id, s.agent_id, s.parent_id, s.root_id, cardinality(s.ancestors) as depth, s.scope, s.metadata, s.next_seq, s.version, s.created_at,
  s.updated_at, s.expires_at, s.state, a.state as app_state, u.state as user_state`;
export const SESSION_TABLES = `from sessions s
  left join shared_states a on a.tenant_id = s.tenant_id and a.kind = 'app' and a.owner = ''
  left join shared_states u on u.tenant_id = s.tenant_id and u.kind = 'user' and u.owner = s.user_id`;
const LIVE = `(s.expires_at is null or s.expires_at > now())`;

const INSERT = prepared('session.insert', `
  insert into sessions (tenant_id, id, user_id, agent_id, parent_id, scope, scope_hash, scope_sub, initial_state, state, metadata, expires_at, root_id, ancestors)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13) on conflict do nothing returning id`);

/** Sessions that stand alone become tops of trees, with what happened in them. */
export const MARK_ROOTS = prepared('session.markRoots', `
  with alone as (
    select s.tenant_id, s.id, s.next_seq from sessions s
    where s.tenant_id = $1 and ${LIVE} and ($2::bigint[] is null or s.scope_sub && $2) and s.id = any ($3::uuid[]) and s.root_id is null
    order by s.id for update),
  marked as (update sessions s set root_id = s.id from alone a where s.tenant_id = a.tenant_id and s.id = a.id)
  insert into tree_appends (tenant_id, session_id, first_seq, last_seq, root_id)
  select tenant_id, id, 1, next_seq - 1, id from alone where next_seq > 1`);
const LOCK_PARENT = prepared('session.lockParent', `
  select s.id, s.root_id, s.ancestors, s.state, s.scope from sessions s
  where s.tenant_id = $1 and ${LIVE} and ($2::bigint[] is null or s.scope_sub && $2) and s.id = $3 for update`);

/** Rows are locked in the order of (kind descending: user, then app; owner), the same in every writer. */
export const MERGE_SHARED = prepared('state.mergeShared', `
  insert into shared_states (tenant_id, kind, owner, state)
  select tenant_id, kind, owner, jsonb_merge_patches('{}', patches)
  from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) as t (tenant_id, kind, owner, patches)
  order by tenant_id, kind desc, owner
  on conflict (tenant_id, kind, owner) do update set version = shared_states.version + 1, updated_at = now(),
    state = jsonb_merge_patches(shared_states.state, (
      select patches from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) as t (tenant_id, kind, owner, patches)
      where t.tenant_id = excluded.tenant_id and t.kind = excluded.kind and t.owner = excluded.owner))
  returning octet_length(state::text) as size`);

const GET_MANY = prepared('session.getMany', `
  select ${SESSION_COLUMNS} ${SESSION_TABLES}
  where s.tenant_id = $1 and s.id = any ($2::uuid[]) and ${LIVE} and ($3::bigint[] is null or s.scope_sub && $3)`);

const LIST = prepared('session.list', `
  select ${SESSION_COLUMNS} ${SESSION_TABLES}
  where s.tenant_id = $1 and ${LIVE} and ($2::bigint[] is null or s.scope_sub && $2)
    and ($3::text is null or s.user_id = $3) and ($4::text is null or s.agent_id = $4) and ($5::uuid is null or s.parent_id = $5)
    and ($6::bigint is null or s.scope_sub @> array[$6]) and ($7::uuid is null or s.id < $7)
    and ($10::uuid is null or (s.ancestors @> array[$10] and s.root_id = (
      select r.root_id from sessions r where r.tenant_id = $1 and r.id = $10 and (r.expires_at is null or r.expires_at > now()) and ($2::bigint[] is null or r.scope_sub && $2))))
  order by s.id desc limit $8 offset $9`);

const REMOVE = prepared('session.remove', `
  delete from sessions s where s.tenant_id = $1 and s.id = $2 and ${LIVE} and ($3::bigint[] is null or s.scope_sub && $3) returning s.tenant_id, s.id, s.root_id`);

const SWEEP = prepared('session.sweep', `
  delete from sessions where (tenant_id, id) in (
    select tenant_id, id from sessions where expires_at <= now() order by expires_at limit $1 for update skip locked) returning tenant_id, id`);

/** Waits for whoever writes candidates of these sessions at the moment: what they commit is then seen and emptied. */
const LOCK_GENERATIONS = prepared('session.lockGenerations', `
  select g.id from unnest($1::text[], $2::uuid[]) as t (tenant_id, session_id)
  join generations g on g.tenant_id = t.tenant_id and g.session_id = t.session_id order by g.tenant_id, g.id for update of g`);
/** What became a memory stays; what did not was only ever a quotation of the session. Open candidates may still become one. */
const EMPTY_CANDIDATES = prepared('session.emptyCandidates', `
  update generation_candidates c set candidate = c.candidate || ${UNQUOTED}, reason = '${SESSION_GONE}', decision = null
  from unnest($1::text[], $2::uuid[]) as t (tenant_id, session_id)
  join generations g on g.tenant_id = t.tenant_id and g.session_id = t.session_id
  where c.tenant_id = g.tenant_id and c.generation_id = g.id and c.memory_id is null and c.outcome is not null`);
const MARK_LEXICON = prepared('session.markLexicon', `
  update corpus_stats set erased = true where tenant_id = any ($1::text[]) and corpus = 'events'`);

interface ParentRow {
  readonly id: string;
  readonly root_id: string | null;
  readonly ancestors: readonly string[];
  readonly state: JsonObject;
  readonly scope: Scope;
}

interface ErasedRow {
  readonly tenant_id: string;
  readonly id: string;
}

/** What quotes sessions that were just deleted, in the same transaction. */
async function eraseTraces(tx: Sql, erased: readonly ErasedRow[]): Promise<void> {
  if (erased.length === 0) return;
  const pairs = [erased.map((row) => row.tenant_id), erased.map((row) => row.id)];
  await tx.query(LOCK_GENERATIONS, pairs);
  await tx.query(EMPTY_CANDIDATES, pairs);
  await tx.query(MARK_LEXICON, [erased.map((row) => row.tenant_id)]);
}

export function createSessionStore(sql: Sql, bus: Bus): SessionStore {
  const getMany: SessionStore['getMany'] = async (actor, ids) => {
    const rows = await sql.query<SessionRow>(GET_MANY, [actor.tenantId, ids, limitHashes(actor, EVENTS_NAMESPACE)]);
    const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, toSession(actor, row)]));
    return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
  };

  return {
    getMany,

    insert: (actor, draft) =>
      sql.transact(async (tx) => {
        requireSharedWrite(actor, draft.userId, draft.state);
        const inserted = await tx.query(INSERT, [
          actor.tenantId, draft.id, draft.userId, draft.agentId, draft.parentId, JSON.stringify(draft.scope),
          scopeHash(actor.tenantId, EVENTS_NAMESPACE, draft.scope), scopeSubsetHashes(actor.tenantId, EVENTS_NAMESPACE, draft.scope),
          JSON.stringify(draft.state.own), JSON.stringify(draft.metadata), draft.expiresAt,
          draft.place?.rootId ?? null, draft.place?.ancestors ?? [],
        ]);
        if (inserted.length === 0) throw conflict(`session ${draft.id} already exists`, 'ALREADY_EXISTS', 'input.id');
        const shared = [
          { kind: 'user', owner: draft.userId, patch: draft.state.user },
          { kind: 'app', owner: '', patch: draft.state.app },
        ].filter(({ patch }) => !isEmpty(patch));
        if (shared.length > 0) {
          await tx.query(MERGE_SHARED, [
            shared.map(() => actor.tenantId), shared.map(({ kind }) => kind), shared.map(({ owner }) => owner),
            shared.map(({ patch }) => JSON.stringify([patch])),
          ]);
        }
        const [session] = await createSessionStore(tx, bus).getMany(actor, [draft.id]);
        if (session === undefined || session === null) throw new Error('a session just inserted is not readable');
        return session;
      }),

    async lockParent(actor, id) {
      const values = [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE)];
      const [parent] = visibleTo(actor, await sql.query<ParentRow>(LOCK_PARENT, [...values, id]));
      if (parent === undefined) return null;
      if (parent.root_id === null) await sql.query(MARK_ROOTS, [...values, [parent.id]]);
      return { place: { rootId: parent.root_id ?? parent.id, ancestors: [...parent.ancestors, parent.id] }, state: parent.state };
    },

    async list(actor, filter, { limit, offset, after }) {
      const rows = await sql.query<SessionRow>(LIST, [
        actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), filter.userId ?? null, filter.agentId ?? null, filter.parentId ?? null,
        filter.scope === undefined ? null : scopeHash(actor.tenantId, EVENTS_NAMESPACE, filter.scope), after, limit, offset,
        filter.ancestorId ?? null,
      ]);
      return visibleTo(actor, rows).map((row) => toSession(actor, row));
    },

    remove: (actor, id) =>
      sql.transact(async (tx) => {
        const removed = await tx.query<ErasedRow & { readonly root_id: string | null }>(REMOVE, [actor.tenantId, id, limitHashes(actor, EVENTS_NAMESPACE)]);
        await eraseTraces(tx, removed);
        // Subscribers look, find nothing, and end with NOT_FOUND.
        tx.afterCommit(() => {
          bus.notify(eventsTopic(actor.tenantId, id.toLowerCase()));
          for (const { root_id } of removed) if (root_id !== null) bus.notify(feedBusTopic(actor.tenantId, treeTopic(root_id)));
        });
        return removed.length > 0;
      }),

    sweepExpired: (limit) =>
      sql.transact(async (tx) => {
        const expired = await tx.query<ErasedRow>(SWEEP, [limit]);
        await eraseTraces(tx, expired);
        return expired.length;
      }),
  };
}

export const toSession = (actor: Actor, row: SessionRow): Session => ({
  id: row.id,
  userId: row.user_id,
  agentId: row.agent_id,
  parentId: row.parent_id,
  rootId: row.root_id ?? row.id,
  depth: row.depth,
  scope: row.scope,
  state: { ...row.app_state, ...(mayShareUserState(actor, row.user_id) ? row.user_state : {}), ...row.state },
  metadata: row.metadata,
  lastSeq: Number(row.next_seq) - 1,
  version: Number(row.version),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  expiresAt: row.expires_at,
});
