import type { Actor } from '../../kernel/actor';
import type { Transact } from '../../kernel/transact';
import type { Embedder } from '../../platform/embedding/embedding.port';
import { createEmbeddingPhase, type EmbeddingStores } from '../generation/embedding.phase';
import type { EmbeddingStore } from '../generation/embedding.store';

/** As its job carries it. */
export interface ProcedureEmbeddingRequest {
  readonly procedureIds: readonly string[];
  /** When these are done, asks for the next procedures that lack a vector. */
  readonly catchUp?: true | undefined;
}

export interface ProcedureEmbeddingPhase {
  /** Embeds what has no vector of the current model and words. Rejects with UNAVAILABLE when the embedder cannot answer: run again later. */
  run(actor: Actor, request: ProcedureEmbeddingRequest, signal: AbortSignal): Promise<void>;
  /** Asks for vectors of the tenant's procedures that have none of the current model. One job at a time; call it now and then, seldom. */
  catchUp(actor: Actor): Promise<void>;
}

interface ProcedureEmbeddingDeps {
  readonly embeddings: EmbeddingStore;
  readonly embedder: Embedder;
  readonly transact: Transact<EmbeddingStores & { readonly procedureEmbeddings: EmbeddingStore }>;
}

/** The phase that embeds memories, over procedures. */
export function createProcedureEmbeddingPhase({ embeddings, embedder, transact }: ProcedureEmbeddingDeps): ProcedureEmbeddingPhase {
  const phase = createEmbeddingPhase({
    embeddings, embedder,
    transact: (work) => transact((stores) => work({ ...stores, embeddings: stores.procedureEmbeddings })),
    enqueueNext: (outbox, actor, ids) => outbox.enqueue(actor, 'procedure.embedding', { tenantId: actor.tenantId, procedureIds: [...ids], catchUp: true }, 'BULK'),
  });
  return {
    run: (actor, { procedureIds, catchUp }, signal) => phase.run(actor, { memoryIds: procedureIds, generationId: null, catchUp }, signal),
    catchUp: phase.catchUp,
  };
}
