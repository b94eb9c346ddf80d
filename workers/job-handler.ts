import type { JobName, JobPayload } from '../src/jobs/jobs';

/** What one job does. Both may run twice for the same delivery. */
export interface JobHandler<Payload> {
  run(payload: Payload, signal: AbortSignal): Promise<void>;
  /** The job is dead: brings what it was for to a visible end. */
  abandon(payload: Payload, error: unknown): Promise<void>;
}

/** One handler per job: a job without one does not compile. */
export type HandlerMap = { readonly [Name in JobName]: JobHandler<JobPayload<Name>> };
