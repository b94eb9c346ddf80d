import type { Actor } from '../../kernel/actor';
import { GatewayError } from '../../kernel/errors';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import { metered } from '../usage/metered';
import type { UsageStore } from '../usage/usage.store';
import type { VectorArm } from './search.store';

/** Null where vectors have no say: hashing vectors lower the ranking (nDCG 0.49 alone, 0.64 without them). */
export type QueryVector = VectorArm | 'UNAVAILABLE' | null;

/** A searcher rather has an answer without vectors than waits longer. */
const EMBEDDING_TIMEOUT_MS = 3000;

export function createQueryVector({ embedder, usage }: { readonly embedder: Embedder; readonly usage: UsageStore }): (actor: Actor, query: string) => Promise<QueryVector> {
  const space = vectorSpaceOf(embedder);
  return async (actor, query) => {
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
}

/** Why vectors did not count, in words; null when they did. */
export function vectorNoteOf(embedder: Pick<Embedder, 'model'>, embedded: QueryVector): string | null {
  if (embedded === null) return `vectors of ${embedder.model} carry no meaning and do not count in the ranking`;
  return embedded === 'UNAVAILABLE' ? `${embedder.model} did not answer: found by words alone` : null;
}
