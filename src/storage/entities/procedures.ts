import { EntitySchema } from 'typeorm';
import {
  array, bigint, bool, bytea, cascade, defaulted, handMade, index, int, jsonb, key, nullable, ofTenant, primary, real, text, timestamptz, tsvector, unique, uuid, vector,
} from './columns';

const ofProcedure = (table: string) => cascade(table, ['tenant_id', 'procedure_id'], 'procedures', ['tenant_id', 'id']);

export const procedures = new EntitySchema({
  name: 'procedures',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    kind: text,
    scope: jsonb,
    scope_hash: bigint,
    scope_sub: array(bigint),
    agent_id: nullable(key),
    session_id: nullable(uuid),
    outcome: nullable(text),
    skill_type: nullable(text),
    content: jsonb,
    metadata: defaulted(jsonb, "'{}'"),
    text,
    text_hash: bytea,
    tsv: tsvector,
    length: int,
    candidate_id: nullable(uuid),
    principal_id: key,
    revision: defaulted(int, 1),
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofTenant('procedures')],
  indices: [
    index('procedures_scope', ['tenant_id', 'scope_hash', 'kind', 'id']),
    index('procedures_session', ['tenant_id', 'session_id', 'id'], 'session_id is not null'),
    handMade('procedures_search'),
  ],
});

export const procedureRevisions = new EntitySchema({
  name: 'procedure_revisions',
  columns: {
    tenant_id: primary(key),
    procedure_id: primary(uuid),
    revision: primary(int),
    action: text,
    content: jsonb,
    metadata: jsonb,
    reason: nullable(text),
    principal_id: key,
    created_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofProcedure('procedure_revisions')],
});

export const procedureStats = new EntitySchema({
  name: 'procedure_stats',
  columns: {
    tenant_id: primary(key),
    procedure_id: primary(uuid),
    uses: defaulted(bigint, 0),
    successes: defaulted(bigint, 0),
    last_used_at: nullable(timestamptz),
  },
  foreignKeys: [ofProcedure('procedure_stats')],
});

export const procedureUses = new EntitySchema({
  name: 'procedure_uses',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    procedure_id: uuid,
    session_id: nullable(uuid),
    agent_id: nullable(key),
    outcome: text,
    note: nullable(text),
    principal_id: key,
    created_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofProcedure('procedure_uses'), cascade('procedure_uses', ['tenant_id', 'session_id'], 'sessions', ['tenant_id', 'id'])],
  indices: [
    index('procedure_uses_procedure', ['tenant_id', 'procedure_id', 'id']),
    index('procedure_uses_session', ['tenant_id', 'session_id', 'procedure_id'], 'session_id is not null'),
    index('procedure_uses_sessions', ['tenant_id', 'procedure_id', 'session_id'], 'session_id is not null'),
  ],
});

export const procedureEmbeddings = new EntitySchema({
  name: 'procedure_embeddings',
  columns: {
    tenant_id: primary(key),
    model: primary(key),
    procedure_id: primary(uuid),
    text_hash: bytea,
    dimension: int,
    embedding: vector,
  },
  foreignKeys: [ofProcedure('procedure_embeddings')],
  indices: [index('procedure_embeddings_procedure', ['tenant_id', 'procedure_id'])],
});

export const procedureTombstones = new EntitySchema({
  name: 'procedure_tombstones',
  columns: {
    tenant_id: primary(key),
    procedure_id: primary(uuid),
    scope_hash: bigint,
    signature: array(text),
    deleted_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofTenant('procedure_tombstones')],
  indices: [index('procedure_tombstones_scope', ['tenant_id', 'scope_hash'])],
});

export const distillations = new EntitySchema({
  name: 'distillations',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    scope: jsonb,
    scope_hash: bigint,
    scope_sub: array(bigint),
    min_support: int,
    min_confidence: real,
    status: defaulted(text, "'PENDING'"),
    phase: defaulted(text, "'READ'"),
    done: defaulted(int, 0),
    total: defaulted(int, 0),
    trajectories: defaulted(int, 0),
    is_limited: defaulted(bool, 'false'),
    proposed: defaulted(int, 0),
    error: nullable(jsonb),
    principal_id: key,
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
    finished_at: nullable(timestamptz),
  },
  foreignKeys: [ofTenant('distillations')],
  indices: [index('distillations_scope', ['tenant_id', 'scope_hash', 'id'])],
});

export const procedureCandidates = new EntitySchema({
  name: 'procedure_candidates',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    scope: jsonb,
    scope_hash: bigint,
    scope_sub: array(bigint),
    signature: array(text),
    status: defaulted(text, "'PROPOSED'"),
    support: int,
    confidence: real,
    content: nullable(jsonb),
    evidence: jsonb,
    described_by: text,
    workflow_id: nullable(uuid),
    skill_id: nullable(uuid),
    reason: nullable(text),
    principal_id: nullable(key),
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
    decided_at: nullable(timestamptz),
  },
  foreignKeys: [ofTenant('procedure_candidates')],
  indices: [
    unique('procedure_candidates_signature', ['tenant_id', 'scope_hash', 'signature']),
    index('procedure_candidates_scope', ['tenant_id', 'scope_hash', 'status', 'id']),
  ],
});
