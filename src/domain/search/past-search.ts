import type { Actor } from '../../kernel/actor';
import type { Memory } from '../memory/memory';
import type { AsOf } from './as-of';
import { saturate } from './bm25';
import type { FilterNode } from './filters';
import type { Lexicon } from './lexicon';
import { newestHits, rankMemories } from './memory-ranking';
import { planQuery } from './query-planning';
import type { MemoryHit } from './recall';
import type { MemoryCandidate, Search, SearchPools } from './search.store';
import { seedTerms, type SeedTerm } from './seed-terms';
import { analyze } from './text-analysis';

/**
 * Memories as their revisions show them. What is deleted, expired or purged by now is in no past either; a memory whose history of that
 * time is not kept is left out. Evidence counts are today's.
 */
export interface PastStore {
  /** In the order of `ids`; null also for what did not exist or hold. Superseded ones too. */
  getMany(actor: Actor, ids: readonly string[], asOf: AsOf): Promise<readonly (Memory | null)[]>;
  /** What held then and may have any of the lexemes: by today's words, or reworded since. Without lexemes the newest. In no order. */
  find(actor: Actor, pools: SearchPools, filter: FilterNode | null, asOf: AsOf, lexemes: readonly string[] | null): Promise<Memory[]>;
}

export interface PastSearch {
  find(actor: Actor, search: Search, asOf: AsOf, limit: number): Promise<MemoryHit[]>;
  established(actor: Actor, pools: SearchPools, asOf: AsOf, limit: number): Promise<Memory[]>;
}

const AS_THEN = 'as it was then: found by its words of that time, vectors are of today’s';

export function createPastSearch({ past, lexicon }: { readonly past: PastStore; readonly lexicon: Lexicon }): PastSearch {
  return {
    async find(actor, { pools, query, filter }, asOf, limit) {
      const bare = planQuery(query);
      if (bare.terms.size === 0) return newestHits(pools, byId(await past.find(actor, pools, filter, asOf, null)).slice(0, limit));
      const { plan, stats, corrections } = await lexicon.inform(actor, 'memories', bare);
      const terms = seedTerms(plan, stats);
      const found = await past.find(actor, pools, filter, asOf, terms.map(({ lexeme }) => lexeme));
      const scored = found
        .map((memory) => ({ memory, score: lexicalScore(memory, terms, stats.averageLength) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score);
      const candidates = scored.map(({ memory, score }): MemoryCandidate => {
        const rank = scored.findIndex((other) => other.score === score) + 1;
        return { memory, lexical: { rank, score }, vector: null, rrf: 1 / (60 + rank) };
      });
      return rankMemories(candidates, { pools, plan, corrections, arms: 1, vectorNote: AS_THEN }).slice(0, limit);
    },

    async established(actor, pools, asOf, limit) {
      const found = await past.find(actor, pools, null, asOf, null);
      return found.toSorted((a, b) => b.evidenceCount - a.evidenceCount || b.confidence - a.confidence || (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
  };
}

const byId = (memories: readonly Memory[]): Memory[] => memories.toSorted((a, b) => (a.id < b.id ? 1 : -1));

/** The same words as the index has of a memory, of then. */
function lexicalScore({ fact, attribute }: Memory, terms: readonly SeedTerm[], averageLength: number): number {
  const { lexemes, length } = analyze(`${fact}\n${(attribute ?? '').replaceAll('_', ' ')}`);
  return terms.reduce((sum, { lexeme, weight }) => {
    const frequency = lexemes.get(lexeme)?.length ?? 0;
    return frequency === 0 ? sum : sum + weight * saturate(frequency, length, averageLength);
  }, 0);
}
