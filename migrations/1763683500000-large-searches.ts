import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What made searches of large tenants dear: looking up each memory of a pool before its vector, and words that no search finds by the index. */
export class LargeSearches1763683500000 implements MigrationInterface {
  readonly name = 'LargeSearches1763683500000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter index memories_search reset (fastupdate)');
    await runner.query('alter index events_search reset (gin_pending_list_limit)');
    await runner.query('alter table memory_embeddings drop column scope_hash, drop column scope_sub');
  }
}

const UP = [
  'alter table memory_embeddings add column scope_hash bigint, add column scope_sub bigint[]',
  `update memory_embeddings e set scope_hash = m.scope_hash, scope_sub = m.scope_sub
    from memories m where m.tenant_id = e.tenant_id and m.id = e.memory_id`,
  'alter table memory_embeddings alter column scope_hash set not null, alter column scope_sub set not null',
  'create index memory_embeddings_scope on memory_embeddings using gin (scope_sub) with (fastupdate = off)',

  // A GIN index puts new rows on a list that every scan reads to its end, once for each word of the question: up to 4 MB, five
  // milliseconds a word in PGlite, where a word takes 0.1 without it; and its cost makes the planner read whole tables instead. Events are
  // many and written in a hurry: theirs stays, but short.
  'alter index memories_search set (fastupdate = off)',
  'alter index events_search set (gin_pending_list_limit = 256)',
  `select gin_clean_pending_list('memories_search'), gin_clean_pending_list('events_search')`,
];
