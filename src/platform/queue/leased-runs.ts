import { isJobName } from '../../jobs/jobs';
import type { Logger } from '../../kernel/logger-type';
import { LEASE_MS, type JobLedger, type LeasedJob } from './ledger.port';
import type { Delivery, Verdict } from './queue.port';

export type Handler = (delivery: Delivery, signal: AbortSignal) => Promise<Verdict>;

export interface LeasedRuns {
  readonly size: number;
  /** Runs the handler under the job's lease and settles what it says. Never rejects: what cannot be settled runs again after its lease. */
  start(job: LeasedJob): Promise<Verdict>;
  /** Asks now, not at the next renewal, whether each job is still ours. */
  recheck(): void;
  /** Lets all end, at most `graceMs`; then aborts them and waits for what they say. */
  finish(graceMs: number): Promise<void>;
}

/** The jobs that one consumer runs, whichever queue brought them. */
export function createLeasedRuns({ ledger, handler, logger }: { ledger: JobLedger; handler: Handler; logger: Logger }): LeasedRuns {
  // By lease, not by job: one that lapsed while this process slept may be claimed here again.
  const running = new Map<string, { readonly done: Promise<Verdict>; readonly abort: AbortController; renew(): Promise<void> }>();

  const renewalOf = (job: LeasedJob, key: string, abort: AbortController) => async (): Promise<void> => {
    try {
      if (!(await ledger.renew(job)) && running.has(key)) abort.abort(new Error('the lease of this job was taken over, or the job was revoked'));
    } catch (error) {
      logger.warn({ err: error, jobId: job.id }, 'renewing a lease failed');
    }
  };

  const run = async (job: LeasedJob, signal: AbortSignal): Promise<Verdict> => {
    const { name } = job;
    if (!isJobName(name)) return { kind: 'dead', error: `no job is called ${name}` };
    try {
      return await handler({ id: job.id, tenantId: job.tenantId, name, payload: job.payload, attempt: job.attempt }, signal);
    } catch (error) {
      logger.error({ err: error, jobId: job.id }, 'a job handler failed unexpectedly');
      return { kind: 'retry', delayMs: 1000, error: 'the handler failed unexpectedly', counts: true };
    }
  };

  const settled = async (job: LeasedJob, signal: AbortSignal): Promise<Verdict> => {
    const verdict = await run(job, signal);
    await ledger.settle(job, verdict).catch((error: unknown) => {
      logger.warn({ err: error, jobId: job.id }, 'a job could not be settled; it runs again after its lease');
    });
    return verdict;
  };

  return {
    get size() { return running.size; },
    start(job) {
      const key = job.token + job.id;
      const abort = new AbortController();
      const renew = renewalOf(job, key, abort);
      const renewal = setInterval(() => { void renew(); }, LEASE_MS / 3);
      const done = settled(job, abort.signal).finally(() => {
        clearInterval(renewal);
        running.delete(key);
      });
      running.set(key, { done, abort, renew });
      return done;
    },
    recheck() {
      for (const { renew } of running.values()) void renew();
    },
    async finish(graceMs) {
      const all = Promise.all([...running.values()].map(({ done }) => done));
      const timer = setTimeout(() => { for (const { abort } of running.values()) abort.abort(new Error('the worker stops')); }, graceMs);
      await all;
      clearTimeout(timer);
    },
  };
}
