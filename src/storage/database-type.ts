import type { DataSource } from 'typeorm';
import type { Sql } from './sql';

export interface Database extends Sql {
  /** For migrations and rare administrative work; everything hot goes through `query`. */
  readonly dataSource: DataSource;
  /** @throws GatewayError UNAVAILABLE when the database does not answer */
  ping(): Promise<void>;
  /** What a server's background processes do (checkpoint, vacuum, analyze); runs by itself, callable for tests and tools. Nothing to do where there is a server. */
  readonly housekeeping: { run(): Promise<void> };
  /** Lets running work finish, then shuts down. Safe to call twice. */
  close(): Promise<void>;
}
