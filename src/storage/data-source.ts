import type { Duplex } from 'node:stream';
import { DataSource } from 'typeorm';
import { Initial1763683200000 } from '../../migrations/1763683200000-initial';
import type { Logger } from '../kernel/logger-type';
import { ENTITIES } from './entities';

const MIGRATIONS = [Initial1763683200000];

/** How long a caller waits for a connection. Longer than any statement should run, shorter than a client's patience. */
const CONNECTION_TIMEOUT_MS = 15_000;

export interface DataSourceOptions {
  /** Opens a line to the embedded engine. */
  readonly connect: () => Duplex;
  readonly connectionTimeoutMs?: number;
  readonly logger: Logger;
}

/** TypeORM's connection to the embedded engine, with every entity and migration of the project; not yet initialised. */
export function createDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    // The engine dies of any other name in the startup packet, and it has one backend.
    username: 'postgres',
    database: 'postgres',
    poolSize: 1,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    // One transaction per migration: a later one may then build an index concurrently, outside of any.
    migrationsTransactionMode: 'each',
    installExtensions: false,
    poolErrorHandler: (error: Error) => options.logger.warn({ err: error }, 'an idle database connection broke'),
    extra: {
      stream: options.connect,
      connectionTimeoutMillis: options.connectionTimeoutMs ?? CONNECTION_TIMEOUT_MS,
      idleTimeoutMillis: 0,
    },
  });
}
