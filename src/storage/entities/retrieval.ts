import { EntitySchema } from 'typeorm';
import {
  bigint,
  bool,
  bytea,
  cascade,
  defaulted,
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
  },
  foreignKeys: [cascade('memory_embeddings', ['tenant_id', 'memory_id'], 'memories', ['tenant_id', 'id'])],
  indices: [
    index('memory_embeddings_memory', ['tenant_id', 'memory_id']),
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
