import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { openDatabase, type DatabaseOptions } from '../database';
import { poolOf } from '../pool-of';

/** A table of any size is counted within this. */
const STATEMENT_MS = 600_000;

/** One connection to the database as it is: nothing is migrated, nothing else of this process runs on it. */
export async function onDatabase<T>(options: DatabaseOptions, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const dataSource = await dataSourceOf(options);
  await dataSource.initialize();
  try {
    return await onConnection(dataSource, work);
  } finally {
    await dataSource.destroy();
  }
}

/** The same after bringing its schema up to date. */
export async function onMigratedDatabase<T>(options: DatabaseOptions, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const database = await openDatabase(options.kind === 'postgres' ? { ...options, poolSize: 1, statementTimeoutMs: STATEMENT_MS } : options);
  try {
    return await onConnection(database.dataSource, work);
  } finally {
    await database.close();
  }
}

async function onConnection<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await poolOf(dataSource).connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

async function dataSourceOf(options: DatabaseOptions): Promise<DataSource> {
  if (options.kind === 'pglite') return new (await import('../pglite/pglite-data-source')).PgliteDataSource(options);
  return (await import('../postgres/connection')).postgresDataSource({ ...options, poolSize: 1, statementTimeoutMs: STATEMENT_MS, applicationName: 'contextiq backup' });
}

/** The same text for every value on both sides, whatever the server's settings; pauses of the other side end nothing. */
const SETTINGS = `
  set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local bytea_output = 'hex'; set local extra_float_digits = 1;
  set local idle_in_transaction_session_timeout = 0; set local statement_timeout = ${STATEMENT_MS}`;

/** @throws whatever `work` throws, after a rollback */
export async function inTransaction<T>(client: PoolClient, kind: string, work: () => Promise<T>): Promise<T> {
  await client.query(`begin ${kind}`);
  try {
    await client.query(SETTINGS);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that broke has rolled back already.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
