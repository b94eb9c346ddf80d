import type { Job, JobState, QueueDepth } from '../domain/job/job';
import type { JobStore } from '../domain/job/job.store';
import type { JsonObject } from '../kernel/json';
import type { Bus } from '../platform/bus/bus.port';
import { JOBS_PENDING, JOBS_REVOKED } from '../platform/queue/ledger.port';
import { priorityOf } from './job-ledger';
import { prepared, type Sql } from './sql';

/** A lease that ran out leaves its job waiting for the next worker. */
const STATE = `case when j.dead_at is not null then 'DEAD' when j.run_at <= now() then 'WAITING' when j.lease_token is not null then 'RUNNING' else 'DELAYED' end`;
const COLUMNS = `j.id, j.name, ${STATE} as state, j.priority, j.attempts, j.last_error, j.errors, j.payload, j.generation_id, j.run_at, j.created_at, j.dead_at`;

const LIST = prepared('job.list', `
  select ${COLUMNS} from jobs j
  where j.tenant_id = $1 and ($2::text is null or j.name = $2) and ($3::text is null or ${STATE} = $3) and ($4::uuid is null or j.id < $4)
  order by j.id desc limit $5`);
const GET = prepared('job.get', `select ${COLUMNS} from jobs j where j.tenant_id = $1 and j.id = $2`);
const DEPTHS = prepared('job.depths', `
  select name, count(*) filter (where state = 'WAITING')::int as waiting, count(*) filter (where state = 'DELAYED')::int as delayed,
    count(*) filter (where state = 'RUNNING')::int as running, count(*) filter (where state = 'DEAD')::int as dead,
    min(run_at) filter (where state = 'WAITING') as "oldestDueAt"
  from (select j.name, j.run_at, ${STATE} as state from jobs j where j.tenant_id = $1) counted group by name order by name`);
const DEAD_OF = prepared('job.deadOf', `
  select ${COLUMNS} from jobs j where j.tenant_id = $1 and j.name = $2 and j.dead_at is not null order by j.dead_at, j.id limit $3`);
const REVIVE = prepared('job.revive', `
  update jobs set dead_at = null, attempts = 0, run_at = now(), lease_token = null, published_at = null, relay_until = null
  where tenant_id = $1 and id = $2 and dead_at is not null returning id`);
const REMOVE = prepared('job.remove', 'delete from jobs where tenant_id = $1 and id = $2 returning id');
const REVOKE_OF = prepared('job.revokeOf', 'delete from jobs where tenant_id = $1 and generation_id = $2');

interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly priority: number;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly errors: readonly { readonly at: string; readonly attempt: number; readonly error: string }[];
  readonly payload: JsonObject;
  readonly generation_id: string | null;
  readonly run_at: Date;
  readonly created_at: Date;
  readonly dead_at: Date | null;
}

const toJob = (row: JobRow): Job => ({
  id: row.id, name: row.name, state: row.state, priority: priorityOf(row.priority), attempts: row.attempts, lastError: row.last_error,
  failures: row.errors.map(({ at, attempt, error }) => ({ at: new Date(at), attempt, message: error })),
  payload: row.payload, generationId: row.generation_id, runAt: row.run_at, createdAt: row.created_at, deadAt: row.dead_at,
});

export function createJobStore(sql: Sql, bus: Bus): JobStore {
  const tell = (topic: string): void => { sql.afterCommit(() => { bus.notify(topic); }); };
  return {
    list: async ({ tenantId }, { name, state }, { limit, after }) =>
      (await sql.query<JobRow>(LIST, [tenantId, name ?? null, state ?? null, after, limit])).map(toJob),
    get: async ({ tenantId }, id) => (await sql.query<JobRow>(GET, [tenantId, id])).map(toJob)[0] ?? null,
    depths: ({ tenantId }) => sql.query<QueueDepth>(DEPTHS, [tenantId]),
    deadOf: async ({ tenantId }, name, limit) => (await sql.query<JobRow>(DEAD_OF, [tenantId, name, limit])).map(toJob),
    async revive({ tenantId }, id) {
      tell(JOBS_PENDING);
      return (await sql.query(REVIVE, [tenantId, id])).length > 0;
    },
    async remove({ tenantId }, id) {
      tell(JOBS_REVOKED);
      return (await sql.query(REMOVE, [tenantId, id])).length > 0;
    },
    async revokeOf({ tenantId }, generationId) {
      await sql.query(REVOKE_OF, [tenantId, generationId]);
      tell(JOBS_REVOKED);
    },
  };
}
