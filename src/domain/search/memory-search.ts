import type { Actor } from '../../kernel/actor';
import { GatewayError } from '../../kernel/errors';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import { metered } from '../usage/metered';
import type { UsageStore } from '../usage/usage.store';
import type { Lexicon } from './lexicon';
import { newestHits, rankMemories } from './memory-ranking';
import { planQuery } from './query-planning';
import type { Degradation, MemoryHit } from './recall';
import type { MemorySearchStore, Search, VectorArm } from './search.store';
import { SEED_LIMITS, seedTerms } from './seed-terms';

export interface FoundMemories {
  /** Best first. */
  readonly hits: readonly MemoryHit[];
  readonly degraded: readonly Degradation[];
}

export interface MemorySearch {
  find(actor: Actor, search: Search, limit: number): Promise<FoundMemories>;
  /** What is best established in the pools, whatever is asked. */
  established: MemorySearchStore['established'];
}

interface MemorySearchDeps {
  readonly store: MemorySearchStore;
  readonly lexicon: Lexicon;
  readonly embedder: Embedder;
  readonly usage: UsageStore;
}

/** Below this, every word of the query is looked for: dropping frequent ones loses results in small pools and gains no time. */
const PRUNED_FROM = 5000;
/** Recency and confidence may lift a memory from a little below the cut. */
const SPARE = 10;
/** A searcher rather has an answer without vectors than waits longer. */
const EMBEDDING_TIMEOUT_MS = 3000;

export function createMemorySearch({ store, lexicon, embedder, usage }: MemorySearchDeps): MemorySearch {
  const space = vectorSpaceOf(embedder);

  /** Null where vectors have no say: hashing vectors lower the ranking (nDCG 0.49 alone, 0.64 without them). */
  const embedQuery = async (actor: Actor, query: string): Promise<VectorArm | 'UNAVAILABLE' | null> => {
    if (!embedder.semantic) return null;
    const signal = AbortSignal.timeout(EMBEDDING_TIMEOUT_MS);
    try {
      const [vector] = await metered((taken) => usage.record(actor, taken), (meter) => embedder.embed([query], signal, { purpose: 'query', meter }));
      if (vector === undefined) throw new Error(`${embedder.model} gave no vector`);
      return { space, vector };
    } catch (error) {
      if (signal.aborted || (error instanceof GatewayError && error.code === 'UNAVAILABLE')) return 'UNAVAILABLE';
      throw error;
    }
  };

  return {
    established: store.established,

    async find(actor, { pools, query, filter }, limit) {
      const bare = planQuery(query);
      if (bare.terms.size === 0) return { hits: newestHits(pools, await store.newest(actor, pools, filter, limit)), degraded: [] };
      const [{ plan, stats, corrections }, rows, embedded] = await Promise.all([
        lexicon.inform(actor, 'memories', bare), store.estimate(actor, pools), embedQuery(actor, query),
      ]);
      const vector = embedded === 'UNAVAILABLE' ? null : embedded;
      const terms = seedTerms(plan, stats, { ...SEED_LIMITS, maxPostings: rows > PRUNED_FROM ? SEED_LIMITS.maxPostings : Infinity });
      const lexical = { terms, averageLength: stats.averageLength };
      const candidates = await store.find(actor, pools, filter, { lexical, vector }, limit + SPARE);
      const isPartial = embedded === 'UNAVAILABLE' || (embedder.semantic && (await store.lacksVectors(actor, pools, space)));
      const hits = rankMemories(candidates, { pools, plan, corrections, arms: vector === null ? 1 : 2, vectorNote: vectorNote(embedder, embedded) });
      return { hits: hits.slice(0, limit), degraded: isPartial ? ['VECTOR'] : [] };
    },
  };
}

function vectorNote(embedder: Embedder, embedded: VectorArm | 'UNAVAILABLE' | null): string | null {
  if (embedded === null) return `vectors of ${embedder.model} carry no meaning and do not count in the ranking`;
  return embedded === 'UNAVAILABLE' ? `${embedder.model} did not answer: found by words alone` : null;
}
