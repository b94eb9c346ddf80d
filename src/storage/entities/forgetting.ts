import { EntitySchema } from 'typeorm';
import { array, bigint, bool, cascade, defaulted, index, int, jsonb, key, nullable, ofTenant, primary, text, timestamptz, uuid } from './columns';

export const forgettings = new EntitySchema({
  name: 'forgettings',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    kind: text,
    status: text,
    subject: nullable(text),
    scope: jsonb,
    scope_sub: array(bigint),
    found: defaulted(jsonb, "'{}'"),
    erased: defaulted(jsonb, "'{}'"),
    done: defaulted(int, 0),
    total: defaulted(int, 0),
    principal_id: text,
    error: nullable(text),
    receipt_cid: nullable(key),
    created_at: defaulted(timestamptz, 'now()'),
    finished_at: nullable(timestamptz),
  },
  foreignKeys: [ofTenant('forgettings')],
});

export const forgettingSources = new EntitySchema({
  name: 'forgetting_sources',
  columns: {
    tenant_id: primary(key),
    forgetting_id: primary(uuid),
    kind: primary(key),
    ref: primary(key),
    erased: defaulted(bool, 'false'),
  },
  foreignKeys: [cascade('forgetting_sources', ['tenant_id', 'forgetting_id'], 'forgettings', ['tenant_id', 'id'])],
  indices: [index('forgetting_sources_left', ['tenant_id', 'forgetting_id', 'kind', 'ref'], 'not erased')],
});
