import type { CorpusStats } from './bm25';
import type { RankingQuery } from './query-planning';
import type { MemoryLexicalArm } from './search.store';
import { heaviest, SEED_LIMITS, seedTerms, type SeedLimits, type SeedTerm } from './seed-terms';

/** Up to this many rows, every word of the query is looked for: dropping frequent ones loses results in small pools and gains no time. */
const PRUNED_FROM = 5000;
/** Rows of the pools to look at for words: a microsecond and a half each. */
const MAX_MATCHES = 1000;
/** Every candidate is tested for each of them. */
const MAX_COMMON = 4;
/** Where the terms lead to fewer rows, common words are asked for as well. */
const FEW_ROWS = 20;
/** Up to so many rows of the pools that have it, a common word is looked up with one other or by itself; a fifth of a microsecond each. */
const MAX_ALONE = 5000;

/** The lexical arm of a question over pools of about so many rows. A word stands as often in them as in the tenant, as far as is known. */
export function poolsArm(query: RankingQuery, stats: CorpusStats, rows: number): MemoryLexicalArm {
  const share = Math.min(1, rows / stats.documents);
  return lexicalArm(query, stats, { ...SEED_LIMITS, maxPostings: rows > PRUNED_FROM ? MAX_MATCHES / share : Infinity, always: 0 }, share);
}

/** The lexical arm of a question over pools that hold this share of the tenant's documents. */
export function lexicalArm(query: RankingQuery, stats: CorpusStats, limits: SeedLimits, share: number): MemoryLexicalArm {
  const terms = seedTerms(query, stats, limits);
  const chosen = new Set(terms.map(({ lexeme }) => lexeme));
  const common = heaviest(query.terms, stats).filter(({ lexeme }) => !chosen.has(lexeme)).slice(0, MAX_COMMON);
  const rowsWith = (lexeme: string): number => stats.documentFrequency(lexeme) * share;
  const led = terms.reduce((sum, { lexeme }) => sum + rowsWith(lexeme), 0);
  return { terms, common, together: led < FEW_ROWS ? togetherOf(common, rowsWith) : [], averageLength: stats.averageLength };
}

/** All of them first; an index is as quick with words that stand together as with the rarest of them. */
function togetherOf(common: readonly SeedTerm[], rowsWith: (lexeme: string) => number): string[][] {
  const rarest = common.map(({ lexeme }) => lexeme).sort((a, b) => rowsWith(a) - rowsWith(b));
  const sizes = rowsWith(rarest[0] ?? '') > MAX_ALONE ? [rarest.length] : [rarest.length, 2, 1];
  return [...new Set(sizes)].filter((size) => size > 0 && size <= rarest.length).map((size) => rarest.slice(0, size));
}
