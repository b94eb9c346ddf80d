import type { ConsolidationPhase } from '../src/domain/consolidation/consolidation.phase';
import type { EmbeddingPhase } from '../src/domain/generation/embedding.phase';
import type { ExtractionPhase } from '../src/domain/generation/extraction.phase';
import type { GenerationService } from '../src/domain/generation/generation.service';
import { reasonOf } from '../src/domain/generation/failure';
import type { HandlerMap } from './job-handler';
import { workerOf } from './worker-of';

export interface GenerationPhases {
  readonly extraction: ExtractionPhase;
  readonly consolidation: ConsolidationPhase;
  readonly embedding: EmbeddingPhase;
  readonly generations: Pick<GenerationService, 'fail'>;
}

export const generationHandlers = ({ extraction, consolidation, embedding, generations }: GenerationPhases): Pick<HandlerMap, `memory.${string}` & keyof HandlerMap> => ({
  'memory.generation': {
    run: ({ tenantId, generationId }, signal) => extraction.run(workerOf(tenantId), generationId, signal),
    abandon: ({ tenantId, generationId }, error) => generations.fail(workerOf(tenantId), generationId, reasonOf(error)),
  },
  'memory.consolidation': {
    run: ({ tenantId, generationId }, signal) => consolidation.run(workerOf(tenantId), generationId, signal),
    abandon: ({ tenantId, generationId }, error) => generations.fail(workerOf(tenantId), generationId, reasonOf(error)),
  },
  'memory.embedding': {
    run: ({ tenantId, ...request }, signal) => embedding.run(workerOf(tenantId), request, signal),
    abandon: ({ tenantId, ...request }) => embedding.giveUp(workerOf(tenantId), request),
  },
});
