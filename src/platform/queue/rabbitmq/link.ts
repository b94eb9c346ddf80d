import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ChannelModel } from 'amqplib';
import type { Logger } from '../../../kernel/logger-type';
import type { QueueState } from '../queue.port';

const CONNECT_MS = 5000;
const HEARTBEAT_S = 10;
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 5000;
const CLOSE_MS = 2000;
/** A queue whose members have not found each other again answers nothing at all. */
const SETUP_MS = 15_000;

/** Sets up its own channels on a new connection. What makes it useless later is told to `broken`: everything is then set up anew. */
export type Part = (model: ChannelModel, broken: (error: Error) => void) => Promise<void>;

export interface Link {
  /** Sets the part up on this connection, if there is one, and on every later one. @returns what ends that */
  use(part: Part): () => void;
  state(): QueueState;
  /** What the first try met: null when it succeeded. */
  readonly firstTry: Promise<Error | null>;
  close(): Promise<void>;
}

/**
 * One connection that comes back. amqplib's own recovery knows of lost connections only; a channel that the broker closed or a
 * queue that was deleted ends here in the same way: the connection is made anew and every part with it.
 */
export function openLink(url: string, logger: Logger): Link {
  const parts = new Set<Part>();
  const closing = new AbortController();
  let current: { readonly model: ChannelModel; broken(error: Error): void } | null = null;
  let trouble = 'connecting';
  let tried: (error: Error | null) => void = () => undefined;
  const firstTry = new Promise<Error | null>((resolve) => { tried = resolve; });

  /** Resolves with why the connection ended. @throws why it never stood */
  const live = async (): Promise<Error> => {
    const socket = new AbortController();
    const options = { timeout: CONNECT_MS, clientProperties: { connection_name: `contextiq ${process.pid}` }, signal: socket.signal };
    const model = await connect(withHeartbeat(url), options);
    let broken: (error: Error) => void = () => undefined;
    const gone = new Promise<Error>((resolve) => { broken = resolve; });
    model.on('error', broken);
    model.on('close', (error) => { broken(error ?? new Error('the connection was closed')); });
    try {
      await inTime(broken, async () => {
        for (const part of parts) await Promise.race([part(model, broken), gone.then((error) => { throw error; })]);
      });
      current = { model, broken };
      tried(null);
      logger.info({}, 'connected to RabbitMQ');
      return await Promise.race([gone, aborted(closing.signal)]);
    } finally {
      current = null;
      await Promise.race([model.close().catch(() => undefined), delay(CLOSE_MS, undefined, { ref: false })]);
      // One that does not say goodbye would keep its messages, and whoever waits for its answers waiting.
      socket.abort();
    }
  };

  const run = async (): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const error = await live().then((ended) => { attempt = 0; return ended; }, toError);
      tried(error);
      if (closing.signal.aborted) return;
      trouble = error.message;
      const ceiling = Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** Math.min(attempt, 10));
      logger.warn({ error: error.message, attempt }, 'no connection to RabbitMQ; jobs wait in the database');
      await delay(ceiling / 2 + Math.random() * (ceiling / 2), undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const running = run();

  return {
    firstTry,
    use(part) {
      parts.add(part);
      const now = current;
      if (now !== null) inTime(now.broken, () => part(now.model, now.broken)).catch((error: unknown) => { now.broken(toError(error)); });
      return () => { parts.delete(part); };
    },
    state: () => (current === null ? { state: 'down', detail: `RabbitMQ: ${trouble}` } : { state: 'up' }),
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function inTime(broken: (error: Error) => void, setUp: () => Promise<void>): Promise<void> {
  const late = setTimeout(() => { broken(new Error(`the queues were not set up within ${SETUP_MS} ms`)); }, SETUP_MS);
  try {
    await setUp();
  } finally {
    clearTimeout(late);
  }
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

async function aborted(signal: AbortSignal): Promise<Error> {
  if (!signal.aborted) await once(signal, 'abort');
  return new Error('closing');
}

/** A peer that is gone without a word is noticed within two heartbeats. */
function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_S));
  return parsed.href;
}
