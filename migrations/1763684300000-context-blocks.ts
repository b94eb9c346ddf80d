import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A context block shows procedures: what a kept one is checked against changes with them, their vectors and how often they went well. What is best
 * established in a pool has an index in its order: sorting 100,000 memories took a tenth of a second of each block. So have the sessions that used a procedure,
 * for relations.
 */
export class ContextBlocks1763684300000 implements MigrationInterface {
  readonly name = 'ContextBlocks1763684300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, event] of TRIGGERS) await runner.query(`drop trigger stamp_pools_${event} on ${table}`);
    await runner.query('drop function stamp_pools_of_procedures()');
    for (const index of ['memories_established', 'procedure_uses_sessions']) await runner.query(`drop index ${index}`);
    await runner.query('delete from pool_versions v using procedures p where p.tenant_id = v.tenant_id and p.scope_hash = v.scope_hash');
  }
}

const TRIGGERS = [
  ['procedures', 'insert'], ['procedures', 'update'], ['procedures', 'delete'],
  ['procedure_embeddings', 'insert'], ['procedure_embeddings', 'update'],
  // Uses move what is best, and are told in the block.
  ['procedure_stats', 'insert'], ['procedure_stats', 'update'],
] as const;

const STATEMENTS = [
  `create index memories_established on memories (tenant_id, scope_hash, evidence_count desc, confidence desc, id) where deleted_at is null and superseded_at is null`,
  `create index procedure_uses_sessions on procedure_uses (tenant_id, procedure_id, session_id) where session_id is not null`,

  // As `stamp_pools` does, by way of the procedures that these rows belong to.
  `create function stamp_pools_of_procedures() returns trigger language plpgsql as $$
    begin
      with pools as materialized (
          select distinct on (p.tenant_id, p.scope_hash) p.tenant_id, p.scope_hash, p.scope_sub
          from changed c join procedures p on p.tenant_id = c.tenant_id and p.id = c.procedure_id),
        free as materialized (
          select v.tenant_id, v.scope_hash, v.slot, v.own from pools p cross join lateral (
            select tenant_id, scope_hash, slot, xmin = pg_current_xact_id()::xid as own from pool_versions
            where tenant_id = p.tenant_id and scope_hash = p.scope_hash
            order by (xmin = pg_current_xact_id()::xid) desc limit 1 for update skip locked) v),
        stamped as (
          update pool_versions v set version = gen_random_uuid(), stamped_at = now() from free f
          where v.tenant_id = f.tenant_id and v.scope_hash = f.scope_hash and v.slot = f.slot and not f.own)
      insert into pool_versions (tenant_id, scope_hash, slot, scope_sub, version)
      select p.tenant_id, p.scope_hash, gen_random_uuid(), p.scope_sub, gen_random_uuid() from pools p
      where not exists (select from free f where f.tenant_id = p.tenant_id and f.scope_hash = p.scope_hash);
      return null;
    end $$`,
  // What is there already: triggers only see what comes.
  `insert into pool_versions (tenant_id, scope_hash, slot, scope_sub, version)
    select distinct on (tenant_id, scope_hash) tenant_id, scope_hash, gen_random_uuid(), scope_sub, gen_random_uuid() from procedures`,
  ...TRIGGERS.map(([table, event]) => `
    create trigger stamp_pools_${event} after ${event} on ${table} referencing ${event === 'delete' ? 'old' : 'new'} table as changed
    for each statement execute function ${table === 'procedures' ? 'stamp_pools' : 'stamp_pools_of_procedures'}()`),
];
