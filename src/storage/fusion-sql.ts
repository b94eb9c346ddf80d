import { BM25_B, BM25_K1 } from '../domain/search/bm25';
import type { MemoryLexicalArm } from '../domain/search/search.store';
import { toOrQuery } from '../domain/search/text-analysis';
import type { Nearest } from './nearest';
import type { Values } from './search-sql';

/** Reciprocal rank fusion (Cormack et al., 2009). */
const RRF_K = 60;
/** Each arm's reach: what stands lower in one arm hardly wins by the other. */
export const ARM_LIMIT = 100;
/** Rows that common words may lead to, those found twice counted twice. */
const COMMON_REACH = 200;

/** What a row of `fused f`, `words w` and `vectors v` tells of how it was found. */
export const FOUND_COLUMNS = 'f.rrf, w.rank as lexical_rank, w.score as lexical_score, v.rank as vector_rank, v.distance';

export interface FoundRow {
  readonly lexical_rank: string | null;
  readonly lexical_score: number | null;
  readonly vector_rank: string | null;
  readonly distance: number | null;
  readonly rrf: number;
}

/** Where each arm placed a row, and both together. */
export interface Found {
  readonly lexical: { readonly rank: number; readonly score: number } | null;
  readonly vector: { readonly rank: number; readonly similarity: number } | null;
  readonly rrf: number;
}

export const toFound = (row: FoundRow): Found => ({
  lexical: row.lexical_rank === null ? null : { rank: Number(row.lexical_rank), score: row.lexical_score ?? 0 },
  vector: row.vector_rank === null ? null : { rank: Number(row.vector_rank), similarity: 1 - (row.distance ?? 1) },
  rrf: row.rrf,
});

/**
 * The CTEs `words`, `vectors` and `fused`, for a select to follow: the best rows of a table `m` with tenant, scope hashes, words (`tsv`) and
 * `length`. `where` keeps `m` to what may be found; `vectors` selects id, distance and rank of what is nearest.
 */
export function fused(values: Values, table: string, where: () => string, lexical: MemoryLexicalArm | null, vectors: string | null, limit: number): string {
  const words = lexical === null ? NOTHING : lexicalArm(values, table, where(), lexical);
  return `with words as (${words}), vectors as (${vectors ?? NOTHING}),
    fused as (
      select id, sum(1::float8 / (${RRF_K} + rank)) as rrf from (select id, rank from words union all select id, rank from vectors) arms
      group by id order by rrf desc, id desc limit ${values.add(limit, 'int')})`;
}

/**
 * One index scan per term (`offset 0` insists on it): unpacking the tsvectors of all matches took eight times as long. Common words are
 * tested on the rows that others led to.
 */
function lexicalArm(values: Values, table: string, where: string, { terms, common, together, averageLength }: MemoryLexicalArm): string {
  const tested = common.map(({ lexeme, weight }) => `case when m.tsv @@ ${values.add(toOrQuery([lexeme]), 'tsquery')} then ${values.add(weight, 'float8')} else 0 end`);
  const rows = `cross join lateral (select m.id, m.length, ${tested.length === 0 ? '0' : tested.join(' + ')} as common from ${table} m where m.tsv @@ t.query and ${where} offset 0) m`;
  const queries = values.add(terms.map(({ lexeme }) => toOrQuery([lexeme])), 'tsquery[]');
  const weights = values.add(terms.map(({ weight }) => weight), 'float8[]');
  const led = [`select m.*, t.weight from unnest(${queries}, ${weights}) as t (query, weight) ${rows}`];
  if (together.length > 0) {
    const conjunctions = values.add(together.map((lexemes) => lexemes.map((lexeme) => toOrQuery([lexeme])).join(' & ')), 'tsquery[]');
    led.push(`(select m.*, 0 from unnest(${conjunctions}) as t (query) ${rows} limit ${COMMON_REACH})`);
  }
  const norm = `(1 + ${BM25_K1} * (1 - ${BM25_B} + ${BM25_B} * m.length::float8 / ${values.add(averageLength, 'float8')}))`;
  return `select id, score, rank() over (order by score desc) as rank from (
    select m.id, (sum(m.weight) + min(m.common)) * ${BM25_K1 + 1} / ${norm} as score
    from (${led.join(' union all ')}) m (id, length, common, weight)
    group by m.id, m.length order by score desc, m.id desc limit ${ARM_LIMIT}) best`;
}

/** What another statement found nearest. */
export const nearestArm = (values: Values, { ids, distances }: Pick<Nearest, 'ids' | 'distances'>): string => `
  select id, distance, rank() over (order by distance) as rank
  from unnest(${values.add(ids, 'uuid[]')}, ${values.add(distances, 'float8[]')}) as nearest (id, distance)`;

const NOTHING = 'select null::uuid as id, null::float8 as score, null::float8 as distance, null::bigint as rank where false';
