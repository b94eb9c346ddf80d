import type { DataSource } from 'typeorm';
import type { Logger } from '../kernel/logger-type';
import { openPglite } from './pglite/open';
import type { Sql } from './sql';

export interface PgliteOptions {
  readonly kind: 'pglite';
  /** Where the database lives; `null` keeps it in memory. */
  readonly dataDir: string | null;
  /** The engine's page cache in MiB; its process is about 175 MiB larger than this. Default 32. */
  readonly sharedBuffersMb?: number;
  /** How many callers may wait for the one connection before new ones are turned away. Default 1,000. */
  readonly maxWaiting?: number;
  /** How long a caller waits for the connection, in milliseconds. Default 15,000. */
  readonly connectionTimeoutMs?: number;
  readonly logger: Logger;
}

export type DatabaseOptions = PgliteOptions;

export interface Database extends Sql {
  /** For migrations and rare administrative work; everything hot goes through `query`. */
  readonly dataSource: DataSource;
  /** @throws GatewayError UNAVAILABLE when the database does not answer */
  ping(): Promise<void>;
  /** What a server's background processes do (checkpoint, vacuum, analyze); runs by itself, callable for tests and tools. */
  readonly housekeeping: { run(): Promise<void> };
  /** Lets running work finish, then shuts down. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the database, migrated to this version's schema.
 * @throws GatewayError UNAVAILABLE (DATA_DIRECTORY_IN_USE) when another process has the directory; Error when the
 *   server or its vector extension is too old
 */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  switch (options.kind) {
    case 'pglite':
      return openPglite(options);
  }
}
