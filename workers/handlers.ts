import { JOBS, type JobDeclaration, type JobName, type JobPayload } from '../src/jobs/jobs';
import { generationHandlers, type GenerationPhases } from './generation.handlers';

/** What one job does. Both may run twice for the same delivery. */
export interface JobHandler<Payload> {
  run(payload: Payload, signal: AbortSignal): Promise<void>;
  /** The job is dead: brings what it was for to a visible end. */
  abandon(payload: Payload, error: unknown): Promise<void>;
}

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

/** One handler per job: a job without one does not compile. */
export type HandlerMap = { readonly [Name in JobName]: JobHandler<JobPayload<Name>> };

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
