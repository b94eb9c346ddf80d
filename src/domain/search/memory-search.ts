import type { Actor } from '../../kernel/actor';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import type { Memory } from '../memory/memory';
import type { UsageStore } from '../usage/usage.store';
import { createKnownVectors } from './known-vectors';
import { poolsArm } from './lexical-arm';
import type { Lexicon } from './lexicon';
import { newestHits, rankMemories } from './memory-ranking';
import { planQuery } from './query-planning';
import { createQueryVector, vectorNoteOf } from './query-vector';
import type { Degradation, MemoryHit } from './recall';
import type { AsOf } from './as-of';
import type { PastSearch } from './past-search';
import type { MemorySearchStore, Search, SearchPools } from './search.store';
import type { VersionStore } from './version.store';

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
  readonly versions: Pick<VersionStore, 'ofPools'>;
}

/** Recency and confidence may lift a memory from a little below the cut. */
export const SPARE = 10;

export function createMemorySearch({ store, past, lexicon, embedder, usage, versions }: MemorySearchDeps): MemorySearch {
  const lacksVectors = createKnownVectors({ store, versions, kind: 'MEMORY', space: vectorSpaceOf(embedder) });
  const embedQuery = createQueryVector({ embedder, usage });

  return {
    established: (actor, pools, limit, asOf = null) => (asOf === null ? store.established(actor, pools, limit) : past.established(actor, pools, asOf, limit)),

    async find(actor, search, limit) {
      const { pools, query, filter, asOf = null } = search;
      if (asOf !== null) return { hits: await past.find(actor, search, asOf, limit), degraded: embedder.semantic ? ['VECTOR'] : [] };
      const bare = planQuery(query);
      if (bare.terms.size === 0) return { hits: newestHits(pools, await store.newest(actor, pools, filter, limit)), degraded: [] };
      const [{ plan, stats, corrections }, rows, embedded, lacks] = await Promise.all([
        lexicon.inform(actor, 'memories', bare), store.estimate(actor, pools), embedQuery(actor, query), embedder.semantic && lacksVectors(actor, pools),
      ]);
      const vector = embedded === 'UNAVAILABLE' ? null : embedded;
      const lexical = poolsArm(plan, stats, rows);
      const candidates = await store.find(actor, pools, filter, { lexical, vector }, limit + SPARE);
      const hits = rankMemories(candidates, { pools, plan, corrections, arms: vector === null ? 1 : 2, vectorNote: vectorNoteOf(embedder, embedded) });
      return { hits: hits.slice(0, limit), degraded: lacks || embedded === 'UNAVAILABLE' ? ['VECTOR'] : [] };
    },
  };
}
