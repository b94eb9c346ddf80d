import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a user deleted or corrected must not come back from old conversations: hashes of everything the memory ever said, kept
 * longer than the memory itself. Hashes only: an erased memory leaves no words behind.
 */
export class Tombstones1763694000000 implements MigrationInterface {
  readonly name = 'Tombstones1763694000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['memories_hidden', 'memories_past_fact', 'memories_past_claim']) await runner.query(`drop index ${index}`);
    await runner.query('drop table memory_tombstones');
  }
}

const STATEMENTS = [
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
  // The newest hidden memories of a pool, while their words are still there to compare with.
  `create index memories_hidden on memories (tenant_id, scope_hash, deleted_at) where deleted_at is not null`,
  // Statements of the past, looked up for each candidate; the unique indexes hold only what is active.
  `create index memories_past_fact on memories (tenant_id, scope_hash, fact_hash) where superseded_at is not null`,
  `create index memories_past_claim on memories (tenant_id, scope_hash, claim_hash) where claim_hash is not null and superseded_at is not null`,
];
