import type { ConsolidationPhase } from '../src/domain/consolidation/consolidation.phase';
import type { EmbeddingPhase } from '../src/domain/generation/embedding.phase';
import type { ExtractionPhase } from '../src/domain/generation/extraction.phase';
import type { GenerationService } from '../src/domain/generation/generation.service';
import { reasonOf } from '../src/domain/generation/failure';
import type { Actor } from '../src/kernel/actor';
import type { HandlerMap } from './job-handler';

export interface GenerationPhases {
  readonly extraction: ExtractionPhase;
  readonly consolidation: ConsolidationPhase;
  readonly embedding: EmbeddingPhase;
  readonly generations: Pick<GenerationService, 'fail'>;
}

/** A worker acts for the whole tenant; who may do what was checked when the job was accepted. */
const workerOf = (tenantId: string): Actor => ({ tenantId, principalId: 'worker', roles: ['admin'], scopeLimits: [] });

export const generationHandlers = ({ extraction, consolidation, embedding, generations }: GenerationPhases): HandlerMap => ({
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
