import type { EmbeddingStore } from '../domain/generation/embedding.store';
import { textHash } from '../domain/procedural/procedure-text';
import { createEmbeddingStore } from './embedding.store';
import { planned, prepared, type Sql } from './sql';
import { toVector } from './vector';

const WITHOUT = `not exists (
  select from procedure_embeddings e where e.tenant_id = p.tenant_id and e.model = $2 and e.procedure_id = p.id and e.text_hash = p.text_hash)`;
const PENDING = prepared('procedureEmbedding.pending', `
  select p.id, p.text from procedures p where p.tenant_id = $1 and p.id = any ($3::uuid[]) and ${WITHOUT} order by p.id limit $4`);
const LACKING = planned('procedureEmbedding.lacking', `
  select p.id from procedures p where p.tenant_id = $1 and p.updated_at < now() - interval '1 minute' and ${WITHOUT} order by p.id limit $3`);
/** Holds up nobody who writes rows of the tenant. */
const LOCK_TENANT = prepared('procedureEmbedding.lockTenant', 'select 1 from tenants where id = $1 for no key update');
const IS_CATCHING_UP = prepared('procedureEmbedding.isCatchingUp', `
  select 1 from jobs where tenant_id = $1 and name = 'procedure.embedding' and dead_at is null and payload @> '{"catchUp": true}' limit 1`);
const PUT = prepared('procedureEmbedding.put', `
  insert into procedure_embeddings (tenant_id, model, procedure_id, text_hash, dimension, embedding)
  select p.tenant_id, $2, p.id, p.text_hash, $6, t.vector::vector
  from unnest($3::uuid[], $4::bytea[], $5::text[]) as t (id, text_hash, vector)
  join procedures p on p.tenant_id = $1 and p.id = t.id and p.text_hash = t.text_hash order by p.id
  on conflict (tenant_id, model, procedure_id) do update set text_hash = excluded.text_hash, dimension = excluded.dimension, embedding = excluded.embedding`);

/** Vectors of procedures for the phase that embeds memories: the cache of texts is one. No generation makes procedures. */
export function createProcedureEmbeddingStore(sql: Sql): EmbeddingStore {
  return {
    ...createEmbeddingStore(sql),

    async pending(actor, space, target, limit) {
      if (!('memoryIds' in target)) return [];
      const rows = await sql.query<{ id: string; text: string }>(PENDING, [actor.tenantId, space, target.memoryIds, limit]);
      return rows.map(({ id, text }) => ({ memoryId: id, fact: text }));
    },

    lacking: async (actor, space, limit) => (await sql.query<{ id: string }>(LACKING, [actor.tenantId, space, limit])).map(({ id }) => id),

    async isCatchingUp(actor) {
      await sql.query(LOCK_TENANT, [actor.tenantId]);
      return (await sql.query(IS_CATCHING_UP, [actor.tenantId])).length > 0;
    },

    async put(actor, space, items) {
      const dimension = items[0]?.vector.length;
      if (dimension === undefined) return;
      await sql.query(PUT, [
        actor.tenantId, space, items.map(({ memoryId }) => memoryId), items.map(({ fact }) => textHash(fact)), items.map(({ vector }) => toVector(vector)), dimension,
      ]);
    },
  };
}
