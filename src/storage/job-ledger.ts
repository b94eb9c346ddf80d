import { randomUUID } from 'node:crypto';
import { PRIORITIES, isJobName, type Priority } from '../jobs/jobs';
import { LEASE_MS, type JobLedger, type JobRef, type LeasedJob, type QueueKey } from '../platform/queue/ledger.port';
import * as statements from './job-ledger.sql';
import type { Sql } from './sql';

interface LeasedRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly attempts: number;
}

interface QueueRow {
  readonly name: string;
  readonly priority: number;
}

/** What an error says is bounded: the newest ten of a job are kept. */
const MAX_ERROR = 1000;

export function createJobLedger(sql: Sql): JobLedger {
  const leased = (token: string) => (row: LeasedRow): LeasedJob => ({
    tenantId: row.tenant_id, id: row.id, name: row.name, payload: row.payload, attempt: row.attempts, token,
  });
  const mark = async (statement: typeof statements.RELEASE, refs: readonly JobRef[]): Promise<void> => {
    if (refs.length > 0) await sql.query(statement, [refs.map(({ tenantId }) => tenantId), refs.map(({ id }) => id)]);
  };

  return {
    async claimDue(names, limit, order) {
      const token = randomUUID();
      return (await sql.query<LeasedRow>(statements.CLAIM_DUE, [names, limit, token, LEASE_MS, order === 'priority'])).map(leased(token));
    },

    async claim({ tenantId, id }) {
      const token = randomUUID();
      return (await sql.query<LeasedRow>(statements.CLAIM, [tenantId, id, token, LEASE_MS])).map(leased(token))[0] ?? null;
    },

    renew: async ({ tenantId, id, token }) => (await sql.query(statements.RENEW, [tenantId, id, token, LEASE_MS])).length > 0,

    async settle({ tenantId, id, token }, verdict) {
      const key = [tenantId, id, token];
      switch (verdict.kind) {
        case 'done': await sql.query(statements.DONE, key); return;
        case 'retry': await sql.query(statements.RETRY, [...key, verdict.delayMs, verdict.error.slice(0, MAX_ERROR), verdict.counts]); return;
        case 'dead': await sql.query(statements.DEAD, [...key, verdict.error.slice(0, MAX_ERROR)]); return;
      }
    },

    async reserve(queues, limit, window) {
      const rows = await sql.query<QueueRow & { tenant_id: string; id: string }>(statements.RESERVE, [
        queues.map(({ name }) => name), queues.map(({ priority }) => PRIORITIES.indexOf(priority)), limit, window,
      ]);
      return rows.flatMap((row) => keyOf(row).map((key) => ({ tenantId: row.tenant_id, id: row.id, ...key })));
    },

    markPublished: (refs) => mark(statements.MARK_PUBLISHED, refs),
    release: (refs) => mark(statements.RELEASE, refs),
    overdue: async (olderThanMs) => (await sql.query<QueueRow>(statements.OVERDUE, [olderThanMs])).flatMap(keyOf),
    unpublish: async ({ name, priority }, olderThanMs) =>
      (await sql.query(statements.UNPUBLISH, [name, PRIORITIES.indexOf(priority), olderThanMs])).length,
  };
}

/** Empty for a job that this version does not know: no queue carries it. */
const keyOf = ({ name, priority }: QueueRow): QueueKey[] => (isJobName(name) ? [{ name, priority: priorityOf(priority) }] : []);

export const priorityOf = (index: number): Priority => PRIORITIES[index] ?? 'BULK';

/**
 * Frees every lease at once. Only for a process that owns its database alone, at its start: whoever held them is dead,
 * and their jobs go on now instead of after the lease.
 */
export async function releaseLeases(sql: Sql): Promise<void> {
  await sql.query(statements.RELEASE_JOBS, []);
  await sql.query(statements.RELEASE_LEASES, []);
}
