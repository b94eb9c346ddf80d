import { BM25_B, BM25_K1 } from '../domain/search/bm25';
import { CONTEXT_REACH } from '../domain/search/neighborhood';
import { poolIndex, type EventSearchStore, type FoundEvent, type SearchPools } from '../domain/search/search.store';
import { toOrQuery } from '../domain/search/text-analysis';
import type { EventAuthor } from '../domain/session/event';
import { areObjectsAway, type EventBodies } from '../domain/session/event-body';
import type { Actor } from '../kernel/actor';
import type { Scope } from '../kernel/scope';
import { noBodies, twiceWhenGone } from './event-bodies';
import { EVENT_TEXT } from './event-text.sql';
import { visibleTo } from './scope-limits';
import { filterSql, inPools, Values, type FilterColumns } from './search-sql';
import { EVENTS_NAMESPACE } from './session.store';
import { planned, type Sql } from './sql';

const FILTER_COLUMNS: FilterColumns = {
  metadata: 'e.metadata', topics: null, createdAt: 'e.created_at', validFrom: 'e.occurred_at', sessionId: 'e.session_id',
};
const LIVE = '(s.expires_at is null or s.expires_at > now())';
const RECENT_SESSIONS = 20;
/** Few, since they are swept: one hash lookup per match. A join with the live ones met them first and ran the search once for each. */
const EXPIRED = 'select x.id from sessions x where x.tenant_id = $1 and x.expires_at <= now()';
/** A body that is elsewhere left its excerpt, if it was a large one; an archived one is fetched. */
const TEXT = `case when e.body is null then ${EVENT_TEXT} else e.excerpt end`;
const columns = (matches: string): string =>
  `e.id, e.session_id, e.seq, e.author, e.author_name, e.occurred_at, s.scope, ${TEXT} as text, e.body, ${matches} as matches`;

interface FoundRow {
  readonly id: string;
  readonly session_id: string;
  readonly seq: string;
  readonly author: EventAuthor;
  readonly author_name: string | null;
  readonly occurred_at: Date;
  readonly scope: Scope;
  /** Null: it is in the object `body`. */
  readonly text: string | null;
  readonly body: string | null;
  readonly matches: boolean;
}

const NAMELESS: Readonly<Record<EventAuthor, string>> = { USER: 'User', AGENT: 'Assistant', TOOL: 'Tool', SYSTEM: 'System' };

export function createEventSearchStore(sql: Sql, bodies: EventBodies = noBodies): EventSearchStore {
  const read = (actor: Actor, pools: SearchPools, label: string, text: string, values: Values): Promise<FoundEvent[]> => twiceWhenGone(async () => {
    const rows = visibleTo(actor, await sql.query<FoundRow>(planned(label, text), values.list)).filter(({ scope }) => poolIndex(pools, scope) >= 0);
    const archived = await orAway(bodies.load(actor.tenantId, rows.map((row) => ({ seq: Number(row.seq), key: row.text === null ? row.body : null }))));
    return rows.map((row, index) => toFound(row, row.text ?? archived?.[index]?.text ?? null));
  });
  const start = (actor: Actor, pools: SearchPools, table: string, byWords = false): { values: Values; pool: string } => {
    const values = new Values();
    values.add(actor.tenantId, 'text');
    return { values, pool: inPools(values, table, actor, EVENTS_NAMESPACE, pools, byWords) };
  };

  return {
    // `offset 0` makes each term one index scan and `limit 1` each neighbour one lookup, whatever the planner believes of tables that
    // were never analyzed. A session is looked up once, not with each of its turns.
    async find(actor, pools, filter, { terms, averageLength }, limit) {
      const { values, pool } = start(actor, pools, 'e', true);
      const matches = filterSql(filter, FILTER_COLUMNS, values);
      const queries = values.add(terms.map(({ lexeme }) => toOrQuery([lexeme])), 'tsquery[]');
      const weights = values.add(terms.map(({ weight }) => weight), 'float8[]');
      const norm = `(1 + ${BM25_K1} * (1 - ${BM25_B} + ${BM25_B} * e.length / ${values.add(averageLength, 'float8')}))`;
      return read(actor, pools, 'event.search', `
        with seeds as materialized (
          select e.session_id, e.seq from unnest(${queries}, ${weights}) as t (query, weight)
          cross join lateral (
            select e.session_id, e.seq, e.length from events e where e.tsv @@ t.query and ${pool} and ${matches} and e.session_id not in (${EXPIRED}) offset 0) e
          group by e.session_id, e.seq, e.length order by sum(t.weight) / ${norm} desc, e.session_id, e.seq limit ${values.add(limit, 'int')}),
        found as (select session_id, array_agg(seq) as seqs from seeds group by session_id)
        select ${columns(matches)} from found n
        cross join lateral (select scope from sessions where tenant_id = $1 and id = n.session_id limit 1) s
        cross join lateral (select distinct seq + distance as seq from unnest(n.seqs) seq cross join generate_series(-${CONTEXT_REACH}, ${CONTEXT_REACH}) distance) near
        cross join lateral (select * from events where tenant_id = $1 and session_id = n.session_id and seq = near.seq limit 1) e`, values);
    },

    async newest(actor, pools, filter, limit) {
      const { values, pool } = start(actor, pools, 's');
      const matches = filterSql(filter, FILTER_COLUMNS, values);
      const most = values.add(limit, 'int');
      return read(actor, pools, 'event.newest', `
        select ${columns('true')}
        from (select * from sessions s where ${pool} and ${LIVE} order by s.updated_at desc, s.id desc limit ${RECENT_SESSIONS}) s
        cross join lateral (
          select * from events e where e.tenant_id = s.tenant_id and e.session_id = s.id and ${matches} order by e.seq desc limit ${most}) e
        order by e.occurred_at desc, e.session_id, e.seq desc limit ${most}`, values);
    },
  };
}

/** Search goes on without what cannot be read now, and says so. */
const orAway = <T>(loading: Promise<T>): Promise<T | null> =>
  loading.catch((error: unknown) => {
    if (areObjectsAway(error)) return null;
    throw error;
  });

const toFound = (row: FoundRow, text: string | null): FoundEvent => ({
  eventId: row.id,
  sessionId: row.session_id,
  seq: Number(row.seq),
  scope: row.scope,
  speaker: row.author_name ?? NAMELESS[row.author],
  text: text ?? '',
  whole: text === null ? 'away' : row.body === null ? 'row' : 'object',
  occurredAt: row.occurred_at,
  matches: row.matches,
});
