import type { PoolClient } from 'pg';
import { conflict, GatewayError } from '../../kernel/errors';
import type { ObjectStore } from '../../platform/objects/objects.port';
import { inTransaction } from './connection';
import { copyObjects } from './copy-objects';
import { linesOf } from './lines';
import type { Manifest } from './manifest';
import { migrationsOf, quoted, tablesOf, type Progress, type Table } from './tables';

const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/** Holds a row or so as soon as the schema is there or a gateway ran: what a new installation makes by itself. */
const OF_THE_SCHEMA: Readonly<Record<string, string>> = {
  tenants: `id <> 'default'`,
  banks: `tenant_id <> 'default' or id <> 'default' or config <> '{}'`,
  feed_head: 'false',
  leases: 'false',
  corpus_stats: 'documents > 0',
};

/** No broker was backed up, and whoever held a job or a lease does not any more. */
const RELEASE = `
  update jobs set run_at = case when lease_token is null then run_at else now() end, lease_token = null, published_at = null, relay_until = null;
  update leases set expires_at = '-infinity'`;

/**
 * Loads a backup into a database that has this version's schema and nothing else: all of it or nothing, in one transaction that
 * locks out everybody. Checksums of what was read and counts of what was written have to be those of the manifest.
 * @throws GatewayError CONFLICT for a database that is not empty or of another version, BAD_USER_INPUT for a damaged backup
 */
export async function readBackup(client: PoolClient, objects: ObjectStore, bodies: ObjectStore | null, manifest: Manifest, progress: Progress): Promise<void> {
  await inTransaction(client, '', async () => {
    const tables = await tablesOf(client);
    await requireSameSchema(client, manifest, tables);
    await client.query(`lock table ${tables.map(({ name }) => quoted(name)).join(', ')} in access exclusive mode`);
    for (const { name } of tables) await requireEmpty(client, name);
    await client.query(`truncate ${tables.map(({ name }) => quoted(name)).join(', ')}`);
    for (const table of tables) await readTable(client, objects, table, manifest, progress);
    await readBodies(client, objects, bodies, manifest, progress);
    await client.query(RELEASE);
  });
}

/** Before the commit: no row refers to an object that is not there. What a restore that failed left in the store, the next one writes again. */
async function readBodies(client: PoolClient, objects: ObjectStore, bodies: ObjectStore | null, manifest: Manifest, progress: Progress): Promise<void> {
  const copied = await copyObjects(client, objects, bodies, progress).catch((error: unknown) => {
    if (error instanceof GatewayError && error.code === 'UNAVAILABLE') throw error;
    throw damaged(objects, error instanceof Error ? error.message : String(error), error);
  });
  if (copied !== manifest.bodies) throw damaged(objects, `there should be ${manifest.bodies} bodies of events, and are ${copied}`);
}

async function requireSameSchema(client: PoolClient, manifest: Manifest, tables: readonly Table[]): Promise<void> {
  const own = await migrationsOf(client);
  const described = (list: readonly { name: string; columns: readonly string[] }[]): string =>
    JSON.stringify(list.map(({ name, columns }) => [name, ...columns].join(' ')).sort());
  const same = described(manifest.tables) === described(tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })));
  if (same && JSON.stringify(manifest.migrations) === JSON.stringify(own)) return;
  throw conflict(
    `the backup is of version ${manifest.version} with ${manifest.migrations.length} migrations, the newest ${manifest.migrations.at(-1) ?? 'none'}, this database has ${own.length}, the newest ${own.at(-1) ?? 'none'}: restore it with the version that made it, then start this one on that database`,
    'OTHER_SCHEMA',
  );
}

async function requireEmpty(client: PoolClient, table: string): Promise<void> {
  const { rows: [row] } = await client.query<{ used: boolean }>(`select exists (select from ${quoted(table)} where ${OF_THE_SCHEMA[table] ?? 'true'}) as used`);
  if (row?.used !== false) throw conflict(`the database is not empty: there is something in ${table}. Restore into a new one`, 'DATABASE_NOT_EMPTY');
}

async function readTable(client: PoolClient, objects: ObjectStore, { name, columns }: Table, manifest: Manifest, progress: Progress): Promise<void> {
  const described = manifest.tables.find((table) => table.name === name);
  if (described === undefined) throw damaged(objects, `${name} is missing`);
  const body = await objects.get(described.object.key, described.object);
  if (body === null) throw damaged(objects, `${described.object.key} is missing`);
  const insert = `insert into ${quoted(name)} (${columns.map((column) => quoted(column.name)).join(', ')})
    select ${columns.map(({ type }, index) => `(line ->> ${index})::${type}`).join(', ')} from json_array_elements($1::json) as line`;
  let batch: string[] = [];
  let characters = 0;
  let read = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await client.query(insert, [`[${batch.join(',')}]`]);
    read += batch.length;
    [batch, characters] = [[], 0];
    progress(name, read);
  };
  try {
    for await (const line of linesOf(body)) {
      batch.push(line);
      characters += line.length;
      if (batch.length >= BATCH_ROWS || characters >= BATCH_CHARACTERS) await flush();
    }
    await flush();
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'UNAVAILABLE') throw error;
    throw damaged(objects, `${described.object.key}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const { rows: [counted] } = await client.query<{ rows: string }>(`select count(*) as rows from ${quoted(name)}`);
  if (read !== described.rows || Number(counted?.rows) !== read) throw damaged(objects, `${name} should have ${described.rows} rows, ${read} were read and ${counted?.rows} are there`);
}

const damaged = ({ location }: ObjectStore, what: string, cause?: unknown): GatewayError =>
  new GatewayError('BAD_USER_INPUT', `the backup in ${location} cannot be restored, and nothing was: ${what}`, { reason: 'BAD_BACKUP' }, { cause });
