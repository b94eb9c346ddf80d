import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is being erased for good: who asked, how far it is, and the ids of all that has to go, so that it goes on where it stopped. */
export class Forgetting1763684000000 implements MigrationInterface {
  readonly name = 'Forgetting1763684000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['forgetting_sources', 'forgettings']) await runner.query(`drop table ${table}`);
  }
}

const STATEMENTS = [
  // `subject` is whom to forget; null once that is done.
  `create table forgettings (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    kind text not null,
    status text not null,
    subject text,
    scope jsonb not null,
    scope_sub bigint[] not null,
    found jsonb not null default '{}',
    erased jsonb not null default '{}',
    done int not null default 0,
    total int not null default 0,
    principal_id text not null,
    error text,
    receipt_cid text collate "C",
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id)
  ) with (fillfactor = 70)`,

  `create table forgetting_sources (
    tenant_id text collate "C" not null,
    forgetting_id uuid not null,
    kind text collate "C" not null,
    ref text collate "C" not null,
    erased boolean not null default false,
    primary key (tenant_id, forgetting_id, kind, ref),
    foreign key (tenant_id, forgetting_id) references forgettings (tenant_id, id) on delete cascade
  ) with (fillfactor = 70)`,
  `create index forgetting_sources_left on forgetting_sources (tenant_id, forgetting_id, kind, ref) where not erased`,
];
