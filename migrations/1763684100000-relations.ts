import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What refers to what, found from the other end: relations are derived from these rows, never entered twice. */
export class Relations1763684100000 implements MigrationInterface {
  readonly name = 'Relations1763684100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['memories_superseding', 'memories_user', 'a2a_tasks_from', 'a2a_tasks_work', 'a2a_messages_from', 'a2a_messages_to']) await runner.query(`drop index ${index}`);
  }
}

const STATEMENTS = [
  `create index memories_superseding on memories (tenant_id, superseded_by) where superseded_by is not null`,
  // Whose pool it is in.
  `create index memories_user on memories (tenant_id, (scope ->> 'user_id'), id) where scope ? 'user_id'`,
  `create index a2a_tasks_from on a2a_tasks (tenant_id, from_agent, id) where from_agent is not null`,
  `create index a2a_tasks_work on a2a_tasks (tenant_id, work_session_id) where work_session_id is not null`,
  `create index a2a_messages_from on a2a_messages (tenant_id, from_agent, session_id) where from_agent is not null`,
  `create index a2a_messages_to on a2a_messages (tenant_id, to_agent, session_id) where to_agent is not null`,
];
