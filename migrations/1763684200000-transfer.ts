import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Data that is brought in: what was uploaded, how far it is, and what became of it. */
export class Transfer1763684200000 implements MigrationInterface {
  readonly name = 'Transfer1763684200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['import_parts', 'imports']) await runner.query(`drop table ${table}`);
  }
}

const STATEMENTS = [
  `create table imports (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    format text not null,
    scope jsonb,
    bank_id text collate "C" not null,
    mapping jsonb,
    dry_run boolean not null,
    status text not null,
    parts int not null default 0,
    bytes bigint not null default 0,
    parts_read int not null default 0,
    done bigint not null default 0,
    counts jsonb not null default '[]',
    problems jsonb not null default '[]',
    error text,
    principal_id text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id)
  ) with (fillfactor = 70)`,
  // Rows, not objects: they go in the transaction that ends the import, and are there in every installation.
  `create table import_parts (
    tenant_id text collate "C" not null,
    import_id uuid not null,
    part int not null,
    hash bytea not null,
    body bytea not null,
    primary key (tenant_id, import_id, part),
    foreign key (tenant_id, import_id) references imports (tenant_id, id) on delete cascade
  )`,
];
