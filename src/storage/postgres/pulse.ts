import { setTimeout as delay } from 'node:timers/promises';
import { Socket } from 'node:net';
import { Client, DatabaseError } from 'pg';
import type { Logger } from '../../kernel/logger-type';
import type { DatabaseCondition } from '../database-type';

export interface PulseOptions {
  readonly url: string;
  readonly logger: Logger;
  /** The server has not answered for two beats: whoever waits for it waits in vain. */
  onAway(error: Error): void;
}

export interface Pulse {
  readonly condition: DatabaseCondition;
  /** When it is asked next, in milliseconds; for callers who are turned away. */
  readonly retryAfterMs: number;
  /** Asks now, when it is not asking already. */
  beat(): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 1000;
/** A server that has much to do is slow to answer even this; one that is silent for twice as long is not there. */
const LIMIT_MS = 3000;
const FAILURES = 2;
const ASK = `select current_setting('transaction_read_only') = 'on' as "readOnly"`;
/** Of answers to a login, those that say that the server cannot serve; any other shows that it is alive. */
const NOT_SERVING = /^(57P|08)/;

/**
 * The circuit breaker of a PostgreSQL server. It asks the server once a second over a connection of its own, so that a full
 * pool or a slow statement is not taken for a server that is away, and errors of statements count for nothing. Two beats
 * without an answer open the circuit: nobody then waits for time limits. The next beat that is answered closes it.
 */
export function startPulse({ url, logger, onAway }: PulseOptions): Pulse {
  const stopping = new AbortController();
  let condition: DatabaseCondition = 'up';
  let failures = 0;
  let nextAt = performance.now() + EVERY_MS;
  let connection: Connection | null = null;
  let beating: Promise<void> | null = null;

  const drop = (): void => {
    connection?.socket.destroy();
    connection = null;
  };
  const isStopping = (): boolean => stopping.signal.aborted;

  const become = (now: DatabaseCondition, error?: Error): void => {
    if (now === condition) return;
    const before = condition;
    condition = now;
    if (now === 'away') {
      logger.error({ err: error }, 'the database does not answer: requests are refused at once until it does');
      onAway(error ?? new Error('no answer'));
    } else if (now === 'read-only') logger.warn({}, 'the database takes no writes');
    else logger.info({ before }, 'the database is back');
  };

  const ask = async (): Promise<boolean> => {
    connection ??= await connect(url);
    const { rows } = await connection.client.query<{ readOnly: boolean }>(ASK);
    return rows[0]?.readOnly === true;
  };

  const once = async (): Promise<void> => {
    try {
      const readOnly = await ask();
      failures = 0;
      become(readOnly ? 'read-only' : 'up');
      // A server that became a standby has a successor, which only a new connection finds.
      if (readOnly) drop();
    } catch (error) {
      drop();
      if (error instanceof DatabaseError && !NOT_SERVING.test(error.code ?? '')) return;
      failures += 1;
      if (failures >= FAILURES && !isStopping()) become('away', error instanceof Error ? error : new Error(String(error)));
    }
  };

  const beat = (): Promise<void> => (beating ??= once().finally(() => { beating = null; }));

  const run = async (): Promise<void> => {
    while (!isStopping()) {
      // Half of it is random, so that gateways which lost one server do not come back together.
      const pause = failures === 0 ? EVERY_MS : EVERY_MS * (0.25 + Math.random() / 4);
      nextAt = performance.now() + pause;
      await delay(pause, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      if (!isStopping()) await beat();
    }
  };
  const running = run();

  return {
    get condition() { return condition; },
    get retryAfterMs() { return Math.ceil(Math.max(0, nextAt - performance.now()) + EVERY_MS * Math.random()) + 1; },
    beat,
    async stop() {
      stopping.abort();
      drop();
      await running;
      drop();
    },
  };
}

interface Connection {
  readonly client: Client;
  readonly socket: Socket;
}

async function connect(url: string): Promise<Connection> {
  // In one's own hand, because a driver that says goodbye to a silent server waits for its answer.
  const socket = new Socket();
  const client = new Client({
    connectionString: url, stream: () => socket, application_name: 'contextiq pulse',
    connectionTimeoutMillis: LIMIT_MS, query_timeout: LIMIT_MS, statement_timeout: LIMIT_MS, keepAlive: true,
  });
  client.on('error', () => undefined); // the next beat meets it
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { client, socket };
}
