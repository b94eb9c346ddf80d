import type { Actor } from '../../kernel/actor';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import type { Memory } from '../memory/memory';
import type { UsageStore } from '../usage/usage.store';
import type { Lexicon } from './lexicon';
import { newestHits, rankMemories } from './memory-ranking';
import { planQuery } from './query-planning';
import { createQueryVector, vectorNoteOf } from './query-vector';
import type { Degradation, MemoryHit } from './recall';
import type { AsOf } from './as-of';
import type { PastSearch } from './past-search';
import type { MemorySearchStore, Search, SearchPools } from './search.store';
import { commonTerms, SEED_LIMITS, seedTerms } from './seed-terms';

export interface FoundMemories {
  /** Best first. */
  readonly hits: readonly MemoryHit[];
  readonly degraded: readonly Degradation[];
}

export interface MemorySearch {
  find(actor: Actor, search: Search, limit: number): Promise<FoundMemories>;
  /** What is best established in the pools, whatever is asked. */
  established(actor: Actor, pools: SearchPools, limit: number, asOf?: AsOf | null): Promise<readonly Memory[]>;
}

interface MemorySearchDeps {
  readonly store: MemorySearchStore;
  readonly past: PastSearch;
  readonly lexicon: Lexicon;
  readonly embedder: Embedder;
  readonly usage: UsageStore;
}

/** Up to this many rows, every word of the query is looked for: dropping frequent ones loses results in small pools and gains no time. */
export const PRUNED_FROM = 5000;
/** Rows of the pools to look at for words: a microsecond and a half each. */
export const MAX_MATCHES = 2000;
/** Recency and confidence may lift a memory from a little below the cut. */
export const SPARE = 10;

export function createMemorySearch({ store, past, lexicon, embedder, usage }: MemorySearchDeps): MemorySearch {
  const space = vectorSpaceOf(embedder);

  const embedQuery = createQueryVector({ embedder, usage });

  return {
    established: (actor, pools, limit, asOf = null) => (asOf === null ? store.established(actor, pools, limit) : past.established(actor, pools, asOf, limit)),

    async find(actor, search, limit) {
      const { pools, query, filter, asOf = null } = search;
      if (asOf !== null) return { hits: await past.find(actor, search, asOf, limit), degraded: embedder.semantic ? ['VECTOR'] : [] };
      const bare = planQuery(query);
      if (bare.terms.size === 0) return { hits: newestHits(pools, await store.newest(actor, pools, filter, limit)), degraded: [] };
      const [{ plan, stats, corrections }, rows, embedded] = await Promise.all([
        lexicon.inform(actor, 'memories', bare), store.estimate(actor, pools), embedQuery(actor, query),
      ]);
      const vector = embedded === 'UNAVAILABLE' ? null : embedded;
      // A word stands as often in the pools as in the tenant, as far as is known.
      const maxPostings = rows > PRUNED_FROM ? MAX_MATCHES * Math.max(1, stats.documents / rows) : Infinity;
      const terms = seedTerms(plan, stats, { ...SEED_LIMITS, maxPostings, always: 0 });
      const lexical = { terms, common: commonTerms(plan, stats, terms), averageLength: stats.averageLength };
      const candidates = await store.find(actor, pools, filter, { lexical, vector }, limit + SPARE);
      const isPartial = embedded === 'UNAVAILABLE' || (embedder.semantic && (await store.lacksVectors(actor, pools, space)));
      const hits = rankMemories(candidates, { pools, plan, corrections, arms: vector === null ? 1 : 2, vectorNote: vectorNoteOf(embedder, embedded) });
      return { hits: hits.slice(0, limit), degraded: isPartial ? ['VECTOR'] : [] };
    },
  };
}
