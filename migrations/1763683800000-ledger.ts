import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The decision ledger: entries that are only ever added, each tenant's chain of its own, and beside them the records that
 * they commit to, which may be erased.
 */
export class Ledger1763683800000 implements MigrationInterface {
  readonly name = 'Ledger1763683800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['ledger_records', 'ledger_entries', 'ledger_heads']) await runner.query(`drop table ${table}`);
    await runner.query('drop function refuse_ledger_change()');
  }
}

const STATEMENTS = [
  `create table ledger_heads (
    tenant_id text collate "C" primary key references tenants (id) on delete cascade,
    seq bigint not null default 0,
    cid text collate "C"
  ) with (fillfactor = 50)`,

  // The text is what was hashed.
  `create table ledger_entries (
    tenant_id text collate "C" not null references tenants (id),
    seq bigint not null,
    cid text collate "C" not null,
    block text not null,
    primary key (tenant_id, seq)
  )`,
  `create unique index ledger_entries_cid on ledger_entries (tenant_id, cid)`,
  `create function refuse_ledger_change() returns trigger language plpgsql as $$
  begin
    raise exception 'the ledger is append-only' using errcode = 'restrict_violation';
  end $$`,
  `create trigger ledger_entries_append_only before update or delete on ledger_entries
    for each statement execute function refuse_ledger_change()`,

  `create table ledger_records (
    tenant_id text collate "C" not null,
    seq bigint not null,
    kind text not null,
    session_id uuid,
    agent_id text collate "C",
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    salt bytea not null,
    content text not null,
    primary key (tenant_id, seq),
    foreign key (tenant_id, seq) references ledger_entries (tenant_id, seq)
  )`,
  `create index ledger_records_session on ledger_records (tenant_id, session_id, seq) where session_id is not null`,
  `create index ledger_records_agent on ledger_records (tenant_id, agent_id, seq) where agent_id is not null`,
];
