import { JOBS, PRIORITIES } from '../jobs/jobs';
import { newId } from '../kernel/ids';
import type { Bus } from '../platform/bus/bus.port';
import { JOBS_PENDING } from '../platform/queue/ledger.port';
import type { JobOutbox } from '../platform/queue/queue.port';
import { prepared, type Sql } from './sql';

const ENQUEUE = prepared('job.enqueue', `
  insert into jobs (tenant_id, id, name, payload, priority, generation_id) values ($1, $2, $3, $4, $5, ($4::jsonb ->> 'generationId')::uuid)`);

export function createJobOutbox(sql: Sql, bus: Bus): JobOutbox {
  return {
    async enqueue(actor, name, payload, priority = JOBS[name].priority) {
      const id = newId();
      await sql.query(ENQUEUE, [actor.tenantId, id, name, JSON.stringify(payload), PRIORITIES.indexOf(priority)]);
      sql.afterCommit(() => { bus.notify(JOBS_PENDING); });
      return id;
    },
  };
}
