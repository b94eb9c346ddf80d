import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { Logger } from '../../kernel/logger-type';
import { SCHEMA } from '../data-source';

export interface ConnectionOptions {
  /** postgres://user:password@host:port/database, with TLS by its parameters (`sslmode`, `sslrootcert`, …). */
  readonly url: string;
  readonly poolSize: number;
  /** How long one statement may run, in milliseconds; 0 for as long as it takes. */
  readonly statementTimeoutMs: number;
  /** How long a caller waits for a connection, in milliseconds. */
  readonly connectionTimeoutMs?: number;
  readonly applicationName?: string;
  readonly logger: Logger;
}

const LOCK_TIMEOUT_MS = 10_000;
/** Nothing waits for the network or a model inside a transaction: one that idles this long has lost its process. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** The server ends a statement by its time limit; a server that is cut off ends nothing, so this side gives up a little later. */
const CUT_OFF_MS = 5000;
/**
 * Searches are cheap but look expensive to the planner: compiling one costs a hundred times what it saves. Many run at once: what
 * parallel workers would win for one they take from the others, and starting them takes longer than most searches.
 */
const SETTINGS = 'set jit = off; set max_parallel_workers_per_gather = 0';

/** TypeORM over a pool of ordinary connections, which stay open. */
export function postgresDataSource(options: ConnectionOptions): DataSource {
  const { url, poolSize, statementTimeoutMs, logger } = options;
  return new DataSource({
    ...SCHEMA,
    url,
    poolSize,
    poolErrorHandler: (error: Error) => logger.warn({ err: error }, 'an idle database connection broke'),
    extra: {
      application_name: options.applicationName ?? 'contextiq',
      connectionTimeoutMillis: options.connectionTimeoutMs ?? 10_000,
      idleTimeoutMillis: 0,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      statement_timeout: statementTimeoutMs,
      ...(statementTimeoutMs === 0 ? {} : { query_timeout: statementTimeoutMs + CUT_OFF_MS }),
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      onConnect: async (client: PoolClient) => {
        await client.query(SETTINGS);
      },
    },
  });
}
