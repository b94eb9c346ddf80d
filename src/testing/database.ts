import { randomUUID } from 'node:crypto';
import type { Config } from '../config/schema';
import { openDatabase, type Database } from '../storage/database';
import { createDatabase, dropDatabase, withDatabase } from './production/databases';
import { requireImageFile, templateUrl } from './services';
import { silentLogger } from './silent-logger';

export { silentLogger } from './silent-logger';

/** Enough that what races does race. */
const POOL_SIZE = 5;

interface TestDatabase {
  readonly config: Config['database'];
  drop(): Promise<void>;
}

/** A database of its own for whoever asks, a copy of a migrated one: in memory, in production runs on the server. */
export async function newTestDatabase(): Promise<TestDatabase> {
  const template = templateUrl();
  if (template === null) return { config: { kind: 'pglite', dataDir: null, image: requireImageFile() }, drop: () => Promise.resolve() };
  const url = withDatabase(template, `contextiq_test_${randomUUID().replaceAll('-', '')}`);
  await createDatabase(url, template);
  return { config: { kind: 'postgres', url, poolSize: POOL_SIZE, statementTimeoutMs: 30_000 }, drop: () => dropDatabase(url) };
}

/** The real database, migrated: one per test file, closed in `afterAll`. */
export async function openTestDatabase(options: { maxWaiting?: number; poolSize?: number } = {}): Promise<Database> {
  const { config, drop } = await newTestDatabase();
  const database = await openDatabase({ ...config, logger: silentLogger, ...options });
  return {
    ...database,
    async close() {
      await database.close();
      await drop();
    },
  };
}
