import { IDEMPOTENCY_HOURS, requireSameBody, type IdempotencyStore } from '../domain/idempotency/idempotency';
import type { JsonObject } from '../kernel/json';
import { prepared, type Sql } from './sql';

const CLAIM = prepared('idempotency.claim', `
  insert into idempotency_keys (tenant_id, principal_id, field, key, body_hash) values ($1, $2, $3, $4, $5) on conflict do nothing returning key`);
const READ = prepared('idempotency.read', `
  select body_hash, result from idempotency_keys where tenant_id = $1 and principal_id = $2 and field = $3 and key = $4`);
const FINISH = prepared('idempotency.finish', `
  update idempotency_keys set result = $5 where tenant_id = $1 and principal_id = $2 and field = $3 and key = $4`);
const SWEEP = prepared('idempotency.sweep', `
  delete from idempotency_keys where (tenant_id, principal_id, field, key) in (
    select tenant_id, principal_id, field, key from idempotency_keys
    where created_at < now() - make_interval(hours => $2) order by created_at limit $1) returning key`);

export function createIdempotencyStore(sql: Sql): IdempotencyStore {
  return {
    async claim(actor, { field, key, bodyHash }) {
      const identity = [actor.tenantId, actor.principalId, field, key];
      if ((await sql.query(CLAIM, [...identity, bodyHash])).length > 0) return null;
      const [row] = await sql.query<{ body_hash: Buffer; result: JsonObject | null }>(READ, identity);
      if (row === undefined) throw new Error('an idempotency key vanished inside its transaction');
      requireSameBody({ field, key, bodyHash }, row.body_hash);
      return row.result ?? {};
    },
    async finish(actor, { field, key }, result) {
      await sql.query(FINISH, [actor.tenantId, actor.principalId, field, key, JSON.stringify(result)]);
    },
    sweep: async (limit) => (await sql.query(SWEEP, [limit, IDEMPOTENCY_HOURS])).length,
  };
}
