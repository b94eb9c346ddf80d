import type { Actor } from '../../kernel/actor';
import type { Transact } from '../../kernel/transact';
import { vectorSpaceOf, type Embedder } from '../../platform/embedding/embedding.port';
import type { JobOutbox } from '../../platform/queue/queue.port';
import { metered } from '../usage/metered';
import type { UsageStore } from '../usage/usage.store';
import type { DocumentStore } from './document.store';

export interface DocumentEmbeddingPhase {
  /**
   * Embeds the passages of a document that have no vector of the current model, in batches, each committed by itself. Safe to run twice.
   * Rejects with UNAVAILABLE when the embedder cannot answer: run again later.
   */
  run(actor: Actor, documentId: string, signal: AbortSignal): Promise<void>;
  /** The embedder failed for good: the document says so, and is found by its words. */
  giveUp(actor: Actor, documentId: string): Promise<void>;
  /** Asks for vectors of the tenant's documents that have none of the current model; call it now and then, seldom. */
  catchUp(actor: Actor): Promise<void>;
}

interface DocumentEmbeddingPhaseDeps {
  readonly documents: DocumentStore;
  readonly embedder: Embedder;
  readonly usage: UsageStore;
  readonly transact: Transact<{ readonly documents: DocumentStore; readonly outbox: JobOutbox }>;
}

const BATCH = 64;
const CATCH_UP = 500;

export function createDocumentEmbeddingPhase({ documents, embedder, usage, transact }: DocumentEmbeddingPhaseDeps): DocumentEmbeddingPhase {
  const space = vectorSpaceOf(embedder);
  return {
    async run(actor, documentId, signal) {
      for (;;) {
        signal.throwIfAborted();
        const batch = await documents.unembedded(actor, documentId, space, BATCH);
        if (batch.length === 0) break;
        const vectors = await metered((taken) => usage.record(actor, taken), (meter) => embedder.embed(batch.map(({ text }) => text), signal, { meter }));
        await documents.putVectors(actor, space, batch.map((item, index) => {
          const vector = vectors[index];
          if (vector?.length !== embedder.dimension) throw new Error(`${embedder.model} gave a vector of ${vector?.length ?? 0} numbers instead of ${embedder.dimension}`);
          return { ...item, vector };
        }));
      }
      await documents.settleEmbedding(actor, documentId, space, 'DONE');
    },

    async giveUp(actor, documentId) {
      await documents.settleEmbedding(actor, documentId, space, 'FAILED');
    },

    async catchUp(actor) {
      await transact(async (stores) => {
        for (const documentId of await stores.documents.lacking(actor, space, CATCH_UP)) {
          await stores.outbox.enqueue(actor, 'document.embedding', { tenantId: actor.tenantId, documentId }, 'BULK');
        }
      });
    },
  };
}
