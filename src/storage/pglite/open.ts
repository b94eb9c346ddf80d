import type { Logger } from '../../kernel/logger-type';
import type { Database } from '../database-type';
import { poolOf } from '../pool-of';
import { createPoolSql } from '../pool-sql';
import { checkRequirements } from '../requirements';
import { planned } from '../sql';
import { createHousekeeping, type Housekeeping } from './housekeeping';
import { PgliteDataSource, type PgliteDataSourceOptions } from './pglite-data-source';

export interface PgliteOptions extends PgliteDataSourceOptions {
  /** How many callers may wait for the one connection before new ones are turned away. Default 1,000. */
  readonly maxWaiting?: number;
}

const PING = planned('ping', 'select 1');

/** Opens the embedded engine on a directory of its own, or in memory. */
export async function openPglite(options: PgliteOptions): Promise<Database> {
  const dataSource = new PgliteDataSource(options);
  await dataSource.initialize();
  try {
    const sql = createPoolSql(poolOf(dataSource), options.maxWaiting ?? 1000);
    await checkRequirements(sql);
    await dataSource.runMigrations();

    const housekeeping = createHousekeeping(sql, options.logger);
    let closing: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      await housekeeping.stop();
      if (options.dataDir !== null) await lastRound(housekeeping, options.logger);
      await sql.drain();
      await dataSource.destroy();
    };
    const { query, transact, afterCommit, takesWrites } = sql;
    return {
      query,
      transact,
      afterCommit,
      dataSource,
      connections: 1,
      condition: () => (takesWrites() ? 'up' : 'read-only'),
      housekeeping,
      growVectorIndexes: () => Promise.resolve(),
      ping: async () => {
        await sql.query(PING, []);
      },
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/** A process that never lives as long as the timer still leaves a tidy directory. */
async function lastRound(housekeeping: Housekeeping, logger: Logger): Promise<void> {
  try {
    await housekeeping.run();
  } catch (error) {
    logger.warn({ err: error }, 'database housekeeping failed at close; nothing is lost, the next start catches up');
  }
}
