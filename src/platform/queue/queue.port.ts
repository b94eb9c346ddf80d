import type { Actor } from '../../kernel/actor';
import type { JobName, JobPayload, Priority } from '../../jobs/jobs';

/** Takes jobs in the transaction of the change that wants them: what is rolled back was never enqueued. */
export interface JobOutbox {
  /** Without a priority it is the job's declared one. @returns the job's id */
  enqueue<Name extends JobName>(actor: Actor, name: Name, payload: JobPayload<Name>, priority?: Priority): Promise<string>;
}

/** One delivery of a job. A handler may see the same job twice: after a crash, or when its lease ran out. */
export interface Delivery {
  readonly id: string;
  readonly tenantId: string;
  readonly name: JobName;
  /** Unparsed; the worker validates it against the declaration. */
  readonly payload: unknown;
  /** 1 on the first delivery. */
  readonly attempt: number;
}

/**
 * What the worker says of a delivery: done, again after a delay, or never again with the reason kept. A retry that was
 * nobody's failure (the work is held elsewhere, the worker stops) does not count as an attempt.
 */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly error: string; readonly counts: boolean }
  | { readonly kind: 'dead'; readonly error: string };

export interface QueueState {
  /** `down`: accepted jobs wait in the table. */
  readonly state: 'up' | 'down';
  readonly detail?: string;
}

/** The consuming side of a queue. */
export interface JobQueue {
  /**
   * Delivers jobs of these names, at most `concurrency` at once, until stopped. The handler's lease is renewed while it
   * runs, and its signal aborts when the lease is lost or the job revoked; a handler that rejects counts as a retry. `stop` lets running handlers end, at most `graceMs`, then aborts them.
   */
  consume(names: readonly JobName[], concurrency: number, handler: (delivery: Delivery, signal: AbortSignal) => Promise<Verdict>): { stop(graceMs: number): Promise<void> };
  state(): QueueState;
  /** After every consumer has stopped. */
  close(): Promise<void>;
}
