import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Running summaries of sessions: revisions that say which events they cover. The events themselves stay. */
export class Summaries1763683950000 implements MigrationInterface {
  readonly name = 'Summaries1763683950000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table session_summaries');
  }
}

const STATEMENTS = [
  `create table session_summaries (
    tenant_id text collate "C" not null,
    session_id uuid not null,
    revision int not null,
    from_seq bigint not null,
    to_seq bigint not null,
    points jsonb not null,
    tokens int not null,
    writer text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, session_id, revision),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
  )`,
  // Two that summarize at once: one of them is too late.
  `create unique index session_summaries_range on session_summaries (tenant_id, session_id, to_seq)`,
];
