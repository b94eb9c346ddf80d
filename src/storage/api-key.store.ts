import type { ApiKey } from '../domain/access/api-key';
import type { ApiKeyStore } from '../domain/access/api-key.store';
import type { Role } from '../kernel/actor';
import type { Scope } from '../kernel/scope';
import { prepared, type Sql } from './sql';

interface ApiKeyRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly name: string;
  readonly secret_hash: Buffer;
  readonly last4: string;
  readonly roles: readonly Role[];
  readonly scope_limits: readonly Scope[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

const ENSURE_TENANT = prepared('tenant.ensure', `insert into tenants (id, name) values ($1, $1) on conflict do nothing`);
const ENSURE_BANK = prepared('bank.ensure', `insert into banks (tenant_id, id) values ($1, 'default') on conflict do nothing`);
const INSERT = prepared('apiKey.insert', `
  insert into api_keys (tenant_id, id, name, secret_hash, last4, roles, scope_limits, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`);
const FIND = prepared('apiKey.find', `select * from api_keys where id = $1`);
const LIST = prepared('apiKey.list', `select * from api_keys where tenant_id = $1 order by created_at desc, id limit 200`);
const REVOKE = prepared('apiKey.revoke', `update api_keys set revoked_at = coalesce(revoked_at, now()) where tenant_id = $1 and id = $2 returning id`);
const TOUCH = prepared('apiKey.touch', `update api_keys set last_used_at = now() where id = $1`);

export function createApiKeyStore(sql: Sql): ApiKeyStore {
  return {
    ensureTenant: (tenantId) =>
      sql.transact(async (tx) => {
        await tx.query(ENSURE_TENANT, [tenantId]);
        await tx.query(ENSURE_BANK, [tenantId]);
      }),
    async insert(key) {
      await sql.query(INSERT, [key.tenantId, key.id, key.name, key.secretHash, key.last4, key.roles, JSON.stringify(key.scopeLimits), key.createdAt, key.expiresAt]);
    },
    async find(id) {
      const [row] = await sql.query<ApiKeyRow>(FIND, [id]);
      return row === undefined ? null : toApiKey(row);
    },
    list: async (actor) => (await sql.query<ApiKeyRow>(LIST, [actor.tenantId])).map(toApiKey),
    revoke: async (actor, id) => (await sql.query(REVOKE, [actor.tenantId, id])).length > 0,
    async touch(id) {
      await sql.query(TOUCH, [id]);
    },
  };
}

const toApiKey = (row: ApiKeyRow): ApiKey => ({
  tenantId: row.tenant_id, id: row.id, name: row.name, secretHash: row.secret_hash, last4: row.last4, roles: row.roles,
  scopeLimits: row.scope_limits, createdAt: row.created_at, expiresAt: row.expires_at, revokedAt: row.revoked_at, lastUsedAt: row.last_used_at,
});
