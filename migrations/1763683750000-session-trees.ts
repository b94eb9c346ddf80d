import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events of a tree of sessions in one order, and from an event to the memories that it says. */
export class SessionTrees1763683750000 implements MigrationInterface {
  readonly name = 'SessionTrees1763683750000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index memories_events');
    await runner.query('drop table tree_appends');
  }
}

const UP = [
  // What one append added to a session of a tree. `position` is that of its last event, null until it is stamped; those before count down from it.
  `create table tree_appends (
    tenant_id text collate "C" not null,
    session_id uuid not null,
    first_seq bigint not null,
    last_seq bigint not null,
    root_id uuid not null,
    position bigint,
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, session_id, first_seq),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
  )`,
  `create index tree_appends_position on tree_appends (tenant_id, root_id, position) where position is not null`,
  `create index tree_appends_pending on tree_appends (created_at, tenant_id, session_id, first_seq) where position is null`,
  // Trees from before: event by event, so that they stand in the order in which they were stored.
  `insert into tree_appends (tenant_id, session_id, first_seq, last_seq, root_id, created_at)
    select e.tenant_id, e.session_id, e.seq, e.seq, s.root_id, e.created_at
    from sessions s join events e on e.tenant_id = s.tenant_id and e.session_id = s.id where s.root_id is not null`,
  // Every scan would read the list of unsorted entries whole.
  `create index memories_events on memories using gin (event_ids) with (fastupdate = off)`,
];
