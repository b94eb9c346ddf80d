import type { Memory } from '../memory/memory';
import type { RankingQuery } from './query-planning';
import type { Explanation, MemoryHit, PassageHit } from './recall';
import { poolIndex, type MemoryCandidate, type PassageCandidate, type SearchPools } from './search.store';
import { tokens } from './tokenizer';

/** RRF's constant, the same as in the statement that fuses. */
const RRF_K = 60;
/** Together less than the step from the first to the second rank in both arms: they decide between near equals. */
const RECENCY_WEIGHT = 0.01;
const CONFIDENCE_WEIGHT = 0.02;
const HALF_LIFE_MS = 30 * 86_400_000;

export interface RankingContext {
  readonly pools: SearchPools;
  readonly plan: RankingQuery;
  readonly corrections: ReadonlySet<string>;
  /** How many arms took part: the best possible fusion is that many first ranks. */
  readonly arms: number;
  readonly vectorNote: string | null;
}

export const NO_EXPLANATION: Explanation = {
  vector: null, lexical: null, fuzzy: null, rrf: null, recency: null, confidence: null, matchedWords: [], parts: {}, notes: [],
};

/**
 * Fused candidates with recency and confidence added. Recency is relative to the newest candidate, not to the clock, so that
 * the same rows always give the same order. Ties go to the newer id.
 */
export function rankMemories(candidates: readonly MemoryCandidate[], context: RankingContext): MemoryHit[] {
  const newest = Math.max(...candidates.map(({ memory }) => memory.updatedAt.getTime()));
  const best = context.arms / (RRF_K + 1);
  const hits = candidates.map(({ memory, lexical, vector, rrf: fused }): MemoryHit => {
    const rrf = fused / best;
    const recency = 0.5 ** ((newest - memory.updatedAt.getTime()) / HALF_LIFE_MS);
    const score = (rrf + RECENCY_WEIGHT * recency + CONFIDENCE_WEIGHT * memory.confidence) / (1 + RECENCY_WEIGHT + CONFIDENCE_WEIGHT);
    const { matchedWords, fuzzy, notes } = matched(memory.fact, context);
    return {
      kind: 'MEMORY', memory, score, scopeIndex: poolIndex(context.pools, memory.scope),
      explanation: {
        vector: vector?.similarity ?? null, lexical: lexical?.score ?? null, fuzzy, rrf, recency, confidence: memory.confidence,
        matchedWords, parts: {}, notes: context.vectorNote === null ? notes : [...notes, context.vectorNote],
      },
    };
  });
  return hits.sort((a, b) => b.score - a.score || (a.memory.id < b.memory.id ? 1 : -1));
}

/** The same of passages. A document has no confidence; that it was changed lately decides between near equals. */
export function rankPassages(candidates: readonly PassageCandidate[], context: RankingContext): PassageHit[] {
  const newest = Math.max(...candidates.map(({ updatedAt }) => updatedAt.getTime()));
  const best = context.arms / (RRF_K + 1);
  const hits = candidates.map(({ passage, scope, updatedAt, lexical, vector, rrf: fused }): PassageHit => {
    const rrf = fused / best;
    const recency = 0.5 ** ((newest - updatedAt.getTime()) / HALF_LIFE_MS);
    const { matchedWords, fuzzy, notes } = matched([passage.title, ...passage.headings, passage.text].join('\n'), context);
    return {
      kind: 'DOCUMENT', passage, score: (rrf + RECENCY_WEIGHT * recency) / (1 + RECENCY_WEIGHT), scopeIndex: poolIndex(context.pools, scope),
      explanation: {
        vector: vector?.similarity ?? null, lexical: lexical?.score ?? null, fuzzy, rrf, recency, confidence: null,
        matchedWords, parts: {}, notes: context.vectorNote === null ? notes : [...notes, context.vectorNote],
      },
    };
  });
  return hits.sort((a, b) => b.score - a.score || (a.passage.id < b.passage.id ? 1 : -1));
}

export const newestPassages = (pools: SearchPools, found: readonly Pick<PassageCandidate, 'passage' | 'scope'>[]): PassageHit[] =>
  found.map(({ passage, scope }, index) => ({
    kind: 'DOCUMENT', passage, score: (RRF_K + 1) / (RRF_K + 1 + index), scopeIndex: poolIndex(pools, scope),
    explanation: { ...NO_EXPLANATION, notes: [NEWEST_FIRST] },
  }));

/** For a query without a content word. */
export const newestHits = (pools: SearchPools, memories: readonly Memory[]): MemoryHit[] =>
  memories.map((memory, index) => ({
    kind: 'MEMORY', memory, score: (RRF_K + 1) / (RRF_K + 1 + index), scopeIndex: poolIndex(pools, memory.scope),
    explanation: { ...NO_EXPLANATION, confidence: memory.confidence, notes: [NEWEST_FIRST] },
  }));

export const NEWEST_FIRST = 'the query has no word to search for: newest first';

/** Which words of a text answer the query. A corrected word shows only as it stands in the text, never from the lexicon. */
export function matched(text: string, { plan, corrections }: Pick<RankingContext, 'plan' | 'corrections'>): Pick<Explanation, 'matchedWords' | 'fuzzy' | 'notes'> {
  const related = new Set([...plan.related.values()].flat());
  const own = new Map<string, string>();
  const alike = new Map<string, string>();
  for (const { lexeme, surface } of tokens(text)) {
    if (plan.terms.has(lexeme) || plan.names.has(lexeme)) own.set(lexeme, surface);
    else if (related.has(lexeme)) alike.set(lexeme, surface);
  }
  const corrected = [...own.keys()].filter((lexeme) => corrections.has(lexeme)).length;
  return {
    matchedWords: [...own.values()],
    fuzzy: corrected === 0 ? null : corrected / own.size,
    notes: alike.size === 0 ? [] : [`of the same concept: ${[...alike.values()].join(', ')}`],
  };
}
