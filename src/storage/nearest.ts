import type { SearchPools, VectorArm } from '../domain/search/search.store';
import type { Actor } from '../kernel/actor';
import { inPools, Values } from './search-sql';
import { planned, prepared, type Sql } from './sql';
import { toVector } from './vector';
import { indexedType, isApproximate, stepsFor, vectorIndexName } from './vector-index';

export interface NearestSearch {
  readonly actor: Actor;
  readonly pools: SearchPools;
  readonly arm: VectorArm;
  /** The planner's estimate of the memories in the pools. */
  readonly rows: number;
  /** How many the caller needs; the arm looks for 60 at least. */
  readonly needed: number;
  /** What a memory `m` must be beside being in the pools: active, and what a filter asks. */
  readonly condition: (values: Values) => string;
  readonly isFiltered: boolean;
}

/** Nearest first. */
export interface Nearest {
  readonly ids: readonly string[];
  readonly distances: readonly number[];
}

interface NearestRow extends Nearest {
  /** Vectors that were found, those of memories that are superseded or expired included. */
  readonly reached: number;
}

/** By reciprocal ranks, what stands lower counts less than half of the first. */
const REACH = 60;
/** A walk ends after so many times the steps that the pools' share of the tenant lets expect: what it looks for lies elsewhere. */
const PATIENCE = 4;
const [MIN_STEPS, MAX_STEPS] = [2000, 20_000];
const KNOWN_MS = 60_000;
const MAX_KNOWN = 10_000;

const INDEX = prepared('memory.vectorIndex', `
  select c.reltuples::float8 as rows from pg_class c join pg_index i on i.indexrelid = c.oid
  where c.relname = $1 and i.indrelid = 'memory_embeddings'::regclass and i.indisvalid`);
/** For one transaction: leaves the planner no way but the index, and lets the index go on until enough of what it meets is in the pools. */
const WALK = prepared('memory.walk', `
  select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),
    set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '200', true), set_config('hnsw.max_scan_tuples', $1, true)`);

/** The memories of some pools whose vectors are nearest: by an index, where that is quicker than comparing all and finds enough. */
export function createNearest(sql: Sql): (search: NearestSearch) => Promise<Nearest> {
  const indexes = new Map<string, { readonly rows: number | null; readonly until: number }>();

  /** Vectors in the index of the tenant and space; null without one. */
  const indexed = async ({ actor, arm }: NearestSearch): Promise<number | null> => {
    const name = vectorIndexName(actor.tenantId, arm.space);
    const known = indexes.get(name);
    if (known !== undefined && known.until > Date.now()) return known.rows;
    const [row] = await sql.query<{ rows: number }>(INDEX, [name]);
    const rows = row?.rows ?? null;
    if (indexes.size >= MAX_KNOWN) indexes.clear();
    indexes.set(name, { rows, until: Date.now() + KNOWN_MS });
    return rows;
  };

  const run = async (handle: Sql, label: string, { text, values }: Statement): Promise<NearestRow> => {
    const [row] = await handle.query<NearestRow>(planned(label, text), values.list);
    return row ?? { ids: [], distances: [], reached: 0 };
  };

  return async (search) => {
    const limit = Math.max(REACH, search.needed);
    const isEnough = ({ ids, reached }: NearestRow): boolean => ids.length >= search.needed && reached >= limit;
    const total = await indexed(search);
    if (total !== null && isApproximate(limit, search.rows, total, search.arm.vector.length)) {
      const steps = Math.min(MAX_STEPS, Math.max(MIN_STEPS, PATIENCE * stepsFor(limit, search.rows, total)));
      const found = await sql.transact(async (tx) => {
        await tx.query(WALK, [String(steps)]);
        return run(tx, 'memory.walked', walked(search, limit));
      });
      if (isEnough(found)) return found;
    }
    if (!search.isFiltered) {
      const found = await run(sql, 'memory.compared', compared(search, limit));
      if (isEnough(found) || found.reached < limit) return found;
    }
    return run(sql, 'memory.comparedAll', comparedAll(search, limit));
  };
}

interface Statement {
  readonly text: string;
  readonly values: Values;
}

/** `make` is given what keeps `e` to the pools and the space, and the query's vector. */
function statement({ actor, arm }: NearestSearch, make: (values: Values, ofSpace: string, vector: string) => string): Statement {
  const values = new Values();
  values.add(actor.tenantId, 'text');
  const vector = values.add(toVector(arm.vector), 'vector');
  const ofSpace = `e.model = ${values.add(arm.space, 'text')} and e.dimension = ${values.add(arm.vector.length, 'int')}`;
  return { text: make(values, ofSpace, vector), values };
}

const SAME = 'm.tenant_id = $1 and m.id = e.memory_id and m.fact_hash = e.fact_hash';
const collected = (found: string, near: string): string => `
  select coalesce(array_agg(id order by distance, id desc), '{}') as ids, coalesce(array_agg(distance order by distance, id desc), '{}') as distances,
    (select count(*) from ${near})::int as reached from ${found}`;
const alive = (condition: string): string => `(select m.id, e.distance from near e join memories m on ${SAME} and ${condition}) found`;

/** The walk gives what is near in about the right order, and the vectors themselves the right one; who is filtered out is so on the way. */
const walked = (search: NearestSearch, limit: number): Statement => statement(search, (values, ofSpace, vector) => {
  const type = indexedType(search.arm.vector.length);
  const order = `e.embedding::${type} <=> ${vector}::${type}`;
  const passing = search.isFiltered ? `cross join lateral (select from memories m where ${SAME} and ${search.condition(values)} offset 0) m` : '';
  return `with near as materialized (
      select e.memory_id, e.fact_hash, e.embedding <=> ${vector} as distance from memory_embeddings e ${passing}
      where ${inPools(values, 'e', search.actor, search.pools.bankId, search.pools)} and ${ofSpace}
      order by ${order} limit ${values.add(limit, 'int')})
    ${collected(alive(search.condition(values)), 'near')}`;
});

/** Exact: `+ 0` keeps the planner from an approximate index. What is superseded or expired falls out of the nearest. */
const compared = (search: NearestSearch, limit: number): Statement => statement(search, (values, ofSpace, vector) => `
  with near as materialized (
    select e.memory_id, e.fact_hash, e.embedding <=> ${vector} as distance from memory_embeddings e
    where ${inPools(values, 'e', search.actor, search.pools.bankId, search.pools)} and ${ofSpace}
    order by (e.embedding <=> ${vector}) + 0, e.memory_id desc limit ${values.add(limit, 'int')})
  ${collected(alive(search.condition(values)), 'near')}`);

/** Exact among those alone that the filter lets through and that are active. */
const comparedAll = (search: NearestSearch, limit: number): Statement => statement(search, (values, ofSpace, vector) => `
  with near as materialized (
    select m.id, e.embedding <=> ${vector} as distance from memory_embeddings e join memories m on ${SAME}
    where e.tenant_id = $1 and ${ofSpace} and ${inPools(values, 'm', search.actor, search.pools.bankId, search.pools)} and ${search.condition(values)}
    order by (e.embedding <=> ${vector}) + 0, m.id desc limit ${values.add(limit, 'int')})
  ${collected('near', 'near')}`);
