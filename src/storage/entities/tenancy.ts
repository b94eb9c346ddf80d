import { EntitySchema } from 'typeorm';
import { array, bigint, bytea, date, defaulted, index, jsonb, key, nullable, ofTenant, primary, text, timestamptz, unique } from './columns';

export const tenants = new EntitySchema({
  name: 'tenants',
  columns: {
    id: primary(key),
    name: text,
    created_at: defaulted(timestamptz, 'now()'),
  },
});

export const apiKeys = new EntitySchema({
  name: 'api_keys',
  columns: {
    tenant_id: primary(key),
    id: primary(key),
    name: text,
    secret_hash: bytea,
    last4: text,
    roles: array(text),
    scope_limits: defaulted(jsonb, "'[]'"),
    created_at: defaulted(timestamptz, 'now()'),
    expires_at: nullable(timestamptz),
    revoked_at: nullable(timestamptz),
    last_used_at: nullable(timestamptz),
  },
  foreignKeys: [ofTenant('api_keys')],
  indices: [
    unique('api_keys_id', ['id']),
  ],
});

export const idempotencyKeys = new EntitySchema({
  name: 'idempotency_keys',
  columns: {
    tenant_id: primary(key),
    principal_id: primary(key),
    field: primary(key),
    key: primary(key),
    body_hash: bytea,
    result: nullable(jsonb),
    created_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofTenant('idempotency_keys')],
  indices: [
    index('idempotency_keys_age', ['created_at']),
  ],
});

export const modelUsage = new EntitySchema({
  name: 'model_usage',
  columns: {
    tenant_id: primary(key),
    day: primary(date),
    model: primary(key),
    calls: bigint,
    prompt_tokens: bigint,
    completion_tokens: bigint,
  },
  foreignKeys: [ofTenant('model_usage')],
});
