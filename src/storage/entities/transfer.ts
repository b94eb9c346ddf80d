import { EntitySchema } from 'typeorm';
import { bigint, bool, bytea, cascade, defaulted, int, jsonb, key, nullable, ofTenant, primary, text, timestamptz, uuid } from './columns';

export const imports = new EntitySchema({
  name: 'imports',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    format: text,
    scope: nullable(jsonb),
    bank_id: key,
    mapping: nullable(jsonb),
    dry_run: bool,
    status: text,
    parts: defaulted(int, 0),
    bytes: defaulted(bigint, 0),
    parts_read: defaulted(int, 0),
    done: defaulted(bigint, 0),
    counts: defaulted(jsonb, "'[]'"),
    problems: defaulted(jsonb, "'[]'"),
    error: nullable(text),
    principal_id: text,
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
    finished_at: nullable(timestamptz),
  },
  foreignKeys: [ofTenant('imports')],
});

export const importParts = new EntitySchema({
  name: 'import_parts',
  columns: {
    tenant_id: primary(key),
    import_id: primary(uuid),
    part: primary(int),
    hash: bytea,
    body: bytea,
  },
  foreignKeys: [cascade('import_parts', ['tenant_id', 'import_id'], 'imports', ['tenant_id', 'id'])],
});
