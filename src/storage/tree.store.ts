import type { EventBodies } from '../domain/session/event-body';
import type { TreeStore } from '../domain/session/tree.store';
import type { Actor } from '../kernel/actor';
import type { Bus } from '../platform/bus/bus.port';
import { noBodies } from './event-bodies';
import { createEventReader, eventColumns, visibleSession } from './event-reader';
import type { EventRow } from './event-row';
import { stampFeed } from './feed.store';
import { inOrderOf } from './in-order-of';
import { limitHashes, visibleTo } from './scope-limits';
import { EVENTS_NAMESPACE, MARK_ROOTS, SESSION_COLUMNS, SESSION_TABLES, toSession, type SessionRow } from './session.store';
import { prepared, type Sql } from './sql';

/** Sessions `s` of each session `r`. */
const ofEach = (which: string): string => `
  select c.* from sessions r cross join lateral (
    select r.id as node, ${SESSION_COLUMNS} ${SESSION_TABLES} where ${visibleSession()} and ${which}
    order by cardinality(s.ancestors), s.id limit $4) c
  where ${visibleSession('r')} and r.id = any ($3::uuid[]) order by c.node, c.depth, c.id`;
const CHILDREN = prepared('tree.children', ofEach('s.parent_id = r.id'));
const DESCENDANTS = prepared('tree.descendants', ofEach('s.root_id = r.root_id and s.ancestors @> array[r.id] and cardinality(s.ancestors) <= cardinality(r.ancestors) + $5'));
const TREES = prepared('tree.list', ofEach('(s.root_id = r.root_id or s.id = r.id)'));

const UNSETTLED = prepared('tree.unsettled', `
  select s.id, s.scope, s.root_id is null as alone from sessions s where ${visibleSession()} and s.id = any ($3::uuid[])
    and (s.root_id is null or exists (select from tree_appends a where a.tenant_id = s.tenant_id and a.root_id = s.root_id and a.position is null))`);
const READ = prepared('tree.read', `
  select l.* from sessions r cross join lateral (
    select r.id as node, a.position - (a.last_seq - e.seq) as at, ${eventColumns('a')} from (
      select a.session_id, a.first_seq, a.last_seq, a.position, s.scope from tree_appends a
      join sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
      where a.tenant_id = r.tenant_id and a.root_id = r.root_id and a.position > $4::bigint and (s.id = r.id or s.ancestors @> array[r.id]) and ${visibleSession()}
      order by a.position limit $5) a
    join events e on e.tenant_id = r.tenant_id and e.session_id = a.session_id
      and e.seq between greatest(a.first_seq, a.last_seq - (a.position - $4::bigint) + 1) and a.last_seq
    order by a.position, e.seq limit $5) l
  where ${visibleSession('r')} and r.id = any ($3::uuid[]) order by l.node, l.at`);
const HEAD = prepared('tree.head', `select coalesce(max(position), 0) as head from tree_appends where tenant_id = $1 and root_id = $2 and position is not null`);

interface NodeRow extends SessionRow {
  readonly node: string;
}

interface TreeEventRow extends EventRow {
  readonly node: string;
  readonly at: string;
}

/** `bodies` reads what is not in the rows. */
export function createTreeStore(sql: Sql, bus: Bus, bodies: EventBodies = noBodies): TreeStore {
  const read = createEventReader(sql, bodies);
  const authority = (actor: Actor): unknown[] => [actor.tenantId, limitHashes(actor, EVENTS_NAMESPACE)];
  const sessions = async (actor: Actor, statement: typeof TREES, ids: readonly string[], ...values: readonly unknown[]) =>
    inOrderOf(ids, visibleTo(actor, await sql.query<NodeRow>(statement, [...authority(actor), ids, ...values])), ({ node }) => node, (row) => toSession(actor, row));
  const unsettled = async (actor: Actor, ids: readonly string[]) =>
    visibleTo(actor, await sql.query<Pick<SessionRow, 'id' | 'scope'> & { alone: boolean }>(UNSETTLED, [...authority(actor), ids]));

  return {
    children: (actor, ids, { depth, limit }) =>
      (depth === 1 ? sessions(actor, CHILDREN, ids, limit) : sessions(actor, DESCENDANTS, ids, limit, depth)),
    trees: (actor, ids, limit) => sessions(actor, TREES, ids, limit),

    async settle(actor, ids) {
      let open = await unsettled(actor, ids);
      const alone = open.filter((session) => session.alone).map(({ id }) => id);
      if (alone.length > 0) await sql.query(MARK_ROOTS, [...authority(actor), alone]);
      // Whoever holds the lock of the sequencer stamps for all: what it left is less each time.
      for (; open.length > 0; open = await unsettled(actor, ids)) await stampFeed(sql, bus);
    },

    async events(actor, ids, { after, limit }) {
      const found = await read<TreeEventRow>(actor, READ, [...authority(actor), ids, after, limit]);
      return inOrderOf(ids, found, ({ row }) => row.node, ({ row, event }) => ({ position: Number(row.at), event }));
    },

    async head(actor, rootId) {
      const [row] = await sql.query<{ head: string }>(HEAD, [actor.tenantId, rootId]);
      return Number(row?.head ?? 0);
    },
  };
}
