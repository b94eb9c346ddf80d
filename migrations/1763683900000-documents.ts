import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Knowledge documents: what they are, their passages with their words and vectors, and which versions there were. */
export class Documents1763683900000 implements MigrationInterface {
  readonly name = 'Documents1763683900000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['document_versions', 'passage_embeddings', 'document_passages', 'documents']) await runner.query(`drop table ${table}`);
    await runner.query(`delete from lexicon where corpus = 'document_passages'`);
    await runner.query(`delete from corpus_stats where corpus = 'document_passages'`);
  }
}

/** Cached answers are checked against the pools' versions: whatever changes an answer stamps them. */
const TRIGGERS = [
  ['documents', 'insert'], ['documents', 'update'], ['documents', 'delete'],
  ['document_passages', 'insert'], ['document_passages', 'update'], ['document_passages', 'delete'],
  ['passage_embeddings', 'insert'], ['passage_embeddings', 'update'],
] as const;

const STATEMENTS = [
  // `identity`: hash of what tells documents of a pool apart, their source or else their title.
  `create table documents (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    bank_id text collate "C" not null,
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    identity bytea not null,
    title text not null,
    format text not null,
    source_uri text,
    metadata jsonb not null default '{}',
    content_hash bytea not null,
    version int not null default 1,
    length int not null,
    passage_count int not null default 0,
    embedding text not null,
    embedding_space text collate "C",
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, bank_id) references banks (tenant_id, id) on delete cascade
  )`,
  `create unique index documents_identity on documents (tenant_id, scope_hash, identity)`,
  `create index documents_list on documents (tenant_id, bank_id, id)`,
  `create index documents_scope on documents using gin (scope_sub)`,

  // The scope's hashes stand here too: one index answers "in this pool, with any of these words".
  `create table document_passages (
    tenant_id text collate "C" not null,
    id uuid not null,
    document_id uuid not null,
    ordinal int not null,
    headings text[] not null,
    start int not null,
    "end" int not null,
    text text not null,
    tokens int not null,
    hash bytea not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    tsv tsvector not null,
    length int not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, document_id) references documents (tenant_id, id) on delete cascade
  )`,
  `create index document_passages_place on document_passages (tenant_id, document_id, ordinal)`,
  `create index document_passages_search on document_passages using gin (scope_sub, tsv) with (fastupdate = off)`,

  `create table passage_embeddings (
    tenant_id text collate "C" not null,
    model text collate "C" not null,
    passage_id uuid not null,
    hash bytea not null,
    dimension int not null,
    embedding vector not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    primary key (tenant_id, model, passage_id),
    foreign key (tenant_id, passage_id) references document_passages (tenant_id, id) on delete cascade
  )`,
  `alter table passage_embeddings alter column embedding set storage plain`,
  `create index passage_embeddings_passage on passage_embeddings (tenant_id, passage_id)`,
  `create index passage_embeddings_scope on passage_embeddings using gin (scope_sub) with (fastupdate = off)`,

  `create table document_versions (
    tenant_id text collate "C" not null,
    document_id uuid not null,
    version int not null,
    title text not null,
    content_hash bytea not null,
    length int not null,
    passage_count int not null,
    kept_count int not null,
    principal_id text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, document_id, version),
    foreign key (tenant_id, document_id) references documents (tenant_id, id) on delete cascade
  )`,

  ...TRIGGERS.map(([table, event]) => `
    create trigger stamp_pools_${event} after ${event} on ${table} referencing ${event === 'delete' ? 'old' : 'new'} table as changed
    for each statement execute function stamp_pools()`),
];
