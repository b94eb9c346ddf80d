import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { databaseBusy, databaseDown, isTransient, spoilsConnection, translateCheckoutError, translateError } from './pg-errors';
import type { Sql, Statement } from './sql';

const ATTEMPTS = 4;

export interface PoolSql extends Sql {
  /** Turns new work away and resolves when the last of the old is done. The pool itself would drop whoever still waits. */
  drain(): Promise<void>;
}

/**
 * The handle over a pool of connections.
 *
 * - A statement or transaction that would be the `maxWaiting`-th in line fails at once with UNAVAILABLE (DATABASE_BUSY).
 * - A statement or transaction that loses a race (deadlock, serialization failure, a parent row just gone) is run again, three times at most: a
 *   transaction's work must have no effect but its statements. Then it is UNAVAILABLE (DATABASE_BUSY).
 * - Inside `transact` use the handle that is passed in. The outer one waits for a connection, with a pool of one for
 *   its own; the pool's timeout then ends the wait with DATABASE_BUSY.
 */
export function createPoolSql(pool: Pool, maxWaiting: number): PoolSql {
  let taken = 0;
  let drained: (() => void) | null = null;

  /** Every success is followed by one `giveBack`. */
  async function checkOut(): Promise<PoolClient> {
    if (drained !== null) throw databaseDown();
    if (pool.waitingCount >= maxWaiting) throw databaseBusy();
    taken += 1;
    try {
      const client = await pool.connect();
      client.on('error', toldByStatements);
      return client;
    } catch (error) {
      returned();
      throw translateCheckoutError(error);
    }
  }

  function giveBack(client: PoolClient, broken?: Error): void {
    client.removeListener('error', toldByStatements);
    client.release(broken);
    returned();
  }

  function returned(): void {
    taken -= 1;
    if (taken === 0) drained?.();
  }

  async function attempt<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await checkOut();
    const transaction = createTransactionSql(client);
    let broken: Error | undefined;
    let result: T;
    try {
      await client.query('BEGIN');
      result = await work(transaction.sql);
      await transaction.settled();
      const { command } = await client.query('COMMIT');
      // A failed statement whose error was swallowed leaves an aborted transaction: COMMIT then only rolls back.
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed');
    } catch (error) {
      await transaction.settled();
      if (spoilsConnection(error)) broken = error;
      else broken = await rollBack(client);
      throw error;
    } finally {
      transaction.end();
      giveBack(client, broken);
    }
    for (const callback of transaction.callbacks) callback(); // the connection is free again by now
    return result;
  }

  async function single<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const client = await checkOut();
    let broken: Error | undefined;
    try {
      return await run<Row>(client, statement, values);
    } catch (error) {
      if (spoilsConnection(error)) broken = error;
      throw error;
    } finally {
      // Not `pool.query`: that one throws the connection and its prepared statements away on every SQL error.
      giveBack(client, broken);
    }
  }

  return {
    query: (statement, values) => persist(() => single(statement, values)),
    transact: (work) => persist(() => attempt(work)),
    afterCommit: (callback) => callback(),
    drain: () =>
      new Promise((resolve) => {
        drained = resolve;
        if (taken === 0) resolve();
      }),
  };
}

/** Tries again what lost a race against another transaction, after a random while that grows. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      if (tried === ATTEMPTS || !isTransient(error)) throw translateError(error);
      await delay(Math.random() * 20 * 2 ** tried);
    }
  }
}

/** @returns why the connection is of no more use, if so */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (failure) {
    return failure instanceof Error ? failure : new Error(String(failure));
  }
}

/** A connection that breaks fails its statement, and an error event that nobody hears would end the process. */
const toldByStatements = (): void => undefined;

interface Transaction {
  readonly sql: Sql;
  readonly callbacks: readonly (() => void)[];
  /** Resolves when no statement is under way. */
  settled(): Promise<void>;
  end(): void;
}

/** One transaction's handle. Statements run one after the other, also when the caller did not wait. */
function createTransactionSql(client: PoolClient): Transaction {
  const callbacks: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let ended = false;
  const sql: Sql = {
    query: async <Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
      if (ended) throw new Error('this transaction has ended: use its handle only inside transact');
      const result = last.then(() => run<Row>(client, statement, values));
      last = result.catch(() => undefined); // the caller gets the rejection; the next statement only waits
      return result;
    },
    transact: (work) => work(sql),
    afterCommit: (callback) => void callbacks.push(callback),
  };
  return {
    sql,
    callbacks,
    settled: async () => {
      await last;
    },
    end: () => {
      ended = true;
    },
  };
}

async function run<Row extends object>(client: PoolClient, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  const { rows } = await client.query<Row>({ ...statement, values: [...values] });
  return rows;
}
