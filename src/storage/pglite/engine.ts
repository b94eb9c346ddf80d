import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../kernel/logger-type';
import { EngineError } from '../pg-errors';
import { EngineSocket, type SocketOwner } from './socket';

/** PGlite in a thread of its own. It has one backend: open one connection at a time. */
export interface Engine {
  /** A fresh, unconnected line for the `pg` driver's `stream` option. */
  connect(): EngineSocket;
  /** Resolves when the engine has started. @throws Error with the engine's own words when the files cannot be opened */
  ready(): Promise<void>;
  /** All files of the database as a tar archive. Nothing else may run meanwhile. */
  image(): Promise<Uint8Array>;
  /** Shuts the database down and ends the thread. Safe to call twice. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** `null` keeps everything in memory. */
  readonly dataDir: string | null;
  /** A file that `image()` gave: what a database in memory starts with. `null`: empty. */
  readonly image: string | null;
  readonly sharedBuffersMb: number;
  readonly logger: Logger;
}

type Reply =
  | { readonly kind: 'ready' | 'closed' }
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'reply'; readonly socket: number; readonly bytes: Uint8Array };

interface Running {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
}

/**
 * An engine that breaks (out of memory, a panic) takes its connections with it; the next connection starts a new one,
 * which recovers from the write-ahead log. A database in memory is lost then, and says so instead of coming back empty.
 */
export function createEngine(options: EngineOptions): Engine {
  const sockets = new Map<number, EngineSocket>();
  let running: Running | null = null;
  let closing: Promise<void> | null = null;
  let lost: Error | null = null;
  let nextSocket = 1;

  function ready(): Promise<void> {
    if (closing !== null) return Promise.reject(new EngineError('the database is closed'));
    if (lost !== null) return Promise.reject(lost);
    running ??= start();
    return running.ready;
  }

  function start(): Running {
    const worker = new Worker(join(__dirname, 'worker.cjs'), {
      workerData: { dataDir: options.dataDir, image: options.image, sharedBuffersMb: options.sharedBuffersMb },
    });
    let reason = new EngineError('the database engine stopped');
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const started = new Promise<void>((resolve, reject) => {
      worker.on('message', (reply: Reply) => {
        if (reply.kind === 'reply') sockets.get(reply.socket)?.receive(reply.bytes);
        else if (reply.kind === 'ready') resolve();
        else if (reply.kind === 'failed') reason = new EngineError(`the database engine failed: ${reply.message}`);
      });
      worker.on('error', (error) => (reason = new EngineError(`the database engine failed: ${error.message}`, { cause: error })));
      void exited.then(() => {
        reject(reason);
        stopped(reason);
      });
    });
    started.catch(() => undefined); // reported by whoever waits for `ready`; nobody may be waiting
    return { worker, ready: started, exited };
  }

  function stopped(reason: Error): void {
    running = null;
    if (closing !== null) return;
    if (options.dataDir === null) lost = reason;
    const consequence = options.dataDir === null ? 'everything in memory is lost' : 'it restarts with the next statement';
    options.logger.error({ err: reason }, `the database engine stopped; ${consequence}`);
    for (const socket of [...sockets.values()]) socket.destroy(reason);
  }

  async function image(): Promise<Uint8Array> {
    await ready();
    return new Promise((resolve, reject) => {
      running?.worker.on('message', (reply: Reply) => {
        if (reply.kind === 'image') resolve(reply.bytes);
      });
      running?.worker.once('exit', () => { reject(new EngineError('the database engine stopped')); });
      running?.worker.postMessage({ kind: 'image' });
    });
  }

  async function shutDown(): Promise<void> {
    for (const socket of [...sockets.values()]) socket.destroy();
    const current = running;
    if (current === null) return;
    const started = await current.ready.then(
      () => true,
      () => false,
    );
    if (!started) return;
    const closed = new Promise<void>((resolve) => {
      current.worker.on('message', (reply: Reply) => {
        if (reply.kind === 'closed') resolve();
      });
    });
    current.worker.postMessage({ kind: 'close' });
    await Promise.race([closed, current.exited]);
    await current.worker.terminate();
  }

  const owner: SocketOwner = {
    ready,
    send: (socket, messages) =>
      running?.worker.postMessage({ kind: 'exec', socket: socket.number, bytes: messages }, [messages.buffer]),
    closed: (socket) => void sockets.delete(socket.number),
  };

  return {
    connect: () => {
      const socket = new EngineSocket(nextSocket++, owner);
      sockets.set(socket.number, socket);
      return socket;
    },
    ready,
    image,
    close: () => (closing ??= shutDown()),
  };
}
