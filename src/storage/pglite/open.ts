import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Logger } from '../../kernel/logger-type';
import type { Database, PgliteOptions } from '../database';
import { createDataSource } from '../data-source';
import { createPoolSql } from '../pool-sql';
import { checkRequirements } from '../requirements';
import { planned } from '../sql';
import { createEngine } from './engine';
import { createHousekeeping, type Housekeeping } from './housekeeping';
import { lockDirectory } from './lock';

const DEFAULT_SHARED_BUFFERS_MB = 32;
const DEFAULT_MAX_WAITING = 1000;
const PING = planned('ping', 'select 1');

/** Opens the embedded engine on a directory of its own, or in memory. */
export async function openPglite(options: PgliteOptions): Promise<Database> {
  const { dataDir, logger } = options;
  /** What to undo, in the order it was made. */
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let undo = opened.pop(); undo !== undefined; undo = opened.pop()) await undo();
  };
  try {
    if (dataDir !== null) {
      const lock = await lockDirectory(dataDir);
      opened.push(() => lock.release());
    }
    const engine = createEngine({ dataDir, sharedBuffersMb: options.sharedBuffersMb ?? DEFAULT_SHARED_BUFFERS_MB, logger });
    opened.push(() => engine.close());
    await engine.ready();

    const { connectionTimeoutMs } = options;
    const dataSource = createDataSource({ connect: engine.connect, logger, ...(connectionTimeoutMs === undefined ? {} : { connectionTimeoutMs }) });
    await dataSource.initialize();
    opened.push(() => dataSource.destroy());

    const sql = createPoolSql(poolOf(dataSource), options.maxWaiting ?? DEFAULT_MAX_WAITING);
    await checkRequirements(sql);
    await dataSource.runMigrations();

    const housekeeping = createHousekeeping(sql, logger);
    opened.push(() => housekeeping.stop());
    if (dataDir !== null) opened.push(() => lastRound(housekeeping, logger));
    let closing: Promise<void> | null = null;
    return {
      ...sql,
      dataSource,
      housekeeping,
      ping: async () => {
        await sql.query(PING, []);
      },
      close: () => (closing ??= closeAll()),
    };
  } catch (error) {
    await closeAll();
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

function poolOf(dataSource: DataSource): Pool {
  const { driver } = dataSource;
  if (!('master' in driver)) throw new Error('the data source has no pool');
  return driver.master as Pool;
}
