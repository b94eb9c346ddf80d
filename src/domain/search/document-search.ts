import type { Actor } from '../../kernel/actor';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import type { UsageStore } from '../usage/usage.store';
import type { Lexicon } from './lexicon';
import { newestPassages, rankPassages } from './memory-ranking';
import { MAX_MATCHES, PRUNED_FROM, SPARE } from './memory-search';
import { planQuery } from './query-planning';
import { createQueryVector, vectorNoteOf } from './query-vector';
import type { Degradation, PassageHit } from './recall';
import type { DocumentSearchStore, Search } from './search.store';
import { commonTerms, SEED_LIMITS, seedTerms } from './seed-terms';

export interface DocumentSearch {
  /** Best first. */
  find(actor: Actor, search: Search, limit: number): Promise<{ readonly hits: readonly PassageHit[]; readonly degraded: readonly Degradation[] }>;
}

interface DocumentSearchDeps {
  readonly store: DocumentSearchStore;
  readonly lexicon: Lexicon;
  readonly embedder: Embedder;
  readonly usage: UsageStore;
}

/** As memories are searched, over passages and a lexicon of their own. Of the past it finds what still stands as it stood then, and says whether more did. */
export function createDocumentSearch({ store, lexicon, embedder, usage }: DocumentSearchDeps): DocumentSearch {
  const space = vectorSpaceOf(embedder);
  const embedQuery = createQueryVector({ embedder, usage });
  return {
    async find(actor, { pools, query, filter, asOf }, limit) {
      const knownAt = asOf?.knownAt ?? null;
      const among = { filter, knownAt };
      const missing: readonly Degradation[] = knownAt !== null && (await store.changedSince(actor, pools, knownAt)) ? ['REPLACED_PASSAGES'] : [];
      const bare = planQuery(query);
      if (bare.terms.size === 0) return { hits: newestPassages(pools, await store.newest(actor, pools, among, limit)), degraded: missing };
      const [{ plan, stats, corrections, isEmpty }, rows, embedded] = await Promise.all([
        lexicon.inform(actor, 'document_passages', bare), store.estimate(actor, pools), embedQuery(actor, query),
      ]);
      if (isEmpty) return { hits: [], degraded: missing };
      const vector = embedded === 'UNAVAILABLE' ? null : embedded;
      const maxPostings = rows > PRUNED_FROM ? MAX_MATCHES * Math.max(1, stats.documents / rows) : Infinity;
      const terms = seedTerms(plan, stats, { ...SEED_LIMITS, maxPostings, always: 0 });
      const lexical = { terms, common: commonTerms(plan, stats, terms), averageLength: stats.averageLength };
      const candidates = await store.find(actor, pools, among, { lexical, vector }, limit + SPARE);
      const isPartial = embedded === 'UNAVAILABLE' || (embedder.semantic && (await store.lacksVectors(actor, pools, space)));
      const hits = rankPassages(candidates, { pools, plan, corrections, arms: vector === null ? 1 : 2, vectorNote: vectorNoteOf(embedder, embedded) });
      return { hits: hits.slice(0, limit), degraded: [...(isPartial ? ['VECTOR' as const] : []), ...missing] };
    },
  };
}
