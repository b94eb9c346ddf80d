import type { ProcedureEmbeddingPhase } from '../src/domain/procedural/embedding.phase';
import type { DistillationPhaseRunner } from '../src/domain/procedural/learning/distillation.phase';
import { reasonOf } from '../src/domain/generation/failure';
import type { HandlerMap } from './job-handler';
import { workerOf } from './worker-of';

export interface ProcedurePhases {
  readonly procedureEmbedding: ProcedureEmbeddingPhase;
  readonly distillation: DistillationPhaseRunner;
}

export const procedureHandlers = ({ procedureEmbedding, distillation }: ProcedurePhases): Pick<HandlerMap, 'procedure.embedding' | 'procedure.distillation'> => ({
  'procedure.embedding': {
    run: ({ tenantId, ...request }, signal) => procedureEmbedding.run(workerOf(tenantId), request, signal),
    // Found by their words; the next catch-up asks again.
    abandon: () => Promise.resolve(),
  },
  'procedure.distillation': {
    run: ({ tenantId, distillationId }, signal) => distillation.run(workerOf(tenantId), distillationId, signal),
    abandon: ({ tenantId, distillationId }, error) => distillation.fail(workerOf(tenantId), distillationId, reasonOf(error)),
  },
});
