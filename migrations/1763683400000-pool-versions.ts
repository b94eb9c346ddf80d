import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a cached answer is checked against. Triggers stamp a pool in the transaction of whatever writes to it: no store can forget to.
 * A writer takes any row of the pool that nobody holds, or adds one, so it never waits, whatever else it has locked.
 */
export class PoolVersions1763683400000 implements MigrationInterface {
  readonly name = 'PoolVersions1763683400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, event] of TRIGGERS) await runner.query(`drop trigger stamp_pools_${event} on ${table}`);
    await runner.query('drop function stamp_pools_of_vectors()');
    await runner.query('drop function stamp_pools()');
    await runner.query('drop index memories_next_expiry');
    await runner.query('drop table pool_versions');
  }
}

const TRIGGERS = [
  ['memories', 'insert'], ['memories', 'update'], ['memories', 'delete'],
  ['memory_embeddings', 'insert'], ['memory_embeddings', 'update'],
  // Appends change `next_seq` of their sessions, which says enough: the hot path stamps nothing.
  ['sessions', 'insert'], ['sessions', 'delete'],
] as const;

/** `pools` selects tenant_id, scope_hash, scope_sub. A row that this transaction stamped already is good: nobody has seen it. */
const stamp = (pools: string): string => `
  begin
    with pools as materialized (${pools}),
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
  end`;

const STATEMENTS = [
  // A pool's version is all of its rows: one, or as many as there ever were writers at once. A version never comes again, also
  // not after a restore, so equal versions mean equal contents. No reference to the tenant: rows are stamped while it is deleted.
  `create table pool_versions (
    tenant_id text collate "C" not null,
    scope_hash bigint not null,
    slot uuid not null,
    scope_sub bigint[] not null,
    version uuid not null,
    stamped_at timestamptz not null default now(),
    primary key (tenant_id, scope_hash, slot)
  ) with (fillfactor = 50)`,
  'create index pool_versions_scope on pool_versions using gin (scope_sub)',
  // What is there already: triggers only see what comes.
  `insert into pool_versions (tenant_id, scope_hash, slot, scope_sub, version)
    select distinct on (tenant_id, scope_hash) tenant_id, scope_hash, gen_random_uuid(), scope_sub, gen_random_uuid()
    from (select tenant_id, scope_hash, scope_sub from memories union all select tenant_id, scope_hash, scope_sub from sessions) pools`,
  // The next memory of a pool to expire: its going is no write, and changes answers.
  `create index memories_next_expiry on memories (tenant_id, scope_hash, expires_at) where expires_at is not null and deleted_at is null`,

  `create function stamp_pools() returns trigger language plpgsql as $$ ${stamp(`
    select distinct on (tenant_id, scope_hash) tenant_id, scope_hash, scope_sub from changed`)} $$`,
  `create function stamp_pools_of_vectors() returns trigger language plpgsql as $$ ${stamp(`
    select distinct on (m.tenant_id, m.scope_hash) m.tenant_id, m.scope_hash, m.scope_sub
    from changed c join memories m on m.tenant_id = c.tenant_id and m.id = c.memory_id`)} $$`,
  ...TRIGGERS.map(([table, event]) => `
    create trigger stamp_pools_${event} after ${event} on ${table} referencing ${event === 'delete' ? 'old' : 'new'} table as changed
    for each statement execute function ${table === 'memory_embeddings' ? 'stamp_pools_of_vectors' : 'stamp_pools'}()`),
];
