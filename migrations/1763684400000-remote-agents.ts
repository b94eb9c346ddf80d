import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agents on other servers: where they are, and what of their messages and tasks is over there. */
export class RemoteAgents1763684400000 implements MigrationInterface {
  readonly name = 'RemoteAgents1763684400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  // Credentials are no column: they stay in the operator's configuration.
  `alter table agents add column url text, add column remote jsonb, add column failure text, add column look_at timestamptz`,
  `create index agents_look on agents (look_at) where url is not null`,
  `alter table a2a_tasks add column remote_task_id text, add column remote_context_id text`,
  `alter table a2a_messages add column delivered_at timestamptz`,
];

const DOWN = [
  'alter table a2a_messages drop column delivered_at',
  'alter table a2a_tasks drop column remote_context_id, drop column remote_task_id',
  'drop index agents_look',
  'alter table agents drop column look_at, drop column failure, drop column remote, drop column url',
];
