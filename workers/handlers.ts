import { JOBS, type JobDeclaration, type JobName } from '../src/jobs/jobs';
import { agentHandlers, type AgentPhases } from './agent.handlers';
import { documentHandlers, type DocumentPhases } from './document.handlers';
import type { ForgettingPhase } from '../src/domain/forgetting/forgetting.phase';
import { forgettingHandlers } from './forgetting.handlers';
import { generationHandlers, type GenerationPhases } from './generation.handlers';
import type { ImportPhase } from '../src/domain/transfer/import.phase';
import { transferHandlers } from './transfer.handlers';
import { sessionHandlers, type SessionPhases } from './session.handlers';
import type { HandlerMap, JobHandler } from './job-handler';
import { procedureHandlers, type ProcedurePhases } from './procedure.handlers';

export interface Handlers {
  /** @throws what the handler throws; ZodError when the payload does not fit the job's declaration */
  run(name: JobName, payload: unknown, signal: AbortSignal): Promise<void>;
  abandon(name: JobName, payload: unknown, error: unknown): Promise<void>;
}

/** A handler that validates its payload itself, so that all of them fit one map. */
const parsing = <Payload>({ payload: schema }: JobDeclaration<Payload>, handler: JobHandler<Payload>): JobHandler<unknown> => ({
  run: (payload, signal) => handler.run(schema.parse(payload), signal),
  abandon: (payload, error) => handler.abandon(schema.parse(payload), error),
});

export function createHandlers(phases: GenerationPhases & ProcedurePhases & DocumentPhases & { readonly forgetting: ForgettingPhase; readonly imports: ImportPhase } & SessionPhases & AgentPhases): Handlers {
  const handlers: HandlerMap = { ...generationHandlers(phases), ...procedureHandlers(phases), ...documentHandlers(phases), ...forgettingHandlers(phases), ...transferHandlers(phases), ...sessionHandlers(phases), ...agentHandlers(phases) };
  const byName: { readonly [Name in JobName]: JobHandler<unknown> } = {
    'memory.generation': parsing(JOBS['memory.generation'], handlers['memory.generation']),
    'memory.consolidation': parsing(JOBS['memory.consolidation'], handlers['memory.consolidation']),
    'memory.embedding': parsing(JOBS['memory.embedding'], handlers['memory.embedding']),
    'procedure.embedding': parsing(JOBS['procedure.embedding'], handlers['procedure.embedding']),
    'document.embedding': parsing(JOBS['document.embedding'], handlers['document.embedding']),
    'data.forgetting': parsing(JOBS['data.forgetting'], handlers['data.forgetting']),
    'data.import': parsing(JOBS['data.import'], handlers['data.import']),
    'session.summary': parsing(JOBS['session.summary'], handlers['session.summary']),
    'a2a.delivery': parsing(JOBS['a2a.delivery'], handlers['a2a.delivery']),
    'a2a.cancellation': parsing(JOBS['a2a.cancellation'], handlers['a2a.cancellation']),
    'agent.card': parsing(JOBS['agent.card'], handlers['agent.card']),
    'procedure.distillation': parsing(JOBS['procedure.distillation'], handlers['procedure.distillation']),
  };
  return {
    run: (name, payload, signal) => byName[name].run(payload, signal),
    abandon: (name, payload, error) => byName[name].abandon(payload, error),
  };
}
