import type { DataSource } from 'typeorm';
import type { Sql } from './sql';

/** `read-only`: a standby, or no room left on its disk. `away`: it does not answer, and nobody waits for it. */
export type DatabaseCondition = 'up' | 'read-only' | 'away';

/** One model's vectors: `vectorSpaceOf` names the space. */
export interface VectorSpace {
  readonly space: string;
  readonly dimension: number;
}

export interface Database extends Sql {
  condition(): DatabaseCondition;
  /** For migrations and rare administrative work; everything hot goes through `query`. */
  readonly dataSource: DataSource;
  /** How many statements may run at once. */
  readonly connections: number;
  /** @throws GatewayError UNAVAILABLE when the database does not answer */
  ping(): Promise<void>;
  /** What a server's background processes do (checkpoint, vacuum, analyze); runs by itself, callable for tests and tools. Nothing to do where there is a server. */
  readonly housekeeping: { run(): Promise<void> };
  /**
   * Gives large tenants an approximate index over their vectors of the space, beside other work; may take minutes. The end of `signal` ends the
   * wait, not the build. Nothing to do on the embedded engine: it has one connection, and a build would hold up everything else.
   * `indexedFrom`: how many vectors are large; by default as measured.
   */
  growVectorIndexes(space: VectorSpace, signal: AbortSignal, indexedFrom?: number): Promise<void>;
  /** Lets running work finish, then shuts down. Safe to call twice. */
  close(): Promise<void>;
}
