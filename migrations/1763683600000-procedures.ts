import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Procedural memory: workflows, skills and trajectories, their revisions, vectors and uses. */
export class Procedures1763683600000 implements MigrationInterface {
  readonly name = 'Procedures1763683600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`drop table ${table}`);
    await runner.query(`delete from lexicon where corpus = 'procedures'`);
    await runner.query(`delete from corpus_stats where corpus = 'procedures'`);
  }
}

const TABLES = ['procedure_embeddings', 'procedure_uses', 'procedure_stats', 'procedure_revisions', 'procedure_tombstones', 'procedures'];

const STATEMENTS = [
  // One table for the three kinds: they are searched together. What a list filters by is a column, the rest is content.
  `create table procedures (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    kind text not null,
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    agent_id text collate "C",
    session_id uuid,
    outcome text,
    skill_type text,
    content jsonb not null,
    metadata jsonb not null default '{}',
    text text not null,
    text_hash bytea not null,
    tsv tsvector not null,
    length int not null,
    candidate_id uuid,
    principal_id text collate "C" not null,
    revision int not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
  ) with (fillfactor = 85)`,
  `create index procedures_scope on procedures (tenant_id, scope_hash, kind, id)`,
  `create index procedures_session on procedures (tenant_id, session_id, id) where session_id is not null`,
  `create index procedures_search on procedures using gin (scope_sub, tsv)`,

  `create table procedure_revisions (
    tenant_id text collate "C" not null,
    procedure_id uuid not null,
    revision int not null,
    action text not null,
    content jsonb not null,
    metadata jsonb not null,
    reason text,
    principal_id text collate "C" not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, procedure_id, revision),
    foreign key (tenant_id, procedure_id) references procedures (tenant_id, id) on delete cascade
  )`,

  // Counters apart: they change with every use, and each change would rewrite the words' index.
  `create table procedure_stats (
    tenant_id text collate "C" not null,
    procedure_id uuid not null,
    uses bigint not null default 0,
    successes bigint not null default 0,
    last_used_at timestamptz,
    primary key (tenant_id, procedure_id),
    foreign key (tenant_id, procedure_id) references procedures (tenant_id, id) on delete cascade
  ) with (fillfactor = 50)`,

  `create table procedure_uses (
    tenant_id text collate "C" not null,
    id uuid not null,
    procedure_id uuid not null,
    session_id uuid,
    agent_id text collate "C",
    outcome text not null,
    note text,
    principal_id text collate "C" not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, procedure_id) references procedures (tenant_id, id) on delete cascade,
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
  )`,
  `create index procedure_uses_procedure on procedure_uses (tenant_id, procedure_id, id)`,
  `create index procedure_uses_session on procedure_uses (tenant_id, session_id, procedure_id) where session_id is not null`,

  `create table procedure_embeddings (
    tenant_id text collate "C" not null,
    model text collate "C" not null,
    procedure_id uuid not null,
    text_hash bytea not null,
    dimension int not null,
    embedding vector not null,
    primary key (tenant_id, model, procedure_id),
    foreign key (tenant_id, procedure_id) references procedures (tenant_id, id) on delete cascade
  )`,
  `alter table procedure_embeddings alter column embedding set storage plain`,
  `create index procedure_embeddings_procedure on procedure_embeddings (tenant_id, procedure_id)`,

  // What was deleted must not be learnt again: hashes of its steps, never their words.
  `create table procedure_tombstones (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    procedure_id uuid not null,
    scope_hash bigint not null,
    signature text[] not null,
    deleted_at timestamptz not null default now(),
    primary key (tenant_id, procedure_id)
  )`,
  `create index procedure_tombstones_scope on procedure_tombstones (tenant_id, scope_hash)`,
];
