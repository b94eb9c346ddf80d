import type { Actor } from '../../kernel/actor';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import type { UsageStore } from '../usage/usage.store';
import { createKnownVectors } from './known-vectors';
import { poolsArm } from './lexical-arm';
import type { Lexicon } from './lexicon';
import { newestPassages, rankPassages } from './memory-ranking';
import { SPARE } from './memory-search';
import { planQuery } from './query-planning';
import { createQueryVector, vectorNoteOf } from './query-vector';
import type { Degradation, PassageHit } from './recall';
import type { DocumentSearchStore, Search } from './search.store';
import type { VersionStore } from './version.store';

export interface DocumentSearch {
  /** Best first. */
  find(actor: Actor, search: Search, limit: number): Promise<{ readonly hits: readonly PassageHit[]; readonly degraded: readonly Degradation[] }>;
}

interface DocumentSearchDeps {
  readonly store: DocumentSearchStore;
  readonly lexicon: Lexicon;
  readonly embedder: Embedder;
  readonly usage: UsageStore;
  readonly versions: Pick<VersionStore, 'ofPools'>;
}

/** As memories are searched, over passages and a lexicon of their own. Of the past it finds what still stands as it stood then, and says whether more did. */
export function createDocumentSearch({ store, lexicon, embedder, usage, versions }: DocumentSearchDeps): DocumentSearch {
  const lacksVectors = createKnownVectors({ store, versions, kind: 'DOCUMENT', space: vectorSpaceOf(embedder) });
  const embedQuery = createQueryVector({ embedder, usage });
  return {
    async find(actor, { pools, query, filter, asOf }, limit) {
      const knownAt = asOf?.knownAt ?? null;
      const among = { filter, knownAt };
      const missing: readonly Degradation[] = knownAt !== null && (await store.changedSince(actor, pools, knownAt)) ? ['REPLACED_PASSAGES'] : [];
      const bare = planQuery(query);
      if (bare.terms.size === 0) return { hits: newestPassages(pools, await store.newest(actor, pools, among, limit)), degraded: missing };
      const [{ plan, stats, corrections, isEmpty }, rows, embedded, lacks] = await Promise.all([
        lexicon.inform(actor, 'document_passages', bare), store.estimate(actor, pools), embedQuery(actor, query), embedder.semantic && lacksVectors(actor, pools),
      ]);
      if (isEmpty) return { hits: [], degraded: missing };
      const vector = embedded === 'UNAVAILABLE' ? null : embedded;
      const lexical = poolsArm(plan, stats, rows);
      const candidates = await store.find(actor, pools, among, { lexical, vector }, limit + SPARE);
      const hits = rankPassages(candidates, { pools, plan, corrections, arms: vector === null ? 1 : 2, vectorNote: vectorNoteOf(embedder, embedded) });
      return { hits: hits.slice(0, limit), degraded: [...(lacks || embedded === 'UNAVAILABLE' ? ['VECTOR' as const] : []), ...missing] };
    },
  };
}
