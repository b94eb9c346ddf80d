import type { Pool } from 'pg';
import { localActor } from '../../src/domain/access/access.service';
import { DEFAULT_BANK } from '../../src/domain/bank/bank';
import { scopeHash } from '../../src/kernel/scope';
import type { Database } from '../../src/storage/database';
import { createMemorySearchStore } from '../../src/storage/memory-search.store';
import { scopeOf, seedOfText, vectorOf, vectorText, type Corpus, type PoolName } from './corpus';

/** Not through the gateway's statements: all of the pool, one after the other. */
const NEAREST = `
  select memory_id as id, embedding <=> $4::vector as distance from memory_embeddings
  where tenant_id = $1 and model = $2 and scope_hash = $3 order by (embedding <=> $4::vector) + 0 limit 10`;
const TIE = 1e-6;

export interface VectorRecall {
  readonly recall: number;
  readonly bareMs: readonly number[];
}

/** The share of the ten truly nearest that the store's vector arm gives as its first ten; equals count as found. */
export async function vectorRecall(database: Database, pool: Pool, corpus: Corpus, space: string, name: PoolName, questions: readonly string[]): Promise<VectorRecall> {
  const actor = localActor();
  const scope = scopeOf(name);
  const store = createMemorySearchStore(database);
  const bareMs: number[] = [];
  let [found, wanted] = [0, 0];
  for (const question of questions) {
    const vector = vectorOf(corpus, seedOfText(question));
    const started = performance.now();
    const { rows } = await pool.query<{ id: string; distance: number }>(NEAREST, [actor.tenantId, space, scopeHash(actor.tenantId, DEFAULT_BANK, scope), vectorText(vector)]);
    bareMs.push(performance.now() - started);
    const candidates = await store.find(actor, { bankId: DEFAULT_BANK, scopes: [{ scope, match: 'EXACT' }] }, null, { lexical: null, vector: { space, vector: [...vector] } }, 10);
    const given = candidates.map(({ memory, vector: near }) => ({ id: memory.id, distance: 1 - (near?.similarity ?? -1) }));
    const ids = new Set(given.map(({ id }) => id));
    const last = rows.at(-1)?.distance ?? 0;
    const equals = given.filter(({ distance }) => Math.abs(distance - last) < TIE).length;
    found += rows.filter(({ id, distance }) => ids.has(id) || (Math.abs(distance - last) < TIE && equals > 0)).length;
    wanted += rows.length;
  }
  return { recall: found / Math.max(1, wanted), bareMs };
}
