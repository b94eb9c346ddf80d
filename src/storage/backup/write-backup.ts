import type { PoolClient } from 'pg';
import { conflict } from '../../kernel/errors';
import { VERSION } from '../../kernel/version';
import type { ObjectStore } from '../../platform/objects/objects.port';
import { inTransaction } from './connection';
import { copyObjects, whileObjectsStay } from './copy-objects';
import { compressed } from './lines';
import { MANIFEST_KEY, writeManifest, type Manifest } from './manifest';
import { migrationsOf, quoted, tablesOf, type Progress, type Table } from './tables';

/** Rows hold an event at most, so a batch stays within some megabytes. */
const BATCH_ROWS = 200;
const MAX_OBJECT_BYTES = 64 * 1024 ** 3;

/**
 * Writes all tables as they were at one moment: one snapshot, each table as lines of JSON with its values as PostgreSQL writes them,
 * compressed, and the objects that they refer to. Others go on reading and writing meanwhile. The manifest comes last, so what was interrupted is no backup.
 * @throws GatewayError CONFLICT where there is a backup already
 */
export async function writeBackup(client: PoolClient, objects: ObjectStore, bodies: ObjectStore | null, progress: Progress): Promise<Manifest> {
  const there = await objects.list('', { after: null, limit: 1000 });
  if (there.some(({ key }) => key === MANIFEST_KEY)) throw conflict(`${objects.location} holds a backup already: name another place`, 'BACKUP_EXISTS');
  return whileObjectsStay(client, () => inTransaction(client, 'isolation level repeatable read, read only', async () => {
    const { rows: [now] } = await client.query<{ at: Date }>('select now() as at');
    const all = await tablesOf(client);
    const migrations = await migrationsOf(client);
    const tables: Manifest['tables'] = [];
    for (const table of all) tables.push(await writeTable(client, objects, table, progress));
    const manifest: Manifest = { format: 'contextiq-backup-1', version: VERSION, takenAt: (now?.at ?? new Date()).toISOString(), migrations, tables, bodies: await copyObjects(client, bodies, objects, progress) };
    await writeManifest(objects, manifest);
    return manifest;
  }));
}

async function writeTable(client: PoolClient, objects: ObjectStore, { name, columns }: Table, progress: Progress): Promise<Manifest['tables'][number]> {
  const key = `${name.replaceAll(/[^a-z0-9_]/g, '-')}.jsonl.gz`;
  let rows = 0;
  async function* lines(): AsyncGenerator<string, void> {
    const values = columns.map((column) => `${quoted(column.name)}::text`).join(', ');
    await client.query(`declare backup_rows no scroll cursor for select json_build_array(${values})::text as line from ${quoted(name)}`);
    for (;;) {
      const { rows: batch } = await client.query<{ line: string }>(`fetch ${BATCH_ROWS} from backup_rows`);
      if (batch.length > 0) yield batch.map(({ line }) => `${line}\n`).join('');
      rows += batch.length;
      progress(name, rows);
      if (batch.length < BATCH_ROWS) break;
    }
    await client.query('close backup_rows');
  }
  const stored = await objects.put(key, compressed(lines()), MAX_OBJECT_BYTES);
  return { name, columns: columns.map((column) => column.name), rows, object: { key, ...stored } };
}
