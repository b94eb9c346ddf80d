import type { Bus } from '../platform/bus/bus.port';
import { eventsTopic, type Event } from '../domain/session/event';
import type { EventStore } from '../domain/session/session.store';
import { conflict } from '../kernel/errors';
import type { JsonObject } from '../kernel/json';
import { toEvent, type EventRow } from './event-row';
import { flushAppends } from './event-flush';
import { inOrderOf } from './in-order-of';
import { isUniqueViolation } from './pg-errors';
import { limitHashes, visibleTo } from './scope-limits';
import { EVENTS_NAMESPACE } from './session.store';
import { prepared, type Sql } from './sql';

const COLUMNS = `e.id, e.session_id, e.seq, e.author, e.author_name, e.invocation_id, e.content, e.actions, e.metadata, e.occurred_at, e.created_at, s.scope`;
const VISIBLE = `s.tenant_id = $1 and (s.expires_at is null or s.expires_at > now()) and ($2::bigint[] is null or s.scope_sub && $2)`;
const JOIN = `join events e on e.tenant_id = s.tenant_id and e.session_id = s.id`;

const READ_RANGE = prepared('event.readRange', `
  select ${COLUMNS} from sessions s ${JOIN} where ${VISIBLE} and s.id = $3 and e.seq >= $4 order by e.seq limit $5`);

const ofEach = (events: string): string => `
  select ${COLUMNS.replaceAll('s.scope', 'e.scope')} from (
    select s.scope, l.* from sessions s cross join lateral (
      select * from events where tenant_id = s.tenant_id and session_id = s.id ${events}) l
    where ${VISIBLE} and s.id = any ($3::uuid[])) e
  order by e.session_id, e.seq`;
const READ_LAST = prepared('event.readLast', ofEach('order by seq desc limit $4'));
const READ_RANGES = prepared('event.readRanges', ofEach('and seq >= $4 order by seq limit $5'));

const GET_MANY = prepared('event.getMany', `select ${COLUMNS} from sessions s ${JOIN} where ${VISIBLE} and e.id = any ($3::uuid[])`);

const INITIAL_STATE = prepared('event.initialState', `select s.initial_state, s.scope from sessions s where ${VISIBLE} and s.id = $3`);

const DELTAS = prepared('event.deltas', `
  select e.seq, e.actions -> 'stateDelta' as delta, s.scope from sessions s ${JOIN}
  where ${VISIBLE} and s.id = $3 and e.seq > $4 and e.seq <= $5 and e.actions ? 'stateDelta' order by e.seq limit $6`);

export function createEventStore(sql: Sql, bus: Bus): EventStore {
  return {
    flush: (appends) =>
      sql.transact(async (tx) => {
        const results = await flushAppends(tx, appends).catch((error: unknown) => {
          throw isUniqueViolation(error, 'events_id') ? conflict('an event with this id already exists', 'ALREADY_EXISTS', 'event.id') : error;
        });
        const topics = new Set(appends.map((append) => eventsTopic(append.actor.tenantId, append.sessionId)));
        tx.afterCommit(() => { for (const topic of topics) bus.notify(topic); });
        return results;
      }),

    async readRange(actor, sessionId, fromSeq, limit) {
      const rows = await sql.query<EventRow>(READ_RANGE, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionId, fromSeq, limit]);
      return visibleTo(actor, rows).map(toEvent);
    },

    async readLast(actor, sessionIds, last) {
      const rows = await sql.query<EventRow>(READ_LAST, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionIds, last]);
      return inOrderOf(sessionIds, visibleTo(actor, rows), (row) => row.session_id, toEvent);
    },

    async readRanges(actor, sessionIds, fromSeq, limit) {
      const rows = await sql.query<EventRow>(READ_RANGES, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionIds, fromSeq, limit]);
      return inOrderOf(sessionIds, visibleTo(actor, rows), (row) => row.session_id, toEvent);
    },

    async getMany(actor, ids) {
      const rows = await sql.query<EventRow>(GET_MANY, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), ids]);
      const byId = new Map(visibleTo(actor, rows).map((row) => [row.id, toEvent(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async initialState(actor, sessionId) {
      const rows = await sql.query<{ initial_state: JsonObject; scope: Event['metadata'] & Record<string, string> }>(
        INITIAL_STATE, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionId]);
      return visibleTo(actor, rows)[0]?.initial_state ?? null;
    },

    async deltas(actor, sessionId, afterSeq, throughSeq, limit) {
      const rows = await sql.query<{ seq: string; delta: JsonObject; scope: Record<string, string> }>(
        DELTAS, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionId, afterSeq, throughSeq, limit]);
      return visibleTo(actor, rows).map((row) => ({ seq: Number(row.seq), delta: ownKeys(row.delta) }));
    },
  };
}

/** Stored deltas keep their shared keys for readers of the event; replay covers the session's own. */
const ownKeys = (delta: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(delta).filter(([key]) => !key.startsWith('app:') && !key.startsWith('user:')));
