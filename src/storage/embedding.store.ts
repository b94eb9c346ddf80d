import type { EmbeddingStore } from '../domain/generation/embedding.store';
import { contentHash, factHash } from '../domain/memory/fingerprint';
import { MEMORY_VISIBLE } from './memory-row';
import { planned, prepared, type Sql } from './sql';
import { fromVector, toVector } from './vector';

const pending = (target: string): string => `
  select m.id as memory_id, m.fact from memories m
  where ${MEMORY_VISIBLE} and ${target} and not exists (
    select from memory_embeddings e where e.tenant_id = m.tenant_id and e.model = $2 and e.memory_id = m.id and e.fact_hash = m.fact_hash)
  order by m.id limit $4`;
const PENDING_OF_IDS = prepared('embedding.pendingOfIds', pending('m.id = any ($3::uuid[])'));
const PENDING_OF_GENERATION = prepared('embedding.pendingOfGeneration', pending(`m.id in (
  select memory_id from generation_candidates where tenant_id = $1 and generation_id = $3 and outcome in ('CREATED', 'UPDATED'))`));

const LACKING = planned('embedding.lacking', `
  select m.id from memories m
  where ${MEMORY_VISIBLE} and m.superseded_at is null and m.updated_at < now() - interval '1 minute' and not exists (
    select from memory_embeddings e where e.tenant_id = m.tenant_id and e.model = $2 and e.memory_id = m.id and e.fact_hash = m.fact_hash)
  order by m.id limit $3`);
/** Holds up nobody who writes rows of the tenant. */
const LOCK_TENANT = prepared('embedding.lockTenant', 'select 1 from tenants where id = $1 for no key update');
const IS_CATCHING_UP = prepared('embedding.isCatchingUp', `
  select 1 from jobs where tenant_id = $1 and name = 'memory.embedding' and dead_at is null and payload @> '{"catchUp": true}' limit 1`);

const CACHED = prepared('embedding.cached', `
  select content_hash, embedding::text as vector from embedding_cache where tenant_id = $1 and model = $2 and content_hash = any ($3::bytea[])`);
const REMEMBER = prepared('embedding.remember', `
  insert into embedding_cache (tenant_id, model, content_hash, embedding)
  select $1, $2, t.content_hash, t.vector::vector from unnest($3::bytea[], $4::text[]) as t (content_hash, vector) order by 3
  on conflict do nothing`);
const PUT = prepared('embedding.put', `
  insert into memory_embeddings (tenant_id, model, memory_id, fact_hash, dimension, embedding, scope_hash, scope_sub)
  select m.tenant_id, $2, m.id, m.fact_hash, $6, t.vector::vector, m.scope_hash, m.scope_sub
  from unnest($3::uuid[], $4::bytea[], $5::text[]) as t (id, fact_hash, vector)
  join memories m on m.tenant_id = $1 and m.id = t.id and m.fact_hash = t.fact_hash and m.deleted_at is null order by m.id
  on conflict (tenant_id, model, memory_id) do update set fact_hash = excluded.fact_hash, dimension = excluded.dimension, embedding = excluded.embedding`);
const SWEEP_CACHE = prepared('embedding.sweepCache', `
  delete from embedding_cache where (tenant_id, model, content_hash) in (
    select tenant_id, model, content_hash from embedding_cache
    where tenant_id = $1 and created_at < now() - make_interval(days => $2) order by created_at limit $3) returning model`);

export function createEmbeddingStore(sql: Sql): EmbeddingStore {
  return {
    async pending(actor, space, target, limit) {
      const [statement, of] = 'memoryIds' in target ? [PENDING_OF_IDS, target.memoryIds] : [PENDING_OF_GENERATION, target.generationId];
      const rows = await sql.query<{ memory_id: string; fact: string }>(statement, [actor.tenantId, space, of, limit]);
      return rows.map(({ memory_id, fact }) => ({ memoryId: memory_id, fact }));
    },

    lacking: async (actor, space, limit) => (await sql.query<{ id: string }>(LACKING, [actor.tenantId, space, limit])).map(({ id }) => id),

    async isCatchingUp(actor) {
      await sql.query(LOCK_TENANT, [actor.tenantId]);
      return (await sql.query(IS_CATCHING_UP, [actor.tenantId])).length > 0;
    },

    async cached(actor, space, texts) {
      const byHash = new Map(texts.map((text) => [contentHash(text).toString('hex'), text]));
      const rows = await sql.query<{ content_hash: Buffer; vector: string }>(CACHED, [actor.tenantId, space, texts.map(contentHash)]);
      return new Map(rows.flatMap(({ content_hash, vector }) => {
        const text = byHash.get(content_hash.toString('hex'));
        return text === undefined ? [] : [[text, fromVector(vector)]];
      }));
    },

    async remember(actor, space, vectors) {
      if (vectors.size === 0) return;
      await sql.query(REMEMBER, [actor.tenantId, space, [...vectors.keys()].map(contentHash), [...vectors.values()].map(toVector)]);
    },

    async put(actor, space, items) {
      const dimension = items[0]?.vector.length;
      if (dimension === undefined) return;
      await sql.query(PUT, [
        actor.tenantId, space, items.map(({ memoryId }) => memoryId), items.map(({ fact }) => factHash(fact)),
        items.map(({ vector }) => toVector(vector)), dimension,
      ]);
    },

    sweepCache: async (actor, days, limit) => (await sql.query(SWEEP_CACHE, [actor.tenantId, days, limit])).length,
  };
}
