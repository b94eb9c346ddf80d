import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The whole schema of the main job. Tenant first in every key; one SQL dialect for PGlite and PostgreSQL 15 to 18.
 * `fillfactor` leaves room for heap-only updates on rows that change often. Text keys use the C collation: they are
 * identifiers, and a libc upgrade must not reorder their indexes.
 */
export class Initial1763683200000 implements MigrationInterface {
  readonly name = 'Initial1763683200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`drop table ${table}`);
    await runner.query('drop function jsonb_merge_patches(jsonb, jsonb)');
    await runner.query('drop function jsonb_merge_patch(jsonb, jsonb)');
  }
}

const TABLES = [
  'model_usage', 'generation_candidates', 'generations', 'jobs', 'feed_items', 'feed_head', 'leases', 'lexicon', 'corpus_stats', 'embedding_cache',
  'memory_embeddings', 'memory_tombstones', 'memory_revisions', 'memories', 'banks', 'idempotency_keys', 'api_keys', 'shared_states', 'events', 'sessions', 'tenants',
];

const STATEMENTS = [
  'create extension if not exists vector',

  // RFC 7396: null removes a key, objects merge, anything else replaces.
  `create function jsonb_merge_patch(target jsonb, patch jsonb) returns jsonb language sql immutable parallel safe as $$
    select case
      when patch is null or jsonb_typeof(patch) <> 'object' then patch
      else coalesce((
        select jsonb_object_agg(key, value) from (
          select t.key, t.value from jsonb_each(case when jsonb_typeof(target) = 'object' then target else '{}' end) t
          where not patch ? t.key
          union all
          select p.key, jsonb_merge_patch(
            case when jsonb_typeof(target) = 'object' then target -> p.key end, p.value)
          from jsonb_each(patch) p where jsonb_typeof(p.value) <> 'null'
        ) merged), '{}')
    end
  $$`,

  // Patches in order. RFC 7396 patches do not compose into one, so a group of appends applies each in turn.
  `create function jsonb_merge_patches(target jsonb, patches jsonb) returns jsonb language plpgsql immutable parallel safe as $$
    declare patch jsonb;
    begin
      for patch in select value from jsonb_array_elements(patches) loop target := jsonb_merge_patch(target, patch); end loop;
      return target;
    end
  $$`,

  `create table tenants (
    id text collate "C" primary key,
    name text not null,
    created_at timestamptz not null default now()
  )`,
  `insert into tenants (id, name) values ('default', 'Default')`,

  `create table api_keys (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id text collate "C" not null,
    name text not null,
    secret_hash bytea not null,
    last4 text not null,
    roles text[] not null,
    scope_limits jsonb not null default '[]',
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    primary key (tenant_id, id)
  )`,
  `create unique index api_keys_id on api_keys (id)`,

  `create table sessions (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    user_id text collate "C" not null,
    agent_id text collate "C",
    parent_id uuid,
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    initial_state jsonb not null default '{}',
    state jsonb not null default '{}',
    metadata jsonb not null default '{}',
    next_seq bigint not null default 1,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    expires_at timestamptz,
    primary key (tenant_id, id)
  ) with (fillfactor = 70)`,
  `create index sessions_user on sessions (tenant_id, user_id, id)`,
  `create index sessions_agent on sessions (tenant_id, agent_id, id) where agent_id is not null`,
  `create index sessions_parent on sessions (tenant_id, parent_id, id) where parent_id is not null`,
  `create index sessions_scope on sessions using gin (scope_sub)`,
  `create index sessions_expiry on sessions (expires_at) where expires_at is not null`,

  `create table events (
    tenant_id text collate "C" not null,
    session_id uuid not null,
    seq bigint not null,
    id uuid not null,
    author text not null,
    author_name text,
    invocation_id text,
    content jsonb not null,
    actions jsonb not null default '{}',
    metadata jsonb not null default '{}',
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    tsv tsvector not null,
    length int not null,
    occurred_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, session_id, seq),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
  )`,
  `create unique index events_id on events (tenant_id, id)`,
  `create index events_state on events (tenant_id, session_id, seq) where actions ? 'stateDelta'`,
  // One index answers "in this pool, with any of these words": the tenant is inside each scope hash.
  `create index events_search on events using gin (scope_sub, tsv)`,

  `create table shared_states (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    kind text collate "C" not null,
    owner text collate "C" not null,
    state jsonb not null default '{}',
    version bigint not null default 1,
    updated_at timestamptz not null default now(),
    primary key (tenant_id, kind, owner)
  ) with (fillfactor = 70)`,

  `create table idempotency_keys (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    principal_id text collate "C" not null,
    field text collate "C" not null,
    key text collate "C" not null,
    body_hash bytea not null,
    result jsonb,
    created_at timestamptz not null default now(),
    primary key (tenant_id, principal_id, field, key)
  )`,
  `create index idempotency_keys_age on idempotency_keys (created_at)`,

  `create table banks (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id text collate "C" not null,
    config jsonb not null default '{}',
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
  )`,
  `insert into banks (tenant_id, id) values ('default', 'default')`,

  `create table memories (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    bank_id text collate "C" not null,
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    fact text not null,
    fact_hash bytea not null,
    topics text[] not null default '{}',
    confidence real not null,
    subject text,
    attribute text,
    value text,
    exclusive boolean not null default false,
    claim_hash bytea,
    valid_from timestamptz,
    valid_to timestamptz,
    session_id uuid,
    event_ids uuid[] not null default '{}',
    evidence_count int not null default 1,
    stated_at timestamptz not null default now(),
    metadata jsonb not null default '{}',
    tsv tsvector not null,
    length int not null,
    revision int not null default 1,
    superseded_by uuid,
    superseded_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    expires_at timestamptz,
    deleted_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, bank_id) references banks (tenant_id, id) on delete cascade
  ) with (fillfactor = 85)`,
  // The database itself refuses a second active memory with the same words, or the same subject, attribute and value.
  `create unique index memories_fact on memories (tenant_id, scope_hash, fact_hash) where deleted_at is null and superseded_at is null`,
  `create unique index memories_claim on memories (tenant_id, scope_hash, claim_hash)
    where claim_hash is not null and deleted_at is null and superseded_at is null`,
  `create index memories_subject on memories (tenant_id, scope_hash, subject, attribute) where subject is not null`,
  `create index memories_scope on memories (tenant_id, scope_hash, id)`,
  `create index memories_session on memories (tenant_id, session_id, id) where session_id is not null`,
  `create index memories_search on memories using gin (scope_sub, tsv)`,
  `create index memories_expiry on memories (expires_at) where expires_at is not null`,
  `create index memories_deleted on memories (deleted_at) where deleted_at is not null`,
  // The newest hidden memories of a pool, while their words are still there to compare with.
  `create index memories_hidden on memories (tenant_id, scope_hash, deleted_at) where deleted_at is not null`,
  // Statements of the past, looked up for each candidate; the unique indexes hold only what is active.
  `create index memories_past_fact on memories (tenant_id, scope_hash, fact_hash) where superseded_at is not null`,
  `create index memories_past_claim on memories (tenant_id, scope_hash, claim_hash) where claim_hash is not null and superseded_at is not null`,

  `create table memory_revisions (
    tenant_id text collate "C" not null,
    memory_id uuid not null,
    revision int not null,
    action text not null,
    fact text not null,
    snapshot jsonb not null,
    reason text,
    principal_id text not null,
    generation_id uuid,
    candidates jsonb not null default '[]',
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    primary key (tenant_id, memory_id, revision),
    foreign key (tenant_id, memory_id) references memories (tenant_id, id) on delete cascade
  )`,
  `create index memory_revisions_expiry on memory_revisions (expires_at) where expires_at is not null`,

  // What a user deleted or corrected must not come back from old conversations: hashes of everything the memory ever said,
  // kept longer than the memory itself. Hashes only: an erased memory leaves no words behind.
  `create table memory_tombstones (
    tenant_id text collate "C" not null,
    memory_id uuid not null,
    fact_hash bytea not null,
    deleted_at timestamptz not null default now(),
    claim_hash bytea,
    bank_id text collate "C" not null,
    scope_hash bigint not null,
    primary key (tenant_id, memory_id, fact_hash, deleted_at),
    foreign key (tenant_id, bank_id) references banks (tenant_id, id) on delete cascade
  )`,
  `create index memory_tombstones_fact on memory_tombstones (tenant_id, scope_hash, fact_hash)`,
  `create index memory_tombstones_claim on memory_tombstones (tenant_id, scope_hash, claim_hash) where claim_hash is not null`,
  `create index memory_tombstones_age on memory_tombstones (tenant_id, deleted_at)`,

  // Vectors of any dimension in one narrow table; a partial expression index per dimension can make it approximate.
  // STORAGE PLAIN keeps a scan out of TOAST, which also bounds the dimension: 1,536 floats fit a page.
  `create table memory_embeddings (
    tenant_id text collate "C" not null,
    model text collate "C" not null,
    memory_id uuid not null,
    fact_hash bytea not null,
    dimension int not null,
    embedding vector not null,
    primary key (tenant_id, model, memory_id),
    foreign key (tenant_id, memory_id) references memories (tenant_id, id) on delete cascade
  )`,
  `alter table memory_embeddings alter column embedding set storage plain`,
  `create index memory_embeddings_memory on memory_embeddings (tenant_id, memory_id)`,

  `create table embedding_cache (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    model text collate "C" not null,
    content_hash bytea not null,
    embedding vector not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, model, content_hash)
  )`,
  `create index embedding_cache_age on embedding_cache (created_at)`,

  // `erased`: documents went since the words were counted, so theirs may still stand in the lexicon.
  `create table corpus_stats (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    corpus text collate "C" not null,
    documents bigint not null,
    total_length bigint not null,
    refreshed_at timestamptz not null,
    erased boolean not null default false,
    primary key (tenant_id, corpus)
  )`,
  `create table lexicon (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    corpus text collate "C" not null,
    lexeme text collate "C" not null,
    df int not null,
    primary key (tenant_id, corpus, lexeme)
  )`,

  `create table leases (
    tenant_id text collate "C" not null,
    name text collate "C" not null,
    holder text not null,
    token bigint not null,
    expires_at timestamptz not null,
    primary key (tenant_id, name)
  ) with (fillfactor = 50)`,

  // The sequencer's row: whoever stamps positions holds it, so positions become visible in their own order.
  `create table feed_head (
    id int primary key,
    position bigint not null
  )`,
  `insert into feed_head (id, position) values (1, 0)`,

  // Feeds other than a session's events. Writers leave position null; one sequencer stamps committed rows in order.
  `create table feed_items (
    id uuid primary key,
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    topic text collate "C" not null,
    ref jsonb not null,
    created_at timestamptz not null default now(),
    position bigint
  )`,
  `create unique index feed_items_position on feed_items (position) where position is not null`,
  `create index feed_items_topic on feed_items (tenant_id, topic, position) where position is not null`,
  `create index feed_items_pending on feed_items (id) where position is null`,
  `create index feed_items_age on feed_items (created_at)`,

  `create table jobs (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    name text collate "C" not null,
    payload jsonb not null,
    priority smallint not null default 0,
    generation_id uuid,
    attempts int not null default 0,
    run_at timestamptz not null default now(),
    lease_token uuid,
    relay_until timestamptz,
    published_at timestamptz,
    last_error text,
    errors jsonb not null default '[]',
    dead_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id)
  ) with (fillfactor = 70)`,
  `create index jobs_due on jobs (name, priority, run_at, id) where dead_at is null`,
  `create index jobs_published on jobs (name, priority, published_at) where published_at is not null`,
  `create index jobs_generation on jobs (tenant_id, generation_id) where generation_id is not null`,

  `create table generations (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id uuid not null,
    bank_id text collate "C" not null,
    scope jsonb not null,
    scope_hash bigint not null,
    scope_sub bigint[] not null,
    session_id uuid,
    source jsonb not null,
    status text not null,
    phase text not null,
    priority smallint not null default 0,
    done int not null default 0,
    total int not null default 0,
    cursor bigint not null default 0,
    left_out jsonb not null default '[]',
    left_out_count int not null default 0,
    usage jsonb not null default '[]',
    extractor text,
    error jsonb,
    principal_id text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, bank_id) references banks (tenant_id, id) on delete cascade
  ) with (fillfactor = 70)`,
  `create index generations_session on generations (tenant_id, session_id, id) where session_id is not null`,
  `create index generations_scope on generations (tenant_id, scope_hash, id)`,

  `create table generation_candidates (
    tenant_id text collate "C" not null,
    generation_id uuid not null,
    ordinal int not null,
    candidate jsonb not null,
    stated_at timestamptz not null,
    decision jsonb,
    outcome text,
    memory_id uuid,
    revision int,
    reason text,
    primary key (tenant_id, generation_id, ordinal),
    foreign key (tenant_id, generation_id) references generations (tenant_id, id) on delete cascade
  )`,
  `create index generation_candidates_open on generation_candidates (tenant_id, generation_id, ordinal) where outcome is null`,
  `create index generation_candidates_memory on generation_candidates (tenant_id, memory_id) where memory_id is not null`,

  // What a tenant's models took, by the day in UTC: a few rows a day.
  `create table model_usage (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    day date not null,
    model text collate "C" not null,
    calls bigint not null,
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    primary key (tenant_id, day, model)
  ) with (fillfactor = 70)`,
];
