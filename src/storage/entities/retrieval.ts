import { EntitySchema } from 'typeorm';
import {
  array,
  bigint,
  bool,
  bytea,
  cascade,
  defaulted,
  handMade,
  index,
  int,
  key,
  ofTenant,
  primary,
  timestamptz,
  uuid,
  vector,
} from './columns';

export const memoryEmbeddings = new EntitySchema({
  name: 'memory_embeddings',
  columns: {
    tenant_id: primary(key),
    model: primary(key),
    memory_id: primary(uuid),
    fact_hash: bytea,
    dimension: int,
    embedding: vector,
    scope_hash: bigint,
    scope_sub: array(bigint),
  },
  foreignKeys: [cascade('memory_embeddings', ['tenant_id', 'memory_id'], 'memories', ['tenant_id', 'id'])],
  indices: [
    index('memory_embeddings_memory', ['tenant_id', 'memory_id']),
    handMade('memory_embeddings_scope'),
  ],
});

export const embeddingCache = new EntitySchema({
  name: 'embedding_cache',
  columns: {
    tenant_id: primary(key),
    model: primary(key),
    content_hash: primary(bytea),
    embedding: vector,
    created_at: defaulted(timestamptz, 'now()'),
  },
  foreignKeys: [ofTenant('embedding_cache')],
  indices: [
    index('embedding_cache_age', ['created_at']),
  ],
});

export const corpusStats = new EntitySchema({
  name: 'corpus_stats',
  columns: {
    tenant_id: primary(key),
    corpus: primary(key),
    documents: bigint,
    total_length: bigint,
    refreshed_at: timestamptz,
    erased: defaulted(bool, 'false'),
  },
  foreignKeys: [ofTenant('corpus_stats')],
});

export const lexicon = new EntitySchema({
  name: 'lexicon',
  columns: {
    tenant_id: primary(key),
    corpus: primary(key),
    lexeme: primary(key),
    df: int,
  },
  foreignKeys: [ofTenant('lexicon')],
});

export const poolVersions = new EntitySchema({
  name: 'pool_versions',
  columns: {
    tenant_id: primary(key),
    scope_hash: primary(bigint),
    slot: primary(uuid),
    scope_sub: array(bigint),
    version: uuid,
    stamped_at: defaulted(timestamptz, 'now()'),
  },
  indices: [
    handMade('pool_versions_scope'),
  ],
});
