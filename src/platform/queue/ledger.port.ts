import type { JobName, Priority } from '../../jobs/jobs';
import type { Verdict } from './queue.port';

/** Notices on the bus: a job may be due; a job was taken away from whoever runs it. */
export const JOBS_PENDING = 'jobs:pending';
export const JOBS_REVOKED = 'jobs:revoked';

/** How long a claim holds unless renewed: a killed worker's job is due again after it. */
export const LEASE_MS = 10_000;

export interface JobRef {
  readonly tenantId: string;
  readonly id: string;
}

/** A job that a worker holds. The token fences: what an earlier holder says of it is not heard. */
export interface LeasedJob extends JobRef {
  readonly name: string;
  readonly payload: unknown;
  readonly attempt: number;
  readonly token: string;
}

export interface QueueKey {
  readonly name: JobName;
  readonly priority: Priority;
}

export type Publishable = JobRef & QueueKey;

/**
 * The rows of the jobs: the truth that every queue works from. A job is due when its time has come and nobody holds it;
 * a retry and a lapsed lease are the same to it. All times are the database's.
 */
export interface JobLedger {
  /** Leases due jobs of these names, by priority and then age, or by age alone. */
  claimDue(names: readonly JobName[], limit: number, order: 'priority' | 'age'): Promise<LeasedJob[]>;
  /** Leases this job; null when it is done, dead, held or not due: a second copy of its message is harmless. */
  claim(ref: JobRef): Promise<LeasedJob | null>;
  /** False when the lease went to another holder or the job is gone. */
  renew(job: LeasedJob): Promise<boolean>;
  /** Nothing happens unless the lease still holds. */
  settle(job: LeasedJob, verdict: Verdict): Promise<void>;

  /** Takes due jobs that no broker carries, for a few seconds, so that two relays do not publish the same; at most `window` of a queue are out at once. */
  reserve(queues: readonly QueueKey[], limit: number, window: number): Promise<Publishable[]>;
  /** The broker has confirmed them. Those that a worker claimed meanwhile stay claimed. */
  markPublished(refs: readonly JobRef[]): Promise<void>;
  /** The broker has not: they are due for publishing again. */
  release(refs: readonly JobRef[]): Promise<void>;
  /** Queues with jobs that were published so long ago and that nobody claimed. */
  overdue(olderThanMs: number): Promise<QueueKey[]>;
  /** Makes those due for publishing again. @returns how many */
  unpublish(queue: QueueKey, olderThanMs: number): Promise<number>;
}
