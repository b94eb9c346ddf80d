import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Learning from trajectories: the jobs, and what they propose. */
export class Distillation1763683650000 implements MigrationInterface {
  readonly name = 'Distillation1763683650000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['procedure_candidates', 'distillations']) await runner.query(`drop table ${table}`);
  }
}

const STATEMENTS = [
  `create table distillations (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    min_support int not null,
    min_confidence real not null,
    status text not null default 'PENDING',
    phase text not null default 'READ',
    done int not null default 0,
    total int not null default 0,
    trajectories int not null default 0,
    is_limited boolean not null default false,
    proposed int not null default 0,
    error jsonb,
    principal_id text collate "C" not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id)
  ) with (fillfactor = 70)`,
  `create index distillations_scope on distillations (tenant_id, scope_hash, id)`,

  // One per pattern of a pool, whatever became of it: what was decided is not proposed again. The signature holds no words.
  `create table procedure_candidates (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    signature text[] not null,
    status text not null default 'PROPOSED',
    support int not null,
    confidence real not null,
    content jsonb,
    evidence jsonb not null,
    described_by text not null,
    workflow_id uuid,
    skill_id uuid,
    reason text,
    principal_id text collate "C",
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    decided_at timestamptz,
    primary key (tenant_id, id)
  )`,
  `create unique index procedure_candidates_signature on procedure_candidates (tenant_id, scope_hash, signature)`,
  `create index procedure_candidates_scope on procedure_candidates (tenant_id, scope_hash, status, id)`,
];
