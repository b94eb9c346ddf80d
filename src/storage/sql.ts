/** One labelled SQL statement. `name` makes it a prepared statement; search statements stay unnamed (a generic plan is ten times slower there). */
export interface Statement {
  readonly text: string;
  readonly name?: string;
}

const READS = /^(?:\/\*.*?\*\/)?\s*(?:select|with)\b/i;
const MAY_WRITE = /\b(?:insert|update|delete|merge|nextval|setval|lock|pg_\w*lock\w*|set_config)\b/i;

/** True only for what certainly changes nothing, rows' locks included, so that running it twice is running it once. */
export const onlyReads = ({ text }: Statement): boolean => READS.test(text) && !MAY_WRITE.test(text);

/** A handle that runs statements: the pool, or one transaction's connection. Stores are factories over it. */
export interface Sql {
  /** Rows as the driver parses them: bigint as text, timestamptz as Date, jsonb parsed. @throws pg DatabaseError */
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` in a transaction; inside one it joins it, so a rollback is always of the whole. */
  transact<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Runs `callback` once the transaction has committed (never after a rollback); outside one, at once. It must not throw. */
  afterCommit(callback: () => void): void;
}

/** A hot statement: prepared once per connection, its label visible in logs and pg_stat_statements. */
export const prepared = (label: string, text: string): Statement => ({ name: label, text: `/* ${label} */ ${text}` });

/**
 * An array, `$2::text[]`, in a prepared statement whose length the planner does not get to see. It takes an unknown array for ten elements: a
 * shorter one looks cheaper planned anew, at every execution, which takes longer (0.2 ms) than running it.
 */
export const unmeasured = (array: string): string => `(select ${array})`;

/** A statement planned anew for its values. */
export const planned = (label: string, text: string): Statement => ({ text: `/* ${label} */ ${text}` });
