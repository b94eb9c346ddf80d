import type { Logger } from '../kernel/logger-type';
import { openDatabase, type Database } from '../storage/database';

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

/** The real database, migrated, in memory: one per test file (about a second), closed in `afterAll`. */
export const openTestDatabase = (options: { maxWaiting?: number; connectionTimeoutMs?: number } = {}): Promise<Database> =>
  openDatabase({ kind: 'pglite', dataDir: null, logger: silentLogger, ...options });
