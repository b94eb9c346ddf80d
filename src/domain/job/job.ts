import { JOB_NAMES, JOBS, PRIORITIES, isJobName, type JobName, type Priority } from '../../jobs/jobs';
import { badInput } from '../../kernel/errors';
import type { JsonObject } from '../../kernel/json';

export { JOB_NAMES, PRIORITIES, type JobName, type Priority };

export const JOB_STATES = ['WAITING', 'DELAYED', 'RUNNING', 'DEAD'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** One failed attempt. */
export interface JobFailure {
  readonly at: Date;
  readonly attempt: number;
  readonly message: string;
}

/** A job of the queue, as its administrators see it. A job that is done is gone. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly priority: Priority;
  readonly attempts: number;
  readonly lastError: string | null;
  /** The newest ten, oldest first. */
  readonly failures: readonly JobFailure[];
  /** Ids, never text. */
  readonly payload: JsonObject;
  readonly generationId: string | null;
  /** When it is due; while it runs, when its lease ends unless renewed. */
  readonly runAt: Date;
  readonly createdAt: Date;
  readonly deadAt: Date | null;
}

/** How full a queue is. */
export interface QueueDepth {
  readonly name: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly running: number;
  readonly dead: number;
  /** Since when the oldest of the waiting jobs is due. */
  readonly oldestDueAt: Date | null;
}

/** Null for a job of another version. */
export const maxAttemptsOf = (name: string): number | null => (isJobName(name) ? JOBS[name].attempts : null);

/** @throws GatewayError BAD_USER_INPUT */
export function requireJobName(name: string, field: string): JobName {
  if (!isJobName(name)) throw badInput(field, `no job is called so; there are ${JOB_NAMES.join(', ')}`, 'UNKNOWN_JOB');
  return name;
}
