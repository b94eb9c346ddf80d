import { JOBS, type JobDeclaration, type JobName } from '../src/jobs/jobs';
import { generationHandlers, type GenerationPhases } from './generation.handlers';
import type { HandlerMap, JobHandler } from './job-handler';

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

export function createHandlers(phases: GenerationPhases): Handlers {
  const handlers: HandlerMap = generationHandlers(phases);
  const byName: { readonly [Name in JobName]: JobHandler<unknown> } = {
    'memory.generation': parsing(JOBS['memory.generation'], handlers['memory.generation']),
    'memory.consolidation': parsing(JOBS['memory.consolidation'], handlers['memory.consolidation']),
    'memory.embedding': parsing(JOBS['memory.embedding'], handlers['memory.embedding']),
  };
  return {
    run: (name, payload, signal) => byName[name].run(payload, signal),
    abandon: (name, payload, error) => byName[name].abandon(payload, error),
  };
}
