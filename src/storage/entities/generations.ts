import { EntitySchema } from 'typeorm';
import { array, bigint, cascade, defaulted, index, int, jsonb, key, nullable, ofTenant, primary, smallint, text, timestamptz, uuid } from './columns';

export const generations = new EntitySchema({
  name: 'generations',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    bank_id: key,
    scope: jsonb,
    scope_hash: bigint,
    scope_sub: array(bigint),
    session_id: nullable(uuid),
    source: jsonb,
    status: text,
    phase: text,
    priority: defaulted(smallint, 0),
    done: defaulted(int, 0),
    total: defaulted(int, 0),
    cursor: defaulted(bigint, 0),
    left_out: defaulted(jsonb, "'[]'"),
    left_out_count: defaulted(int, 0),
    usage: defaulted(jsonb, "'[]'"),
    extractor: nullable(text),
    error: nullable(jsonb),
    principal_id: text,
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
    finished_at: nullable(timestamptz),
  },
  foreignKeys: [ofTenant('generations'), cascade('generations', ['tenant_id', 'bank_id'], 'banks', ['tenant_id', 'id'])],
  indices: [
    index('generations_scope', ['tenant_id', 'scope_hash', 'id']),
    index('generations_session', ['tenant_id', 'session_id', 'id'], 'session_id is not null'),
  ],
});

export const generationCandidates = new EntitySchema({
  name: 'generation_candidates',
  columns: {
    tenant_id: primary(key),
    generation_id: primary(uuid),
    ordinal: primary(int),
    candidate: jsonb,
    stated_at: timestamptz,
    decision: nullable(jsonb),
    outcome: nullable(text),
    memory_id: nullable(uuid),
    revision: nullable(int),
    reason: nullable(text),
  },
  foreignKeys: [cascade('generation_candidates', ['tenant_id', 'generation_id'], 'generations', ['tenant_id', 'id'])],
  indices: [
    index('generation_candidates_memory', ['tenant_id', 'memory_id'], 'memory_id is not null'),
    index('generation_candidates_open', ['tenant_id', 'generation_id', 'ordinal'], 'outcome is null'),
  ],
});
