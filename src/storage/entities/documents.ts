import { EntitySchema } from 'typeorm';
import { array, bigint, bytea, cascade, defaulted, handMade, index, int, jsonb, key, nullable, ofTenant, primary, text, timestamptz, tsvector, unique, uuid, vector } from './columns';

export const documents = new EntitySchema({
  name: 'documents',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    bank_id: key,
    scope: jsonb,
    scope_hash: bigint,
    scope_sub: array(bigint),
    identity: bytea,
    title: text,
    format: text,
    source_uri: nullable(text),
    metadata: defaulted(jsonb, "'{}'"),
    content_hash: bytea,
    version: defaulted(int, 1),
    length: int,
    passage_count: defaulted(int, 0),
    embedding: text,
    embedding_space: nullable(key),
    created_at: defaulted(timestamptz, 'now()'),
    updated_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofTenant('documents'), cascade('documents', ['tenant_id', 'bank_id'], 'banks', ['tenant_id', 'id'])],
  indices: [
    unique('documents_identity', ['tenant_id', 'scope_hash', 'identity']),
    index('documents_list', ['tenant_id', 'bank_id', 'id']),
    handMade('documents_scope'),
  ],
});

export const documentPassages = new EntitySchema({
  name: 'document_passages',
  columns: {
    tenant_id: primary(key),
    id: primary(uuid),
    document_id: uuid,
    ordinal: int,
    headings: array(text),
    start: int,
    end: int,
    text,
    tokens: int,
    hash: bytea,
    scope_hash: bigint,
    scope_sub: array(bigint),
    tsv: tsvector,
    length: int,
  },
  foreignKeys: [cascade('document_passages', ['tenant_id', 'document_id'], 'documents', ['tenant_id', 'id'])],
  indices: [
    index('document_passages_place', ['tenant_id', 'document_id', 'ordinal']),
    handMade('document_passages_search'),
  ],
});

export const passageEmbeddings = new EntitySchema({
  name: 'passage_embeddings',
  columns: {
    tenant_id: primary(key),
    model: primary(key),
    passage_id: primary(uuid),
    hash: bytea,
    dimension: int,
    embedding: vector,
    scope_hash: bigint,
    scope_sub: array(bigint),
  },
  foreignKeys: [cascade('passage_embeddings', ['tenant_id', 'passage_id'], 'document_passages', ['tenant_id', 'id'])],
  indices: [
    index('passage_embeddings_passage', ['tenant_id', 'passage_id']),
    handMade('passage_embeddings_scope'),
  ],
});

export const documentVersions = new EntitySchema({
  name: 'document_versions',
  columns: {
    tenant_id: primary(key),
    document_id: primary(uuid),
    version: primary(int),
    title: text,
    content_hash: bytea,
    length: int,
    passage_count: int,
    kept_count: int,
    principal_id: text,
    created_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [cascade('document_versions', ['tenant_id', 'document_id'], 'documents', ['tenant_id', 'id'])],
});
