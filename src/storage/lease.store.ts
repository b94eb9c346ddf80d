import { LeaseLost, type LeaseStore } from '../domain/generation/lease.store';
import { prepared, type Sql } from './sql';

/** Tokens start at the clock's microseconds, so that one never comes again when its row was swept. */
const ACQUIRE = prepared('lease.acquire', `
  insert into leases (tenant_id, name, holder, token, expires_at)
  values ($1, $2, $3, (extract(epoch from clock_timestamp()) * 1000000)::bigint, clock_timestamp() + make_interval(secs => $4::float8 / 1000))
  on conflict (tenant_id, name) do update set holder = excluded.holder, expires_at = excluded.expires_at,
    token = greatest(leases.token + 1, excluded.token)
  where leases.expires_at <= clock_timestamp() or leases.holder = excluded.holder
  returning token`);
const RENEW = prepared('lease.renew', `
  update leases set expires_at = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
  where tenant_id = $1 and name = $2 and token = $3 returning token`);
const RELEASE = prepared('lease.release', `update leases set expires_at = '-infinity' where tenant_id = $1 and name = $2 and token = $3`);
const ASSERT = prepared('lease.assert', `select token from leases where tenant_id = $1 and name = $2 and token = $3 for update`);
const SWEEP = prepared('lease.sweep', `
  delete from leases where (tenant_id, name) in (
    select tenant_id, name from leases where tenant_id = $1 and expires_at < now() - interval '1 day' limit $2 for update skip locked) returning name`);

export function createLeaseStore(sql: Sql): LeaseStore {
  const held = (rows: readonly unknown[], name: string): void => {
    if (rows.length === 0) throw new LeaseLost(`the lease ${name} went to another holder`);
  };

  return {
    async acquire(actor, name, holder, ttlMs) {
      const [row] = await sql.query<{ token: string }>(ACQUIRE, [actor.tenantId, name, holder, ttlMs]);
      return row === undefined ? null : { name, token: row.token };
    },
    async renew(actor, { name, token }, ttlMs) {
      held(await sql.query(RENEW, [actor.tenantId, name, token, ttlMs]), name);
    },
    async release(actor, { name, token }) {
      await sql.query(RELEASE, [actor.tenantId, name, token]);
    },
    async assert(actor, { name, token }) {
      held(await sql.query(ASSERT, [actor.tenantId, name, token]), name);
    },
    sweep: async (actor, limit) => (await sql.query(SWEEP, [actor.tenantId, limit])).length,
  };
}
