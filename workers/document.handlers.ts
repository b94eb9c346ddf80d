import type { DocumentEmbeddingPhase } from '../src/domain/document/document-embedding.phase';
import type { HandlerMap } from './job-handler';
import { workerOf } from './worker-of';

export interface DocumentPhases {
  readonly documentEmbedding: DocumentEmbeddingPhase;
}

export const documentHandlers = ({ documentEmbedding }: DocumentPhases): Pick<HandlerMap, 'document.embedding'> => ({
  'document.embedding': {
    run: ({ tenantId, documentId }, signal) => documentEmbedding.run(workerOf(tenantId), documentId, signal),
    abandon: ({ tenantId, documentId }) => documentEmbedding.giveUp(workerOf(tenantId), documentId),
  },
});
