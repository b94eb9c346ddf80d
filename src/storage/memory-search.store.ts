import { poolIndex, type MemoryCandidate, type MemorySearchStore, type SearchPools } from '../domain/search/search.store';
import type { Actor } from '../kernel/actor';
import { scopeHash } from '../kernel/scope';
import { createEstimate } from './estimate';
import { FOUND_COLUMNS, fused, nearestArm, toFound, type FoundRow } from './fusion-sql';
import { MEMORY_COLUMNS, toMemory, type MemoryRow } from './memory-row';
import { createNearest } from './nearest';
import { visibleTo } from './scope-limits';
import { filterSql, inPools, Values, type FilterColumns } from './search-sql';
import { planned, type Sql } from './sql';

const COLUMNS: FilterColumns = {
  metadata: 'm.metadata', topics: 'm.topics', createdAt: 'm.created_at', validFrom: 'm.valid_from', sessionId: 'm.session_id',
};
/** Neither deleted, expired nor superseded. Written so that no partial index matches: without statistics the planner would walk one per word. */
const ACTIVE = 'coalesce(m.deleted_at, m.superseded_at) is null and (m.expires_at is null or m.expires_at > now())';
/** The same for what goes by an index of those alone, in the order that is asked for. */
const STANDING = 'm.deleted_at is null and m.superseded_at is null and (m.expires_at is null or m.expires_at > now())';
const NEWEST_CHECKED = 500;

type CandidateRow = MemoryRow & FoundRow;

export function createMemorySearchStore(sql: Sql): MemorySearchStore {
  const read = async <Row extends MemoryRow>(actor: Actor, pools: SearchPools, label: string, text: string, values: Values): Promise<Row[]> => {
    const rows = await sql.query<Row>(planned(label, text), values.list);
    return visibleTo(actor, rows).filter(({ scope }) => poolIndex(pools, scope) >= 0);
  };
  const start = (actor: Actor, pools: SearchPools): { values: Values; pool: string } => {
    const values = new Values();
    values.add(actor.tenantId, 'text');
    return { values, pool: inPools(values, 'm', actor, pools.bankId, pools) };
  };

  const estimate = createEstimate(sql, 'memories');
  const nearest = createNearest(sql);

  return {
    estimate,

    async find(actor, pools, filter, { lexical, vector }, limit) {
      const condition = (values: Values): string => `${ACTIVE} and ${filterSql(filter, COLUMNS, values)}`;
      const near = vector === null ? null : await nearest({
        actor, pools, arm: vector, rows: await estimate(actor, pools), needed: limit, condition, isFiltered: filter !== null,
      });
      const values = new Values();
      values.add(actor.tenantId, 'text');
      const where = (): string => `${inPools(values, 'm', actor, pools.bankId, pools, true)} and ${condition(values)}`;
      const text = `${fused(values, 'memories', where, lexical, near === null ? null : nearestArm(values, near), limit)}
        select ${MEMORY_COLUMNS}, ${FOUND_COLUMNS}
        from fused f join memories m on m.tenant_id = $1 and m.id = f.id and ${ACTIVE} left join words w on w.id = f.id left join vectors v on v.id = f.id
        order by f.rrf desc, m.id desc`;
      return (await read<CandidateRow>(actor, pools, 'memory.search', text, values)).map(toCandidate);
    },

    async newest(actor, pools, filter, limit) {
      const { values, pool } = start(actor, pools);
      const condition = filterSql(filter, COLUMNS, values);
      return (await read(actor, pools, 'memory.newest',
        `select ${MEMORY_COLUMNS} from memories m where ${ACTIVE} and ${pool} and ${condition} order by m.id desc limit ${values.add(limit, 'int')}`,
        values)).map(toMemory);
    },

    async established(actor, pools, limit) {
      const { values, pool } = start(actor, pools);
      const best = `order by m.evidence_count desc, m.confidence desc, m.id limit ${values.add(limit, 'int')}`;
      const found = pools.scopes.some(({ match }) => match === 'SUBSET') ? 'memories m' : `unnest(${values.add(hashesOf(actor, pools), 'bigint[]')}) as pool (hash) cross join lateral (
        select * from memories m where m.tenant_id = $1 and m.scope_hash = pool.hash and ${STANDING} and ${pool} ${best}) m`;
      return (await read(actor, pools, 'memory.established', `select ${MEMORY_COLUMNS} from ${found} where ${STANDING} and ${pool} ${best}`, values)).map(toMemory);
    },

    async lacksVectors(actor, pools, space) {
      const values = new Values();
      values.add(actor.tenantId, 'text');
      const rows = await sql.query(planned('memory.lacksVectors', `
        select 1 from (${newestRows(values, actor, pools)}) m
        where ${ACTIVE} and not exists (select from memory_embeddings e
          where e.tenant_id = $1 and e.model = ${values.add(space, 'text')} and e.memory_id = m.id and e.fact_hash = m.fact_hash) limit 1`), values.list);
      return rows.length > 0;
    },
  };
}

/** Exact pools by an index that has their newest at its end: sorting a pool of 50,000 took 45 ms. Of wider ones, what is new in the tenant. */
function newestRows(values: Values, actor: Actor, pools: SearchPools): string {
  const columns = 'm.id, m.fact_hash, m.deleted_at, m.superseded_at, m.expires_at';
  if (pools.scopes.some(({ match }) => match === 'SUBSET')) {
    return `select * from (select ${columns}, m.tenant_id, m.scope_hash, m.scope_sub from memories m where m.tenant_id = $1
      order by m.id desc limit ${NEWEST_CHECKED}) m where ${inPools(values, 'm', actor, pools.bankId, pools)}`;
  }
  return `select m.* from unnest(${values.add(hashesOf(actor, pools), 'bigint[]')}) as pool (hash) cross join lateral (
    select ${columns} from memories m where m.tenant_id = $1 and m.scope_hash = pool.hash order by m.id desc limit ${NEWEST_CHECKED}) m`;
}

const hashesOf = (actor: Actor, { bankId, scopes }: SearchPools): string[] => [...new Set(scopes.map(({ scope }) => scopeHash(actor.tenantId, bankId, scope)))];

const toCandidate = (row: CandidateRow): MemoryCandidate => ({ memory: toMemory(row), ...toFound(row) });
