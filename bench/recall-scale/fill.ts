import type { Pool } from 'pg';
import { localActor } from '../../src/domain/access/access.service';
import { DEFAULT_BANK } from '../../src/domain/bank/bank';
import { fingerprint } from '../../src/domain/memory/fingerprint';
import type { Corpus as LexiconCorpus } from '../../src/domain/search/lexicon.store';
import { newId } from '../../src/kernel/ids';
import { scopeHash, type Scope } from '../../src/kernel/scope';
import { createLexiconStore } from '../../src/storage/lexicon.store';
import type { Sql } from '../../src/storage/sql';
import { scopeOfMemory, textOf, vectorOf, vectorText, type Corpus } from './corpus';

const BATCH = 1000;
const MEMORIES = `
  insert into memories (tenant_id, id, bank_id, scope, scope_hash, scope_sub, fact, fact_hash, confidence, tsv, length)
  select $1, t.id, $2, t.scope, t.hash, array[t.hash], t.fact, t.fact_hash, 0.8, t.tsv::tsvector, t.length
  from unnest($3::uuid[], $4::jsonb[], $5::bigint[], $6::text[], $7::bytea[], $8::text[], $9::int[]) as t (id, scope, hash, fact, fact_hash, tsv, length)`;
const EMBEDDINGS = `
  insert into memory_embeddings (tenant_id, model, memory_id, fact_hash, dimension, embedding, scope_hash, scope_sub)
  select $1, $2, t.id, t.fact_hash, $3, t.vector::vector, t.hash, array[t.hash] from unnest($4::uuid[], $5::bytea[], $6::text[], $7::bigint[]) as t (id, fact_hash, vector, hash)`;
/** As triggers do, which a loader's rows pass by. */
const VERSIONS = `
  insert into pool_versions (tenant_id, scope_hash, slot, scope_sub, version)
  select distinct on (tenant_id, scope_hash) tenant_id, scope_hash, gen_random_uuid(), scope_sub, gen_random_uuid() from memories`;

/** Rows as the stores write them, by the thousand; each has one pair in its scope. */
export async function fill(pool: Pool, corpus: Corpus, space: string, progress: (done: number) => void, scopeOf: (corpus: Corpus, n: number) => Scope = scopeOfMemory): Promise<void> {
  const { tenantId } = localActor();
  let next = 0;
  const loader = async (): Promise<void> => {
    const client = await pool.connect();
    try {
      // Every parent is there: checking each row for it takes a third of the time.
      await client.query(`set session_replication_role = replica; set synchronous_commit = off`);
      while (next < corpus.memories) {
        const from = next;
        next += BATCH;
        const rows = Array.from({ length: Math.min(BATCH, corpus.memories - from) }, (_, index) => rowOf(corpus, from + index, scopeOf(corpus, from + index)));
        const hashes = rows.map(({ scope }) => scopeHash(tenantId, DEFAULT_BANK, scope));
        await client.query(MEMORIES, [
          tenantId, DEFAULT_BANK, rows.map(({ id }) => id), rows.map(({ scope }) => JSON.stringify(scope)), hashes,
          rows.map(({ fact }) => fact), rows.map(({ factHash }) => factHash), rows.map(({ tsv }) => tsv), rows.map(({ length }) => length),
        ]);
        await client.query(EMBEDDINGS, [tenantId, space, corpus.dimensions, rows.map(({ id }) => id), rows.map(({ factHash }) => factHash), rows.map(({ vector }) => vector), hashes]);
        if (from % (BATCH * 20) === 0) progress(from);
      }
    } finally {
      client.release(true);
    }
  };
  await Promise.all([loader(), loader()]);
  await pool.query(VERSIONS);
}

/** What the server and the gateway would get round to in a while. */
export async function settle(sql: Sql, corpora: readonly LexiconCorpus[] = ['memories'], tables: readonly string[] = ['memories', 'memory_embeddings']): Promise<void> {
  for (const corpus of corpora) await createLexiconStore(sql).refresh(localActor(), corpus);
  for (const table of [...tables, 'lexicon']) await sql.query({ text: `vacuum (analyze) ${table}` }, []);
}

function rowOf(corpus: Corpus, n: number, scope: Scope) {
  const fact = textOf(n);
  const { factHash, tsv, length } = fingerprint({ fact, subject: null, attribute: null, value: null });
  return { id: newId(), scope, fact, factHash, tsv, length, vector: vectorText(vectorOf(corpus, n)) };
}
