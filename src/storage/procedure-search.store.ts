import type { ProcedureCandidate, ProcedurePools, ProcedureSearchStore } from '../domain/procedural/procedure-search.store';
import { poolIndex, type MemoryLexicalArm, type VectorArm } from '../domain/search/search.store';
import type { Actor } from '../kernel/actor';
import { PROCEDURE_COLUMNS, PROCEDURES, toProcedure, WITH_STATS, type ProcedureRow } from './procedure-row';
import { visibleTo } from './scope-limits';
import { ARM_LIMIT, FOUND_COLUMNS, fused, toFound, type FoundRow } from './fusion-sql';
import { inPools, Values } from './search-sql';
import { planned, type Sql } from './sql';
import { toVector } from './vector';

const NEWEST_CHECKED = 500;

interface TextRow extends ProcedureRow {
  readonly text: string;
}
type CandidateRow = TextRow & FoundRow;

export function createProcedureSearchStore(sql: Sql): ProcedureSearchStore {
  const read = async <Row extends TextRow>(actor: Actor, pools: ProcedurePools, label: string, text: string, values: Values): Promise<Row[]> => {
    const rows = await sql.query<Row>(planned(label, text), values.list);
    return visibleTo(actor, rows).filter(({ scope }) => poolIndex(searchPools(pools), scope) >= 0);
  };

  return {
    async find(actor, pools, { lexical, vector }, limit) {
      const values = start(actor);
      const text = findStatement(values, actor, pools, lexical, vector, limit);
      return (await read<CandidateRow>(actor, pools, 'procedure.search', text, values)).map(toCandidate);
    },

    async newest(actor, pools, limit) {
      const values = start(actor);
      const rows = await read<TextRow>(actor, pools, 'procedure.newest', `
        select ${PROCEDURE_COLUMNS}, p.text from procedures p ${WITH_STATS} where ${within(values, 'p', actor, pools)} order by p.id desc limit ${values.add(limit, 'int')}`, values);
      return rows.map((row) => ({ procedure: toProcedure(row), text: row.text }));
    },

    async lacksVectors(actor, pools, space) {
      const values = start(actor);
      const rows = await sql.query(planned('procedure.lacksVectors', `
        select 1 from (select p.id, p.text_hash from procedures p where ${within(values, 'p', actor, pools)} order by p.id desc limit ${NEWEST_CHECKED}) p
        where not exists (select from procedure_embeddings e
          where e.tenant_id = $1 and e.model = ${values.add(space, 'text')} and e.procedure_id = p.id and e.text_hash = p.text_hash) limit 1`), values.list);
      return rows.length > 0;
    },
  };
}

function start(actor: Actor): Values {
  const values = new Values();
  values.add(actor.tenantId, 'text');
  return values;
}

const searchPools = ({ scopes }: ProcedurePools) => ({ bankId: PROCEDURES, scopes });

const within = (values: Values, table: string, actor: Actor, pools: ProcedurePools, byWords = false): string =>
  `${inPools(values, table, actor, PROCEDURES, searchPools(pools), byWords)} and ${table}.kind = any (${values.add(pools.kinds, 'text[]')})`;

/** Exact: `+ 0` keeps the planner from an approximate index, should there be one. */
function vectorArm(values: Values, actor: Actor, pools: ProcedurePools, { space, vector }: VectorArm): string {
  const query = values.add(toVector(vector), 'vector');
  return `select id, distance, rank() over (order by distance) as rank from (
    select m.id, e.embedding <=> ${query} as distance from procedures m
    join procedure_embeddings e on e.tenant_id = $1 and e.model = ${values.add(space, 'text')} and e.procedure_id = m.id and e.text_hash = m.text_hash
      and e.dimension = ${values.add(vector.length, 'int')}
    where ${within(values, 'm', actor, pools)} order by (e.embedding <=> ${query}) + 0, m.id desc limit ${ARM_LIMIT}) near`;
}

function findStatement(values: Values, actor: Actor, pools: ProcedurePools, lexical: MemoryLexicalArm, vector: VectorArm | null, limit: number): string {
  const vectors = vector === null ? null : vectorArm(values, actor, pools, vector);
  return `${fused(values, 'procedures', () => within(values, 'm', actor, pools, true), lexical, vectors, limit)}
    select ${PROCEDURE_COLUMNS}, p.text, ${FOUND_COLUMNS}
    from fused f join procedures p on p.tenant_id = $1 and p.id = f.id ${WITH_STATS} left join words w on w.id = f.id left join vectors v on v.id = f.id
    order by f.rrf desc, p.id desc`;
}

const toCandidate = (row: CandidateRow): ProcedureCandidate => ({ procedure: toProcedure(row), text: row.text, ...toFound(row) });
