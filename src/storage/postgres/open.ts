import type { Pool, PoolClient } from 'pg';
import type { Database } from '../database-type';
import { poolOf } from '../pool-of';
import { createPoolSql } from '../pool-sql';
import { planned } from '../sql';
import type { GatewayError } from '../../kernel/errors';
import { databaseDown } from '../pg-errors';
import { postgresDataSource, type ConnectionOptions } from './connection';
import { migratePostgres } from './migrate';
import { startPulse } from './pulse';
import { startError } from './start-error';
import { growVectorIndexes } from './vector-indexes';

export interface PostgresOptions extends Omit<ConnectionOptions, 'applicationName'> {
  /** How many callers may wait for a connection before new ones are turned away. Default 1,000. */
  readonly maxWaiting?: number;
}

const PING = planned('ping', 'select 1');

/** A PostgreSQL server, shared with other processes. Its connections are all open when this resolves. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { url, logger } = options;
  const applied = await migratePostgres({ url, logger });
  if (applied.length > 0) logger.info({ migrations: applied }, 'the database schema is up to date');
  const dataSource = postgresDataSource(options);
  try {
    await dataSource.initialize();
    await warm(poolOf(dataSource), options.poolSize);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw startError(error, url);
  }
  const pulse = startPulse({ url, logger, onAway: (error) => { sql.cut(error); } });
  const refusal = (): GatewayError | null => (pulse.condition === 'away' ? databaseDown(undefined, pulse.retryAfterMs) : null);
  const sql = createPoolSql(poolOf(dataSource), options.maxWaiting ?? 1000, refusal);
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await sql.drain();
    await pulse.stop();
    await dataSource.destroy();
  };
  const { query, transact, afterCommit, takesWrites } = sql;
  return {
    query,
    transact,
    afterCommit,
    dataSource,
    connections: options.poolSize,
    condition: () => (pulse.condition === 'up' && !takesWrites() ? 'read-only' : pulse.condition),
    housekeeping: { run: () => Promise.resolve() },
    growVectorIndexes: (space, signal, indexedFrom) => growVectorIndexes({ url, logger, indexedFrom }, space, signal),
    ping: async () => {
      if (pulse.condition === 'away') await pulse.beat();
      await sql.query(PING, []);
    },
    close: () => (closing ??= close()),
  };
}

/** The first requests should not pay for connecting, and a server with too few connections should say so now. */
async function warm(pool: Pool, size: number): Promise<void> {
  const results = await Promise.allSettled(Array.from({ length: size }, (): Promise<PoolClient> => pool.connect()));
  for (const result of results) if (result.status === 'fulfilled') result.value.release();
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
