import type { Bus } from '../platform/bus/bus.port';
import { eventsTopic, type Event } from '../domain/session/event';
import type { EventStore } from '../domain/session/session.store';
import type { EventBodies } from '../domain/session/event-body';
import { conflict } from '../kernel/errors';
import type { JsonObject } from '../kernel/json';
import type { Scope } from '../kernel/scope';
import { noBodies, twiceWhenGone } from './event-bodies';
import { createEventReader, eventColumns, visibleSession } from './event-reader';
import { flushAppends } from './event-flush';
import { flushPlain, isPlain } from './event-flush-plain';
import { FEED_PENDING } from './feed.store';
import { inOrderOf } from './in-order-of';
import { isUniqueViolation } from './pg-errors';
import { limitHashes, visibleTo } from './scope-limits';
import { EVENTS_NAMESPACE } from './session.store';
import { prepared, type Sql } from './sql';

const COLUMNS = eventColumns();
const VISIBLE = visibleSession();
const JOIN = `join events e on e.tenant_id = s.tenant_id and e.session_id = s.id`;

const READ_RANGE = prepared('event.readRange', `
  select ${COLUMNS} from sessions s ${JOIN} where ${VISIBLE} and s.id = $3 and e.seq >= $4 order by e.seq limit $5`);

const ofEach = (events: string): string => `
  select ${eventColumns('e')} from (
    select s.scope, l.* from sessions s cross join lateral (
      select * from events where tenant_id = s.tenant_id and session_id = s.id ${events}) l
    where ${VISIBLE} and s.id = any ($3::uuid[])) e
  order by e.session_id, e.seq`;
const READ_LAST = prepared('event.readLast', ofEach('order by seq desc limit $4'));
const READ_RANGES = prepared('event.readRanges', ofEach('and seq >= $4 order by seq limit $5'));

const GET_MANY = prepared('event.getMany', `select ${COLUMNS} from sessions s ${JOIN} where ${VISIBLE} and e.id = any ($3::uuid[])`);

const INITIAL_STATE = prepared('event.initialState', `select s.initial_state, s.scope from sessions s where ${VISIBLE} and s.id = $3`);

const DELTAS = prepared('event.deltas', `
  select e.seq, e.actions -> 'stateDelta' as delta, e.body, s.scope from sessions s ${JOIN}
  where ${VISIBLE} and s.id = $3 and e.seq > $4 and e.seq <= $5 and e.actions ? 'stateDelta' order by e.seq limit $6`);

/** Times are known by the millisecond, as answers give them. */
const SEQ_AS_OF = prepared('event.seqAsOf', `
  select s.scope, (select coalesce(max(e.seq), 0) from events e where e.tenant_id = s.tenant_id and e.session_id = s.id
    and ($4::timestamptz is null or date_trunc('milliseconds', e.created_at) <= $4) and ($5::timestamptz is null or e.occurred_at <= $5)) as seq
  from sessions s where ${VISIBLE} and s.id = $3 and ($4::timestamptz is null or date_trunc('milliseconds', s.created_at) <= $4)`);

/** `bodies` reads what is not in the rows. */
export function createEventStore(sql: Sql, bus: Bus, bodies: EventBodies = noBodies): EventStore {
  const read = createEventReader(sql, bodies);

  return {
    async flush(appends) {
      const pending = { isInTree: false };
      const inTree = (): void => { pending.isInTree = true; };
      const flushed = appends.every(isPlain) ? flushPlain(sql, appends, inTree) : sql.transact((tx) => flushAppends(tx, appends, inTree));
      const results = await flushed.catch((error: unknown) => {
        throw isUniqueViolation(error, 'events_id') ? conflict('an event with this id already exists', 'ALREADY_EXISTS', 'event.id') : error;
      });
      const topics = new Set(appends.map((append) => eventsTopic(append.actor.tenantId, append.sessionId)));
      sql.afterCommit(() => {
        for (const topic of topics) bus.notify(topic);
        if (pending.isInTree) bus.notify(FEED_PENDING);
      });
      return results;
    },

    async readRange(actor, sessionId, fromSeq, limit) {
      const found = await read(actor, READ_RANGE, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionId, fromSeq, limit]);
      return found.map(({ event }) => event);
    },

    async readLast(actor, sessionIds, last) {
      const found = await read(actor, READ_LAST, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionIds, last]);
      return inOrderOf(sessionIds, found, ({ event }) => event.sessionId, ({ event }) => event);
    },

    async readRanges(actor, sessionIds, fromSeq, limit) {
      const found = await read(actor, READ_RANGES, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionIds, fromSeq, limit]);
      return inOrderOf(sessionIds, found, ({ event }) => event.sessionId, ({ event }) => event);
    },

    async getMany(actor, ids) {
      const found = await read(actor, GET_MANY, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), ids]);
      const byId = new Map(found.map(({ event }) => [event.id, event]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async initialState(actor, sessionId) {
      const rows = await sql.query<{ initial_state: JsonObject; scope: Event['metadata'] & Record<string, string> }>(
        INITIAL_STATE, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionId]);
      return visibleTo(actor, rows)[0]?.initial_state ?? null;
    },

    async seqAsOf(actor, sessionId, { knownAt, validAt }) {
      const rows = await sql.query<{ seq: string; scope: Scope }>(SEQ_AS_OF, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionId, knownAt, validAt]);
      const [row] = visibleTo(actor, rows);
      return row === undefined ? null : Number(row.seq);
    },

    deltas: (actor, sessionId, afterSeq, throughSeq, limit) =>
      twiceWhenGone(async () => {
        const rows = visibleTo(actor, await sql.query<{ seq: string; delta: JsonObject | null; body: string | null; scope: Scope }>(
          DELTAS, [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE), sessionId, afterSeq, throughSeq, limit]));
        const outside = await bodies.load(actor.tenantId, rows.map(({ seq, body }) => ({ seq: Number(seq), key: body })));
        return rows.map(({ seq, delta }, index) => ({ seq: Number(seq), delta: ownKeys(outside[index]?.actions.stateDelta ?? delta ?? {}) }));
      }),
  };
}

/** Stored deltas keep their shared keys for readers of the event; replay covers the session's own. */
const ownKeys = (delta: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(delta).filter(([key]) => !key.startsWith('app:') && !key.startsWith('user:')));
