import type { Actor } from '../../kernel/actor';
import type { Transact } from '../../kernel/transact';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { FeedStore } from '../feed/feed';
import type { EmbeddingStore, EmbeddingTarget, Unembedded } from './embedding.store';
import type { Generation } from './generation';
import type { GenerationStore } from './generation.store';
import { meteredFor, type MeteringStores } from './metering';
import { tellStep } from './progress';

/** As its job carries it. */
export interface EmbeddingRequest {
  readonly memoryIds: readonly string[];
  /** Also complete this generation, whose memories are embedded beside `memoryIds`. */
  readonly generationId: string | null;
  /** When these are done, asks for the next memories that lack a vector. */
  readonly catchUp?: true | undefined;
}

export interface EmbeddingPhase {
  /**
   * Embeds what has no vector of the current model and words, in batches, each committed by itself; then completes the
   * generation. Until then a generation is PROCESSING, though its memories are found by their words already.
   * Rejects with UNAVAILABLE when the embedder cannot answer: run again later.
   */
  run(actor: Actor, request: EmbeddingRequest, signal: AbortSignal): Promise<void>;
  /** The embedder failed for good: the generation completes, and says that its memories have no vectors. */
  giveUp(actor: Actor, request: EmbeddingRequest): Promise<void>;
  /**
   * Asks for vectors of the tenant's memories that have none of the current model: those made under another one, and those
   * whose embedder failed for good. One job at a time, each asking for the next; call it now and then, seldom.
   */
  catchUp(actor: Actor): Promise<void>;
}

export interface EmbeddingStores extends MeteringStores {
  readonly embeddings: EmbeddingStore;
  readonly generations: GenerationStore;
  readonly feed: FeedStore;
  readonly outbox: JobOutbox;
}

interface EmbeddingPhaseDeps {
  readonly embeddings: EmbeddingStore;
  readonly embedder: Embedder;
  readonly transact: Transact<EmbeddingStores>;
  /** Asks for the next ones to catch up with; memories unless given. */
  readonly enqueueNext?: (outbox: JobOutbox, actor: Actor, ids: readonly string[]) => Promise<string>;
}

const enqueueMemories = (outbox: JobOutbox, actor: Actor, memoryIds: readonly string[]): Promise<string> =>
  outbox.enqueue(actor, 'memory.embedding', { tenantId: actor.tenantId, memoryIds: [...memoryIds], generationId: null, catchUp: true }, 'BULK');

const BATCH = 64;
/** Memories per job that catches up: other jobs get their turn in between. */
const CATCH_UP = 500;
export const DEGRADED: NonNullable<Generation['error']> = {
  code: 'DEGRADED', message: 'degraded: VECTOR; the memories are found by their words, the embedder did not answer',
};

export function createEmbeddingPhase({ embeddings, embedder, transact, enqueueNext = enqueueMemories }: EmbeddingPhaseDeps): EmbeddingPhase {
  const space = vectorSpaceOf(embedder);
  const meter = meteredFor(transact);

  const vectorsOf = async (actor: Actor, texts: readonly string[], generationId: string | null, signal: AbortSignal): Promise<{ all: Map<string, readonly number[]>; fresh: Map<string, readonly number[]> }> => {
    const all = new Map(await embeddings.cached(actor, space, texts));
    const missing = texts.filter((text) => !all.has(text));
    const answers = missing.length === 0 ? [] : await meter(actor, generationId, (taken) => embedder.embed(missing, signal, { meter: taken }));
    const fresh = new Map<string, readonly number[]>();
    missing.forEach((text, index) => {
      const vector = answers[index];
      if (vector?.length !== embedder.dimension) throw new Error(`${embedder.model} gave a vector of ${vector?.length ?? 0} numbers instead of ${embedder.dimension}`);
      fresh.set(text, vector);
      all.set(text, vector);
    });
    return { all, fresh };
  };

  /** @returns whether to go on: not when its generation ended meanwhile */
  const embedBatch = async (actor: Actor, batch: readonly Unembedded[], generationId: string | null, signal: AbortSignal): Promise<boolean> => {
    const { all, fresh } = await vectorsOf(actor, [...new Set(batch.map(({ fact }) => fact))], generationId, signal);
    return transact(async (stores) => {
      await stores.embeddings.put(actor, space, batch.flatMap((item) => {
        const vector = all.get(item.fact);
        return vector === undefined ? [] : [{ ...item, vector }];
      }));
      await stores.embeddings.remember(actor, space, fresh);
      if (generationId === null) return true;
      const step = await stores.generations.advance(actor, generationId, 'EMBED', batch.length);
      if (step !== null) await tellStep(stores.feed, actor, generationId, step);
      return step !== null;
    });
  };

  const embedAll = async (actor: Actor, target: EmbeddingTarget, generationId: string | null, signal: AbortSignal): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      const batch = await embeddings.pending(actor, space, target, BATCH);
      if (batch.length === 0 || !(await embedBatch(actor, batch, generationId, signal))) return;
    }
  };

  const complete = (actor: Actor, generationId: string, error: Generation['error']): Promise<void> =>
    transact(async ({ generations, feed }) => {
      const job = await generations.lock(actor, generationId);
      if (job === null || job.phase !== 'EMBED' || job.status !== 'PROCESSING') return;
      const done = await generations.change(actor, generationId, { phase: 'DONE', status: 'COMPLETED', error, finished: true });
      await tellStep(feed, actor, generationId, done);
    });

  const askForNext = (actor: Actor, unless: (stores: EmbeddingStores) => Promise<boolean> = async () => false): Promise<void> =>
    transact(async (stores) => {
      if (await unless(stores)) return;
      const memoryIds = await stores.embeddings.lacking(actor, space, CATCH_UP);
      if (memoryIds.length > 0) await enqueueNext(stores.outbox, actor, memoryIds);
    });

  return {
    async run(actor, { memoryIds, generationId, catchUp }, signal) {
      if (memoryIds.length > 0) await embedAll(actor, { memoryIds }, null, signal);
      if (catchUp === true) await askForNext(actor);
      if (generationId === null) return;
      await embedAll(actor, { generationId }, generationId, signal);
      await complete(actor, generationId, null);
    },

    async giveUp(actor, { generationId }) {
      if (generationId !== null) await complete(actor, generationId, DEGRADED);
    },

    async catchUp(actor) {
      await askForNext(actor, (stores) => stores.embeddings.isCatchingUp(actor));
    },
  };
}
