import { poolIndex, type DocumentSearchStore, type PassageCandidate, type PassageFilter, type SearchPools, type VectorArm } from '../domain/search/search.store';
import type { Actor } from '../kernel/actor';
import { lastIdBy } from '../kernel/ids';
import { toPassage, type PassageRow } from './document-row';
import { OF_DOCUMENT, PASSAGE_COLUMNS } from './document.sql';
import { createEstimate } from './estimate';
import { FOUND_COLUMNS, fused, nearestArm, toFound, type FoundRow } from './fusion-sql';
import type { Nearest } from './nearest';
import { visibleTo } from './scope-limits';
import { filterSql, inPools, Values, type FilterColumns } from './search-sql';
import { planned, type Sql } from './sql';
import { toVector } from './vector';

/** A document has neither topics, a valid time nor a session. */
const COLUMNS: FilterColumns = { metadata: 'd.metadata', topics: null, createdAt: 'd.created_at', validFrom: 'null::timestamptz', sessionId: 'null::uuid' };
const REACH = 100;

export function createDocumentSearchStore(sql: Sql): DocumentSearchStore {
  const read = async <Row extends PassageRow>(actor: Actor, pools: SearchPools, label: string, text: string, values: Values): Promise<Row[]> => {
    const rows = await sql.query<Row>(planned(label, text), values.list);
    return visibleTo(actor, rows).filter(({ scope }) => poolIndex(pools, scope) >= 0);
  };
  const start = (actor: Actor): Values => {
    const values = new Values();
    values.add(actor.tenantId, 'text');
    return values;
  };
  /** The id of a passage tells when it was cut, by the clock of the gateway that did; it changes with text and headings. */
  const since = (knownAt: Date | null, values: Values): string => (knownAt === null ? 'true' : `m.id <= ${values.add(lastIdBy(knownAt.getTime()), 'uuid')}`);
  const passing = ({ filter, knownAt }: PassageFilter, values: Values): string =>
    `${filter === null ? 'true' : `exists (select from documents d where ${OF_DOCUMENT} and ${filterSql(filter, COLUMNS, values)})`} and ${since(knownAt, values)}`;

  /** Exact: all vectors of the pools are compared. */
  const nearest = async (actor: Actor, pools: SearchPools, among: PassageFilter, { space, vector }: VectorArm, limit: number): Promise<Pick<Nearest, 'ids' | 'distances'>> => {
    const values = start(actor);
    const near = values.add(toVector(vector), 'vector');
    const filtered = among.filter === null && among.knownAt === null ? '' : `join document_passages m on m.tenant_id = e.tenant_id and m.id = e.passage_id and ${passing(among, values)}`;
    const [row] = await sql.query<Pick<Nearest, 'ids' | 'distances'>>(planned('document.nearest', `
      with near as materialized (
        select e.passage_id, e.embedding <=> ${near} as distance from passage_embeddings e ${filtered}
        where ${inPools(values, 'e', actor, pools.bankId, pools)} and e.model = ${values.add(space, 'text')} and e.dimension = ${values.add(vector.length, 'int')}
        order by (e.embedding <=> ${near}) + 0, e.passage_id desc limit ${values.add(Math.max(REACH, limit), 'int')})
      select coalesce(array_agg(passage_id order by distance, passage_id desc), '{}') as ids,
        coalesce(array_agg(distance order by distance, passage_id desc), '{}') as distances from near`), values.list);
    return row ?? { ids: [], distances: [] };
  };

  return {
    estimate: createEstimate(sql, 'document_passages'),

    async find(actor, pools, among, { lexical, vector }, limit) {
      const near = vector === null ? null : await nearest(actor, pools, among, vector, limit);
      const values = start(actor);
      const where = (): string => `${inPools(values, 'm', actor, pools.bankId, pools, true)} and ${passing(among, values)}`;
      const text = `${fused(values, 'document_passages', where, lexical, near === null ? null : nearestArm(values, near), limit)}
        select ${PASSAGE_COLUMNS}, d.updated_at, ${FOUND_COLUMNS}
        from fused f join document_passages m on m.tenant_id = $1 and m.id = f.id join documents d on ${OF_DOCUMENT}
          left join words w on w.id = f.id left join vectors v on v.id = f.id
        order by f.rrf desc, m.id desc`;
      return (await read<PassageRow & FoundRow & { updated_at: Date }>(actor, pools, 'document.search', text, values))
        .map((row): PassageCandidate => ({ passage: toPassage(row), scope: row.scope, updatedAt: row.updated_at, ...toFound(row) }));
    },

    async newest(actor, pools, { filter, knownAt }, limit) {
      const values = start(actor);
      const pool = inPools(values, 'd', actor, pools.bankId, pools);
      const rows = await read(actor, pools, 'document.newest', `
        select ${PASSAGE_COLUMNS} from (
          select * from documents d where ${pool} and ${filterSql(filter, COLUMNS, values)} order by d.id desc limit ${values.add(limit, 'int')}) d
        join document_passages m on m.tenant_id = d.tenant_id and m.document_id = d.id and m.ordinal = 0 and ${since(knownAt, values)} order by d.id desc`, values);
      return rows.map((row) => ({ passage: toPassage(row), scope: row.scope }));
    },

    async lacksVectors(actor, pools, space) {
      const values = start(actor);
      const pool = inPools(values, 'd', actor, pools.bankId, pools);
      const rows = await sql.query(planned('document.lacksVectors', `
        select 1 from documents d where ${pool} and (d.embedding <> 'DONE' or d.embedding_space is distinct from ${values.add(space, 'text')}) limit 1`), values.list);
      return rows.length > 0;
    },

    async changedSince(actor, pools, knownAt) {
      const values = start(actor);
      const pool = inPools(values, 'd', actor, pools.bankId, pools);
      const known = values.add(knownAt, 'timestamptz');
      const by = (column: string): string => `date_trunc('milliseconds', ${column}) <= ${known}`;
      const rows = await sql.query(planned('document.changedSince', `
        select 1 from documents d where ${pool} and ${by('d.created_at')} and not ${by('d.updated_at')}
          and exists (select from document_versions v where v.tenant_id = d.tenant_id and v.document_id = d.id and not ${by('v.created_at')}) limit 1`), values.list);
      return rows.length > 0;
    },
  };
}
