import type { DataSource } from 'typeorm';
import { poolOf } from '../pool-of';
import { createPoolSql } from '../pool-sql';
import { checkRequirements } from '../requirements';
import { postgresDataSource, type ConnectionOptions } from './connection';
import { startError } from './start-error';

/** An arbitrary number that every version of this program locks. */
const LOCK = 7_305_917_483;
/** Another gateway migrates at the moment; an index on a large table takes its time. */
const WAIT = `set lock_timeout = '10min'`;
/** A change of a table waits for its readers and makes everybody else wait behind it: rather fail and be run again. */
const CHANGE = `set lock_timeout = '10s'`;

/**
 * Brings the schema up to date over a connection of its own, which has no time limit on statements. Processes that start
 * together line up: an advisory lock belongs to the connection and goes with it, however the process ends.
 * @returns the names of what was applied. @throws GatewayError UNAVAILABLE naming what is wrong with server or URL
 */
export async function migratePostgres({ url, logger }: Pick<ConnectionOptions, 'url' | 'logger'>): Promise<string[]> {
  const dataSource = postgresDataSource({ url, logger, poolSize: 1, statementTimeoutMs: 0, applicationName: 'contextiq migrate' });
  try {
    await dataSource.initialize();
    await checkRequirements(createPoolSql(poolOf(dataSource), 1));
    if ((await pending(dataSource)).length === 0) return [];
    await dataSource.query(WAIT);
    await dataSource.query('select pg_advisory_lock($1)', [LOCK]);
    await dataSource.query(CHANGE);
    const applied = await dataSource.runMigrations();
    return applied.map(({ name }) => name);
  } catch (error) {
    throw startError(error, url);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

/** Looked at without the lock: nothing to do is the rule, and needs no right but to read. */
async function pending(dataSource: DataSource): Promise<string[]> {
  const [table] = await dataSource.query<{ exists: boolean }[]>(`select to_regclass('migrations') is not null as exists`);
  const rows = table?.exists === true ? await dataSource.query<{ name: string }[]>('select name from migrations') : [];
  const done = new Set(rows.map(({ name }) => name));
  return dataSource.migrations.map(({ name }) => name ?? '').filter((name) => !done.has(name));
}
