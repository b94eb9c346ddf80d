import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agents, what they say to each other, and sessions as trees. */
export class Agents1763683700000 implements MigrationInterface {
  readonly name = 'Agents1763683700000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const DOWN = [
  'drop table a2a_messages', 'drop table a2a_tasks', 'drop table agents', 'drop index sessions_root',
  'alter table sessions drop column ancestors', 'alter table sessions drop column root_id',
];

const UP = [
  `create table agents (
    tenant_id text collate "C" not null references tenants (id) on delete cascade,
    id text collate "C" not null,
    principal_id text collate "C" not null,
    name text not null,
    description text not null,
    version text not null,
    skills jsonb not null default '[]',
    input_modes text[] not null,
    output_modes text[] not null,
    metadata jsonb not null default '{}',
    heartbeat_seconds int not null,
    last_seen_at timestamptz,
    inbox_position bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
  ) with (fillfactor = 70)`,

  // A task outlives neither its session nor its due time: past that it has failed, and says so.
  `create table a2a_tasks (
    tenant_id text collate "C" not null,
    id uuid not null,
    session_id uuid not null,
    work_session_id uuid,
    from_agent text collate "C",
    to_agent text collate "C" not null,
    principal_id text collate "C" not null,
    invocation_id text,
    state text not null,
    reason text,
    response_id uuid,
    due_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
  ) with (fillfactor = 70)`,
  `create index a2a_tasks_session on a2a_tasks (tenant_id, session_id, id)`,
  `create index a2a_tasks_agent on a2a_tasks (tenant_id, to_agent, id)`,
  `create index a2a_tasks_due on a2a_tasks (due_at) where finished_at is null`,

  // A message bears the id of the event that it is.
  `create table a2a_messages (
    tenant_id text collate "C" not null,
    id uuid not null,
    sender text collate "C" not null,
    message_id text collate "C" not null,
    body_hash bytea not null,
    session_id uuid not null,
    seq bigint not null,
    task_id uuid,
    kind text not null,
    from_agent text collate "C",
    to_agent text collate "C",
    invocation_id text,
    parts jsonb not null,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
  )`,
  // The same message sent again is found, not made again.
  `create unique index a2a_messages_sender on a2a_messages (tenant_id, sender, message_id)`,
  `create index a2a_messages_session on a2a_messages (tenant_id, session_id, seq)`,
  `create index a2a_messages_task on a2a_messages (tenant_id, task_id, seq) where task_id is not null`,

  // A session in a tree knows the root and the whole way from it; one that stands alone has neither.
  `alter table sessions add column root_id uuid, add column ancestors uuid[] not null default '{}'`,
  `with recursive tree (tenant_id, id, ancestors) as (
      select s.tenant_id, s.id, array[s.parent_id] from sessions s
      where s.parent_id is not null
        and not exists (select from sessions p where p.tenant_id = s.tenant_id and p.id = s.parent_id and p.parent_id is not null)
      union all
      select s.tenant_id, s.id, t.ancestors || t.id from tree t
      join sessions s on s.tenant_id = t.tenant_id and s.parent_id = t.id and s.id <> all (t.ancestors || t.id))
    update sessions s set ancestors = t.ancestors, root_id = t.ancestors[1] from tree t where s.tenant_id = t.tenant_id and s.id = t.id`,
  `update sessions s set root_id = s.id where s.root_id is null
    and exists (select from sessions c where c.tenant_id = s.tenant_id and c.parent_id = s.id)`,
  `create index sessions_root on sessions (tenant_id, root_id, id) where root_id is not null`,
];
