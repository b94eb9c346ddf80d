import { BM25_B, BM25_K1 } from '../domain/search/bm25';
import { poolIndex, type LexicalArm, type MemoryCandidate, type MemorySearchStore, type SearchPools, type VectorArm } from '../domain/search/search.store';
import { toOrQuery } from '../domain/search/text-analysis';
import type { Actor } from '../kernel/actor';
import { scopeHash } from '../kernel/scope';
import { MEMORY_COLUMNS, toMemory, type MemoryRow } from './memory-row';
import { visibleTo } from './scope-limits';
import { filterSql, inPools, Values, type FilterColumns } from './search-sql';
import { planned, type Sql } from './sql';
import { toVector } from './vector';

const COLUMNS: FilterColumns = {
  metadata: 'm.metadata', topics: 'm.topics', createdAt: 'm.created_at', validFrom: 'm.valid_from', sessionId: 'm.session_id',
};
/** Neither deleted, expired nor superseded. Written so that no partial index matches: without statistics the planner would walk one per word. */
const ACTIVE = 'coalesce(m.deleted_at, m.superseded_at) is null and (m.expires_at is null or m.expires_at > now())';
/** Reciprocal rank fusion (Cormack et al., 2009). */
const RRF_K = 60;
/** Each arm's reach: what stands lower in one arm hardly wins by the other. */
const ARM_LIMIT = 100;
const NEWEST_CHECKED = 500;
const ESTIMATE_MS = 60_000;
const MAX_ESTIMATES = 10_000;

interface CandidateRow extends MemoryRow {
  readonly lexical_rank: string | null;
  readonly lexical_score: number | null;
  readonly vector_rank: string | null;
  readonly distance: number | null;
  readonly rrf: number;
}

export function createMemorySearchStore(sql: Sql): MemorySearchStore {
  const estimates = new Map<string, { readonly rows: number; readonly until: number }>();

  const read = async <Row extends MemoryRow>(actor: Actor, pools: SearchPools, label: string, text: string, values: Values): Promise<Row[]> => {
    const rows = await sql.query<Row>(planned(label, text), values.list);
    return visibleTo(actor, rows).filter(({ scope }) => poolIndex(pools, scope) >= 0);
  };
  const start = (actor: Actor, pools: SearchPools): { values: Values; pool: string } => {
    const values = new Values();
    values.add(actor.tenantId, 'text');
    return { values, pool: inPools(values, 'm', actor, pools.bankId, pools) };
  };

  return {
    async estimate(actor, pools) {
      const key = [...pools.scopes.map(({ scope, match }) => `${match} ${scopeHash(actor.tenantId, pools.bankId, scope)}`), ...actor.scopeLimits.map((limit) => JSON.stringify(limit))].join(' ');
      const known = estimates.get(key);
      if (known !== undefined && known.until > Date.now()) return known.rows;
      const { values, pool } = start(actor, pools);
      const [row] = await sql.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
        planned('memory.estimate', `explain (format json) select 1 from memories m where ${pool}`), values.list);
      const rows = row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
      if (estimates.size >= MAX_ESTIMATES) estimates.clear();
      estimates.set(key, { rows, until: Date.now() + ESTIMATE_MS });
      return rows;
    },

    async find(actor, pools, filter, arms, limit) {
      const values = new Values();
      values.add(actor.tenantId, 'text');
      const condition = `${ACTIVE} and ${filterSql(filter, COLUMNS, values)}`;
      // A value that no part of the statement uses has no type: each arm adds its own.
      const where = (byWords: boolean): string => `${inPools(values, 'm', actor, pools.bankId, pools, byWords)} and ${condition}`;
      const text = findStatement(values, where, arms, limit);
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
      return (await read(actor, pools, 'memory.established', `
        select ${MEMORY_COLUMNS} from memories m where ${ACTIVE} and ${pool}
        order by m.evidence_count desc, m.confidence desc, m.id limit ${values.add(limit, 'int')}`, values)).map(toMemory);
    },

    async lacksVectors(actor, pools, space) {
      const { values, pool } = start(actor, pools);
      const rows = await sql.query(planned('memory.lacksVectors', `
        select 1 from (select m.tenant_id, m.id, m.fact_hash from memories m where ${ACTIVE} and ${pool} order by m.id desc limit ${NEWEST_CHECKED}) m
        where not exists (select from memory_embeddings e
          where e.tenant_id = m.tenant_id and e.model = ${values.add(space, 'text')} and e.memory_id = m.id and e.fact_hash = m.fact_hash) limit 1`), values.list);
      return rows.length > 0;
    },
  };
}

