import { JOB_NAMES, type JobName } from '../jobs/jobs';
import { prepared, type Sql } from './sql';

export interface QueueStats {
  readonly queue: JobName;
  readonly due: number;
  /** Leased by a worker, in whatever process. */
  readonly running: number;
  /** Waiting for their time. */
  readonly later: number;
  readonly dead: number;
  /** How long the job that is due longest has waited. */
  readonly oldestDueSeconds: number;
}

/** A long queue must not be counted to its end: beyond this it is simply long. */
const LIMIT = 10_000;

const counted = (condition: string): string => `(select count(*)::int from (select from jobs where name = n.name and ${condition} limit ${LIMIT}) counted)`;
const STATS = prepared('job.stats', `
  select n.name as queue,
    ${counted('dead_at is null and run_at <= now()')} as due,
    ${counted('dead_at is null and run_at > now() and lease_token is not null')} as running,
    ${counted('dead_at is null and run_at > now() and lease_token is null')} as later,
    ${counted('dead_at is not null')} as dead,
    coalesce((select extract(epoch from now() - min(run_at)) from jobs where name = n.name and dead_at is null and run_at <= now()), 0)::float8 as "oldestDueSeconds"
  from unnest($1::text[]) n (name)`);

/** How much waits in each queue, over all tenants. */
export const readQueueStats = (sql: Sql): Promise<QueueStats[]> => sql.query<QueueStats>(STATS, [JOB_NAMES]);
