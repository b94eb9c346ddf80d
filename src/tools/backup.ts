import { openBodies, openObjects } from '../compose/objects';
import { loadConfig, loadObjectsConfig } from '../config/load';
import { ConfigError, type ObjectsConfig } from '../config/schema';
import { GatewayError } from '../kernel/errors';
import { createLogger } from '../platform/telemetry/logger';
import { onDatabase, onMigratedDatabase } from '../storage/backup/connection';
import { readBackup } from '../storage/backup/read-backup';
import type { Progress } from '../storage/backup/tables';
import { writeBackup } from '../storage/backup/write-backup';
import type { DatabaseOptions } from '../storage/database';
import type { ObjectStore } from '../platform/objects/objects.port';
import { readManifest, type Manifest } from '../storage/backup/manifest';

const USAGE = `npm run backup [-- TARGET]    TARGET: a folder, or s3://bucket/prefix?endpoint=…; by default the configured objects, under backups/
npm run restore -- SOURCE     into the configured database, which has to be empty

With the embedded database the gateway must not be running: it holds the data directory. A PostgreSQL server is backed up while it works.
`;

const STEP_ROWS = 10_000;

/** One line a table, and one for every ten thousand rows of it. */
function toStderr(): Progress {
  let last = { table: '', step: -1 };
  return (table, rows) => {
    const step = Math.floor(rows / STEP_ROWS);
    if (last.table === table && last.step === step) return;
    last = { table, step };
    process.stderr.write(`${table}: ${rows}\n`);
  };
}

/** Below the configured objects, named by the time. */
function defaultTarget(config: ObjectsConfig): ObjectsConfig {
  const place = `backups/${new Date().toISOString().toLowerCase().replaceAll(':', '-').replace(/\.\d+/, '')}`;
  return config.kind === 'files' ? { ...config, directory: `${config.directory}/${place}` } : { ...config, prefix: config.prefix === '' ? place : `${config.prefix}/${place}` };
}

/** Looks for a backup before it makes a schema for it. */
async function restoreFrom(objects: ObjectStore, bodies: ObjectStore | null, options: DatabaseOptions): Promise<Manifest> {
  const manifest = await readManifest(objects);
  await onMigratedDatabase(options, (client) => readBackup(client, objects, bodies, manifest, toStderr()));
  return manifest;
}

async function run([command, place, ...rest]: readonly string[]): Promise<void> {
  if ((command !== 'write' && command !== 'read') || rest.length > 0 || (command === 'read' && place === undefined)) throw new GatewayError('BAD_USER_INPUT', USAGE);
  const config = loadConfig();
  const options = { ...config.database, logger: createLogger(config.logLevel, process.stderr) };
  const target = place === undefined ? defaultTarget(config.objects) : loadObjectsConfig(place);
  const { objects, close } = await openObjects(target, place ?? 'CONTEXTIQ_OBJECTS_URL');
  const bodies = await openBodies(config);
  const store = bodies?.objects ?? null;
  try {
    const manifest = command === 'write'
      ? await onDatabase(options, (client) => writeBackup(client, objects, store, toStderr()))
      : await restoreFrom(objects, store, options);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    process.stdout.write(`${command === 'write' ? 'written to' : 'restored from'} ${objects.location}: ${rows} rows as of ${manifest.takenAt}\n`);
  } finally {
    bodies?.close();
    close();
  }
}

run(process.argv.slice(2)).catch((error: unknown) => {
  const foreseen = error instanceof GatewayError || error instanceof ConfigError;
  process.stderr.write(`${error instanceof Error ? (foreseen ? error.message : (error.stack ?? error.message)) : String(error)}\n`);
  process.exitCode = 1;
});
