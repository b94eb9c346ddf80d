import type { Config } from '../config/schema';
import type { Logger } from '../kernel/logger-type';
import type { Bus } from '../platform/bus/bus.port';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import type { JobQueue } from '../platform/queue/queue.port';
import { openDatabase as open, type Database } from '../storage/database';
import { createTableJobQueue, releaseLeases } from '../storage/job-queue';
import { becomeOnlyGateway } from './only-gateway';

/**
 * One function per capability: the adapter that the configuration names, loaded only then. What an adapter needs to end
 * well it hands to `onClose`; the last to open is the first to close.
 */
export interface Opening {
  readonly config: Config;
  readonly logger: Logger;
  onClose(close: () => Promise<void>): void;
}

export async function openDatabase({ config, logger, onClose }: Opening): Promise<Database> {
  const database = await open({ ...config.database, logger });
  onClose(() => database.close());
  return database;
}

/** Notices within this process, which therefore has to be the only one on its database. */
export async function openBus({ config, logger, onClose }: Opening, database: Database): Promise<Bus> {
  if (config.database.kind === 'pglite') {
    // The directory's lock says that nobody else is there: whoever held a lease is dead.
    await releaseLeases(database);
  } else {
    const only = await becomeOnlyGateway(database, logger);
    onClose(() => only.release());
  }
  return createInProcessBus();
}

/** The jobs table, from which this process and any other may claim. */
export const openQueue = async ({ logger }: Opening, database: Database, bus: Bus): Promise<JobQueue> =>
  createTableJobQueue({ sql: database, bus, logger });
