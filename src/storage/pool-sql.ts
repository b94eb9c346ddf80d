import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { GatewayError } from '../kernel/errors';
import { brokeConnection, databaseBusy, databaseDown, isTransient, spoilsConnection, takesNoWrites, translateCheckoutError, translateError } from './pg-errors';
import { onlyReads, type Sql, type Statement } from './sql';

const ATTEMPTS = 4;

export interface PoolSql extends Sql {
  /** Turns new work away and resolves when the last of the old is done. The pool itself would drop whoever still waits. */
  drain(): Promise<void>;
  /** The server is gone: fails everything that is under way with UNAVAILABLE (DATABASE_DOWN) and throws every connection away. */
  cut(error: Error): void;
  /** False from a refused write (a standby, a full disk) until one succeeds. */
  takesWrites(): boolean;
}

/**
 * The handle over a pool of connections.
 *
 * - A statement or transaction that would be the `maxWaiting`-th in line fails at once with UNAVAILABLE (DATABASE_BUSY).
 * - A statement or transaction that loses a race (deadlock, serialization failure, a parent row just gone) is run again, three times at most: a
 *   transaction's work must have no effect but its statements. Then it is UNAVAILABLE (DATABASE_BUSY).
 * - What a broken connection interrupted is run again once, over another one, where nothing can have come of it: a statement that only reads, a
 *   transaction whose COMMIT was not sent.
 * - While `refusal` gives an error, it is the answer: the server is known to be away.
 * - Inside `transact` use the handle that is passed in. The outer one waits for a connection, with a pool of one for
 *   its own; the pool's timeout then ends the wait with DATABASE_BUSY.
 */
export function createPoolSql(pool: Pool, maxWaiting: number, refusal: () => GatewayError | null = () => null): PoolSql {
  let taken = 0;
  let drained: (() => void) | null = null;
  let writesRefused = false;
  /** Ends every wait for the server. */
  const waits = new Set<(error: Error) => void>();

  /** The server's answer, or the cut. */
  const answer = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      waits.add(reject);
      work.then(
        (value) => { waits.delete(reject); resolve(value); },
        (error: unknown) => {
          waits.delete(reject);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });

  /** Every success is followed by one `giveBack`. */
  async function checkOut(): Promise<PoolClient> {
    if (drained !== null) throw databaseDown();
    const refused = refusal();
    if (refused !== null) throw refused;
    if (pool.waitingCount >= maxWaiting) throw databaseBusy();
    taken += 1;
    const connecting = pool.connect();
    try {
      const client = await answer(connecting);
      client.on('error', toldByStatements);
      return client;
    } catch (error) {
      if (error instanceof Cut) connecting.then((client) => { client.release(error); }, () => undefined);
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

  async function attempt<T>(work: (sql: Sql) => Promise<T>, progress: { committing: boolean }): Promise<T> {
    const client = await checkOut();
    const line: { lost: Cut | null } = { lost: null };
    /** After the cut there is nobody to ask, whatever the work makes of it. */
    const ask = async <Answer>(query: () => Promise<Answer>): Promise<Answer> => {
      if (line.lost !== null) throw line.lost;
      try {
        return await answer(query());
      } catch (error) {
        if (error instanceof Cut) line.lost = error;
        throw error;
      }
    };
    const transaction = createTransactionSql((statement, values) => ask(() => run(client, statement, values)));
    progress.committing = false;
    let broken: Error | undefined;
    let result: T;
    try {
      await ask(() => client.query('BEGIN'));
      result = await work(transaction.sql);
      await transaction.settled();
      progress.committing = true;
      const { command } = await ask(() => client.query('COMMIT'));
      // A failed statement whose error was swallowed leaves an aborted transaction: COMMIT then only rolls back.
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed');
    } catch (error) {
      await transaction.settled();
      noteRefusal(error);
      if (line.lost !== null) broken = line.lost;
      else broken = spoilsConnection(error) ? error : await rollBack(client);
      throw error;
    } finally {
      transaction.end();
      giveBack(client, broken);
    }
    if (writesRefused && transaction.wrote()) writesRefused = false;
    for (const callback of transaction.callbacks) callback(); // the connection is free again by now
    return result;
  }

  async function single<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const client = await checkOut();
    let broken: Error | undefined;
    try {
      const rows = await answer(run<Row>(client, statement, values));
      if (writesRefused && !onlyReads(statement)) writesRefused = false;
      return rows;
    } catch (error) {
      noteRefusal(error);
      if (spoilsConnection(error) || error instanceof Cut) broken = error;
      throw error;
    } finally {
      // Not `pool.query`: that one throws the connection and its prepared statements away on every SQL error.
      giveBack(client, broken);
    }
  }

  function noteRefusal(error: unknown): void {
    if (takesNoWrites(error)) writesRefused = true;
  }

  /** @returns why the connection is of no more use, if so */
  async function rollBack(client: PoolClient): Promise<Error | undefined> {
    try {
      await answer(client.query('ROLLBACK'));
      return undefined;
    } catch (failure) {
      return failure instanceof Error ? failure : new Error(String(failure));
    }
  }

  return {
    query: (statement, values) => persist(() => single(statement, values), () => onlyReads(statement)),
    transact: (work) => {
      const progress = { committing: false };
      return persist(() => attempt(work, progress), () => !progress.committing);
    },
    cut(error) {
      const cut = new Cut('the connection was cut: the server is silent', { cause: error });
      for (const end of [...waits]) end(cut);
      // Those at rest hang on the same server: whoever comes next gets a new one.
      for (let idle = pool.idleCount; idle > 0; idle -= 1) pool.connect().then((client) => { client.release(cut); }, () => undefined);
    },
    takesWrites: () => !writesRefused,
    afterCommit: (callback) => callback(),
    drain: () =>
      new Promise((resolve) => {
        drained = resolve;
        if (taken === 0) resolve();
      }),
  };
}

/** Tries again what lost a race against another transaction, after a random while that grows; once, what a broken connection interrupted harmlessly. */
async function persist<T>(work: () => Promise<T>, isHarmless: () => boolean): Promise<T> {
  let broke = false;
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      const again = isTransient(error) || (!broke && brokeConnection(error) && isHarmless());
      if (tried === ATTEMPTS || !again) throw error instanceof Cut ? databaseDown(error) : translateError(error);
      broke ||= brokeConnection(error);
      await delay(Math.random() * 20 * 2 ** tried);
    }
  }
}

/** Nobody waits for the server any longer. What a COMMIT under way came to is not known. */
class Cut extends Error {
  override readonly name = 'Cut';
}

/** A connection that breaks fails its statement, and an error event that nobody hears would end the process. */
const toldByStatements = (): void => undefined;

interface Transaction {
  readonly sql: Sql;
  readonly callbacks: readonly (() => void)[];
  /** Resolves when no statement is under way. */
  settled(): Promise<void>;
  /** Whether any of its statements may have written. */
  wrote(): boolean;
  end(): void;
}

/** One transaction's handle. Statements run one after the other, also when the caller did not wait. */
function createTransactionSql(send: Sql['query']): Transaction {
  const statements: Statement[] = [];
  const callbacks: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let ended = false;
  const sql: Sql = {
    query: async <Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
      if (ended) throw new Error('this transaction has ended: use its handle only inside transact');
      statements.push(statement);
      const result = last.then(() => send<Row>(statement, values));
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
    wrote: () => !statements.every(onlyReads),
    end: () => {
      ended = true;
    },
  };
}

async function run<Row extends object>(client: PoolClient, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  const { rows } = await client.query<Row>({ ...statement, values: [...values] });
  return rows;
}
