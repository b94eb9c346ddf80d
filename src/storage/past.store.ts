import type { AsOf } from '../domain/search/as-of';
import type { FilterNode } from '../domain/search/filters';
import type { PastStore } from '../domain/search/past-search';
import { poolIndex, type SearchPools } from '../domain/search/search.store';
import { toOrQuery } from '../domain/search/text-analysis';
import type { Actor } from '../kernel/actor';
import { toMemory, MEMORY_VISIBLE, type MemoryRow } from './memory-row';
import { visibleTo } from './scope-limits';
import { filterSql, inPools, Values, type FilterColumns } from './search-sql';
import { planned, type Sql } from './sql';

const COLUMNS: FilterColumns = { metadata: 'p.metadata', topics: 'p.topics', createdAt: 'p.created_at', validFrom: 'p.valid_from', sessionId: 'p.session_id' };
/** Of each arm: every one of them is read with the revision that held. */
const REACH = 1000;

/** Each revision is a whole snapshot; without one, the row itself when it has not changed since. */
const STATE = `m.id, m.bank_id, m.scope, coalesce(r.fact, m.fact) as fact,
  case when r.revision is null then m.topics else array(select jsonb_array_elements_text(r.snapshot -> 'topics')) end as topics,
  case when r.revision is null then m.confidence else (r.snapshot ->> 'confidence')::real end as confidence,
  case when r.revision is null or r.fact = m.fact then m.subject end as subject, case when r.revision is null or r.fact = m.fact then m.attribute end as attribute,
  case when r.revision is null or r.fact = m.fact then m.value end as value, m.exclusive and (r.revision is null or r.fact = m.fact) as exclusive,
  case when r.revision is null then m.valid_from else (r.snapshot ->> 'validFrom')::timestamptz end as valid_from,
  case when r.revision is null then m.valid_to else (r.snapshot ->> 'validTo')::timestamptz end as valid_to,
  m.session_id, case when r.revision is null then m.event_ids else array(select jsonb_array_elements_text(r.snapshot -> 'eventIds')::uuid) end as event_ids,
  m.evidence_count, m.stated_at, case when r.revision is null then m.metadata else r.snapshot -> 'metadata' end as metadata,
  coalesce(r.revision, m.revision) as revision, m.created_at, coalesce(r.created_at, m.updated_at) as updated_at, m.expires_at`;

/** Times are known by the millisecond, as answers give them. */
const by = (column: string, known: string): string => `date_trunc('milliseconds', ${column}) <= ${known}`;

/**
 * The memories of `candidates` (ids) as they were. What superseded another one and does not say since when holds from where the
 * other one ended.
 */
function pastRows(candidates: string, { validAt, knownAt }: AsOf, values: Values, only: string, withSuperseded: boolean): string {
  const known = values.add(knownAt, 'timestamptz');
  const valid = values.add(validAt, 'timestamptz');
  const superseded = `(m.superseded_at is not null and (${known} is null or ${by('m.superseded_at', known)}))`;
  return `select p.* from (
    select ${STATE}, case when ${superseded} then m.superseded_by end as superseded_by, case when ${superseded} then m.superseded_at end as superseded_at
    from (${candidates}) c join memories m on m.id = c.id
    left join lateral (
      select * from memory_revisions where ${known} is not null and tenant_id = m.tenant_id and memory_id = m.id and ${by('created_at', known)}
        and (expires_at is null or expires_at > now())
      order by revision desc limit 1) r on true
    where ${MEMORY_VISIBLE}
      and (${known} is null or (${by('m.created_at', known)} and (r.action <> 'DELETED' or (r.revision is null and ${by('m.updated_at', known)}))))
      ${withSuperseded ? '' : `and (${valid} is not null or not ${superseded})`}) p
    where (${valid} is null or ((p.valid_to is null or p.valid_to > ${valid}) and coalesce(p.valid_from, (
      select max(o.valid_to) from memories o
      where o.tenant_id = $1 and o.superseded_by = p.id and (${known} is null or ${by('o.superseded_at', known)})), '-infinity') <= ${valid})) and ${only}`;
}

export function createPastStore(sql: Sql): PastStore {
  const start = (actor: Actor): Values => {
    const values = new Values();
    values.add(actor.tenantId, 'text');
    return values;
  };

  return {
    async getMany(actor, ids, asOf) {
      const values = start(actor);
      const text = pastRows(`select unnest(${values.add(ids, 'uuid[]')}) as id`, asOf, values, 'true', true);
      const rows = visibleTo(actor, await sql.query<MemoryRow>(planned('past.getMany', text), values.list));
      const byId = new Map(rows.map((row) => [row.id, toMemory(row)]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },

    async find(actor, pools, filter, asOf, lexemes) {
      const values = start(actor);
      const text = pastRows(candidatesOf(actor, pools, asOf, lexemes, values), asOf, values, filterOf(filter, values), false);
      const rows = await sql.query<MemoryRow>(planned('past.find', text), values.list);
      return visibleTo(actor, rows).filter(({ scope }) => poolIndex(pools, scope) >= 0).map(toMemory);
    },
  };
}

const filterOf = (filter: FilterNode | null, values: Values): string => filterSql(filter, COLUMNS, values);

/** By today's words, and what was changed since, whose words of then no index has. */
function candidatesOf(actor: Actor, pools: SearchPools, { knownAt }: AsOf, lexemes: readonly string[] | null, values: Values): string {
  const pool = `${inPools(values, 'm', actor, pools.bankId, pools)} and m.deleted_at is null`;
  if (lexemes === null) return `select m.id from memories m where ${pool}${knownAt === null ? '' : ` and ${by('m.created_at', values.add(knownAt, 'timestamptz'))}`} order by m.id desc limit ${REACH}`;
  const query = values.add(toOrQuery(lexemes), 'tsquery');
  const words = `(select m.id from memories m where ${pool} and m.tsv @@ ${query} order by ts_rank(m.tsv, ${query}) desc, m.id desc limit ${REACH})`;
  if (knownAt === null) return words;
  return `${words} union (select m.id from memories m where ${pool} and m.revision > 1 and m.updated_at > ${values.add(knownAt, 'timestamptz')}
    order by m.updated_at desc limit ${REACH})`;
}