/** One index scan per term (`offset 0` insists on it): unpacking the tsvectors of all matches took eight times as long. */
function lexicalArm(values: Values, where: string, { terms, averageLength }: LexicalArm): string {
  const queries = values.add(terms.map(({ lexeme }) => toOrQuery([lexeme])), 'tsquery[]');
  const weights = values.add(terms.map(({ weight }) => weight), 'float8[]');
  const norm = `(1 + ${BM25_K1} * (1 - ${BM25_B} + ${BM25_B} * m.length / ${values.add(averageLength, 'float8')}))`;
  return `select id, score, rank() over (order by score desc) as rank from (
    select m.id, sum(t.weight) * ${BM25_K1 + 1} / ${norm} as score
    from unnest(${queries}, ${weights}) as t (query, weight)
    cross join lateral (select m.id, m.length from memories m where m.tsv @@ t.query and ${where} offset 0) m
    group by m.id, m.length order by score desc, m.id desc limit ${ARM_LIMIT}) best`;
}

/** Exact: `+ 0` keeps the planner from an approximate index, which loses most of a small pool. */
const vectorArm = (values: Values, where: string, { space, vector }: VectorArm): string => `
  select id, distance, rank() over (order by distance) as rank from (
    select m.id, e.embedding <=> ${values.add(toVector(vector), 'vector')} as distance
    from memory_embeddings e join memories m on m.tenant_id = e.tenant_id and m.id = e.memory_id and m.fact_hash = e.fact_hash
    where e.tenant_id = $1 and e.model = ${values.add(space, 'text')} and e.dimension = ${values.add(vector.length, 'int')} and ${where}
    order by (e.embedding <=> ${values.add(toVector(vector), 'vector')}) + 0, m.id desc limit ${ARM_LIMIT}) nearest`;

const NOTHING = 'select null::uuid as id, null::float8 as score, null::float8 as distance, null::bigint as rank where false';

function findStatement(values: Values, where: (byWords: boolean) => string, arms: { readonly lexical: LexicalArm | null; readonly vector: VectorArm | null }, limit: number): string {
  const words = arms.lexical === null ? NOTHING : lexicalArm(values, where(true), arms.lexical);
  const vectors = arms.vector === null ? NOTHING : vectorArm(values, where(false), arms.vector);
  return `with words as (${words}), vectors as (${vectors}),
    fused as (
      select id, sum(1.0 / (${RRF_K} + rank))::float8 as rrf from (select id, rank from words union all select id, rank from vectors) arms
      group by id order by rrf desc, id desc limit ${values.add(limit, 'int')})
    select ${MEMORY_COLUMNS}, f.rrf, w.rank as lexical_rank, w.score as lexical_score, v.rank as vector_rank, v.distance
    from fused f join memories m on m.tenant_id = $1 and m.id = f.id left join words w on w.id = f.id left join vectors v on v.id = f.id
    order by f.rrf desc, m.id desc`;
}

const toCandidate = (row: CandidateRow): MemoryCandidate => ({
  memory: toMemory(row),
  lexical: row.lexical_rank === null ? null : { rank: Number(row.lexical_rank), score: row.lexical_score ?? 0 },
  vector: row.vector_rank === null ? null : { rank: Number(row.vector_rank), similarity: 1 - (row.distance ?? 1) },
  rrf: row.rrf,
});
