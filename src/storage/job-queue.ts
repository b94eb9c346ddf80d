import { randomUUID } from 'node:crypto';
import { JOB_NAMES, type JobName } from '../jobs/jobs';
import { newId } from '../kernel/ids';
import type { Logger } from '../kernel/logger-type';
import type { Bus } from '../platform/bus/bus.port';
import type { Delivery, JobOutbox, JobQueue, Verdict } from '../platform/queue/queue.port';
import { prepared, type Sql } from './sql';

const LEASE_MS = 10_000;
const POLL_MS = 500;
const JOBS_PENDING = 'jobs:pending';

const ENQUEUE = prepared('job.enqueue', `insert into jobs (tenant_id, id, name, payload) values ($1, $2, $3, $4)`);
/** Materialized: a join that ran the subquery again would lock and claim more than the limit. */
const CLAIM = prepared('job.claim', `
  with due as materialized (
    select tenant_id, id from jobs where name = any ($1::text[]) and run_at <= now() and dead_at is null
    order by run_at, id limit $2 for update skip locked)
  update jobs j set run_at = now() + make_interval(secs => $4::float8 / 1000), lease_token = $3, attempts = j.attempts + 1
  from due
  where j.tenant_id = due.tenant_id and j.id = due.id
  returning j.tenant_id, j.id, j.name, j.payload, j.attempts`);
const RENEW = prepared('job.renew', `
  update jobs set run_at = now() + make_interval(secs => $4::float8 / 1000) where tenant_id = $1 and id = $2 and lease_token = $3 returning id`);
const DONE = prepared('job.done', `delete from jobs where tenant_id = $1 and id = $2 and lease_token = $3`);
const RETRY = prepared('job.retry', `
  update jobs set run_at = now() + make_interval(secs => $4::float8 / 1000), lease_token = null, last_error = $5,
    attempts = case when $6 then attempts else attempts - 1 end
  where tenant_id = $1 and id = $2 and lease_token = $3`);
const DEAD = prepared('job.dead', `
  update jobs set dead_at = now(), lease_token = null, last_error = $4 where tenant_id = $1 and id = $2 and lease_token = $3`);
const RELEASE_JOBS = prepared('job.releaseAll', `update jobs set run_at = now(), lease_token = null where lease_token is not null`);
const RELEASE_LEASES = prepared('lease.releaseAll', `update leases set expires_at = '-infinity'`);

export function createJobOutbox(sql: Sql, bus: Bus): JobOutbox {
  return {
    async enqueue(actor, name, payload) {
      const id = newId();
      await sql.query(ENQUEUE, [actor.tenantId, id, name, JSON.stringify(payload)]);
      sql.afterCommit(() => { bus.notify(JOBS_PENDING); });
      return id;
    },
  };
}

/**
 * Frees every lease at once. Only for a process that owns its database alone, at its start: whoever held them is dead,
 * and their jobs go on now instead of after the lease.
 */
export async function releaseLeases(sql: Sql): Promise<void> {
  await sql.query(RELEASE_JOBS, []);
  await sql.query(RELEASE_LEASES, []);
}

interface JobRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly attempts: number;
}

/** The jobs table as a queue: the row is the truth, its `run_at` is the lease while it runs. */
export function createTableJobQueue({ sql, bus, logger }: { sql: Sql; bus: Bus; logger: Logger }): JobQueue {
  return {
    consume(names, concurrency, handler) {
      const running = new Map<string, { done: Promise<void>; abort: AbortController }>();
      let stopped = false;
      let claiming: Promise<void> | null = null;
      let again = false;

      const claim = async (): Promise<void> => {
        const token = randomUUID();
        const rows = await sql.query<JobRow>(CLAIM, [names, concurrency - running.size, token, LEASE_MS]);
        for (const row of rows) start(row, token);
      };

      const wake = (): void => {
        if (stopped || running.size >= concurrency) return;
        if (claiming !== null) { again = true; return; }
        claiming = claim()
          .catch((error: unknown) => { logger.warn({ err: error }, 'claiming jobs failed, trying again'); })
          .finally(() => {
            claiming = null;
            if (again) { again = false; wake(); }
          });
      };

      const start = (row: JobRow, token: string): void => {
        const abort = new AbortController();
        const renewal = setInterval(() => { void renew(row, token, abort); }, LEASE_MS / 3);
        const done = settle(row, token, abort.signal)
          .catch((error: unknown) => { logger.warn({ err: error, jobId: row.id }, 'a job could not be settled; it runs again after its lease'); })
          .finally(() => {
            clearInterval(renewal);
            running.delete(token + row.id);
            wake();
          });
        // By lease, not by job: one that lapsed while this process slept may be claimed here again.
        running.set(token + row.id, { done, abort });
      };

      const renew = async (row: JobRow, token: string, abort: AbortController): Promise<void> => {
        try {
          const rows = await sql.query(RENEW, [row.tenant_id, row.id, token, LEASE_MS]);
          if (rows.length === 0 && running.has(token + row.id)) abort.abort(new Error('the lease of this job was taken over'));
        } catch (error) {
          logger.warn({ err: error, jobId: row.id }, 'renewing a lease failed');
        }
      };

      const settle = async (row: JobRow, token: string, signal: AbortSignal): Promise<void> => {
        const verdict = await run(row, signal);
        const key = [row.tenant_id, row.id, token];
        switch (verdict.kind) {
          case 'done': await sql.query(DONE, key); return;
          case 'retry': await sql.query(RETRY, [...key, verdict.delayMs, verdict.error, verdict.counts]); scheduleWake(verdict.delayMs); return;
          case 'dead': await sql.query(DEAD, [...key, verdict.error]); return;
        }
      };

      const run = async (row: JobRow, signal: AbortSignal): Promise<Verdict> => {
        if (!isJobName(row.name)) return { kind: 'dead', error: `no job is called ${row.name}` };
        const delivery: Delivery = { id: row.id, tenantId: row.tenant_id, name: row.name, payload: row.payload, attempt: row.attempts };
        try {
          return await handler(delivery, signal);
        } catch (error) {
          return { kind: 'retry', delayMs: 1000, error: error instanceof Error ? error.message : String(error), counts: true };
        }
      };

      const scheduleWake = (delayMs: number): void => { setTimeout(wake, delayMs + 5).unref(); };
      const unlisten = bus.listen(JOBS_PENDING, wake);
      const poll = setInterval(wake, POLL_MS);
      wake();

      return {
        async stop(graceMs) {
          stopped = true;
          unlisten();
          clearInterval(poll);
          await claiming;
          const all = Promise.all([...running.values()].map(({ done }) => done));
          const timer = setTimeout(() => { for (const { abort } of running.values()) abort.abort(new Error('the worker stops')); }, graceMs);
          await all;
          clearTimeout(timer);
        },
      };
    },
  };
}

const isJobName = (name: string): name is JobName => (JOB_NAMES as readonly string[]).includes(name);
