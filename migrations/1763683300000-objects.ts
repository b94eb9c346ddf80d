import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Bodies of events outside of their rows, in objects. `objects` lists every object that was ever meant to be written, before it is:
 * so what nothing refers to can be found and removed without listing the store. It has no foreign key to tenants, or
 * a tenant that goes would leave its objects behind unlisted.
 */
export class Objects1763683300000 implements MigrationInterface {
  readonly name = 'Objects1763683300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `create table objects (
    tenant_id text collate "C" not null,
    key text collate "C" not null,
    due_at timestamptz not null,
    doomed_at timestamptz,
    removed_at timestamptz,
    primary key (tenant_id, key)
  )`,
  `create index objects_due on objects (due_at) where due_at < 'infinity'`,
  `create index objects_doomed on objects (doomed_at) where doomed_at is not null`,

  `alter table sessions add column archived_seq bigint not null default 0`,
  `alter table events add column body text collate "C", add column excerpt text,
    add constraint events_tenant_id_body_fkey foreign key (tenant_id, body) references objects (tenant_id, key)`,
  `create index events_body on events (tenant_id, body) where body is not null`,

  // However an event goes, its object is looked at soon. A transaction that deletes many of one object marks it once.
  `create function release_object() returns trigger language plpgsql as $$
    begin
      update objects set due_at = now() where tenant_id = old.tenant_id and key = old.body and due_at <> now();
      return null;
    end
  $$`,
  `create trigger events_release_object after delete on events for each row when (old.body is not null) execute function release_object()`,
];

const DOWN = [
  'drop trigger events_release_object on events',
  'drop function release_object()',
  'alter table events drop column body, drop column excerpt',
  'alter table sessions drop column archived_seq',
  'drop table objects',
];
