import { loadConfig } from '../config/load';
import { ConfigError } from '../config/schema';
import { GatewayError } from '../kernel/errors';
import { createLogger } from '../platform/telemetry/logger';
import { openDatabase } from '../storage/database';
import { migratePostgres } from '../storage/postgres/migrate';

/**
 * `npm run migrate`: brings the schema up to date and ends. A gateway does it too when it starts; this is for deployments
 * where the owner of the schema is another database user than the gateway's.
 */
async function migrate(): Promise<void> {
  const { database, logLevel } = loadConfig();
  const logger = createLogger(logLevel, process.stderr);
  if (database.kind === 'pglite') {
    await (await openDatabase({ ...database, logger })).close();
    process.stdout.write('the embedded database is up to date\n');
    return;
  }
  const applied = await migratePostgres({ url: database.url, logger });
  process.stdout.write(applied.length === 0 ? 'nothing to do: the schema is up to date\n' : `applied ${applied.join(', ')}\n`);
}

migrate().catch((error: unknown) => {
  const foreseen = error instanceof GatewayError || error instanceof ConfigError;
  process.stderr.write(`${error instanceof Error ? (foreseen ? error.message : (error.stack ?? error.message)) : String(error)}\n`);
  process.exitCode = 1;
});
