import type { IncomingMessage } from 'node:http';
import type { Server } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { Logger } from '../src/kernel/logger-type';

/** Close codes of the graphql-transport-ws protocol that we send ourselves, and two of our own range. */
export const CLOSE = {
  goingAway: 1001,
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  internalError: 4500,
  slowConsumer: 4008,
} as const;

/** Thrown inside a protocol callback to end the connection with this code. The reason must not exceed 123 bytes. */
export class CloseSocket extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

export interface SocketExtra {
  readonly request: IncomingMessage;
  isOpen(): boolean;
  /** Resolves once the bytes were handed over; a peer that reads too slowly is closed instead. */
  send(text: string): Promise<void>;
  close(code: number, reason: string): void;
  /** Asks again whether the caller may still listen; set while the connection is acknowledged. */
  recheck: NodeJS.Timeout | null;
}

export interface SocketOptions {
  /** Every interval a ping is sent; a peer that did not answer the one before is cut off. */
  readonly keepAliveMs: number;
  /** Bytes that may wait for a peer that reads too slowly. */
  readonly maxBufferedBytes: number;
  readonly logger: Logger;
}

/**
 * Binds one ws socket to the protocol server. graphql-ws' own `useServer` prints to the console and, outside of production,
 * sends messages of internal errors to the peer; this does neither, and bounds what a slow reader may make us hold.
 */
export function serveSocket(server: Server<SocketExtra>, socket: WebSocket, request: IncomingMessage, options: SocketOptions): void {
  const { keepAliveMs, maxBufferedBytes, logger } = options;
  let alive = true;
  const keepAlive = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, keepAliveMs);
  keepAlive.unref();
  socket.on('pong', () => {
    alive = true;
  });
  // A broken frame or one beyond maxPayload: ws closes the connection with the right code by itself.
  socket.on('error', (error) => logger.debug({ err: error }, 'WebSocket error'));

  // Whatever would be sent to a closing peer waits for its end: a subscription must not race through its backlog for nobody.
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const send = (text: string): Promise<void> => {
    if (socket.readyState !== socket.OPEN) return gone;
    if (socket.bufferedAmount > maxBufferedBytes) {
      socket.close(CLOSE.slowConsumer, 'Slow consumer');
      return gone;
    }
    return new Promise((resolve) => {
      // A failed write means the connection is gone, which `close` reports.
      socket.send(text, () => resolve());
    });
  };

  const closed = server.opened(
    {
      protocol: socket.protocol,
      send,
      close: (code, reason) => socket.close(code, reason),
      onMessage: (receive) => {
        socket.on('message', (data, isBinary) => {
          if (isBinary) return socket.close(CLOSE.badRequest, 'Messages are text');
          receive(textOf(data)).catch((error: unknown) => {
            if (error instanceof CloseSocket) return socket.close(error.code, error.reason);
            logger.error({ err: error }, 'unexpected error on a GraphQL socket');
            socket.close(CLOSE.internalError, 'Internal server error');
          });
        });
      },
    },
    { request, recheck: null, send, isOpen: () => socket.readyState === socket.OPEN, close: (code, reason) => socket.close(code, reason) },
  );

  socket.once('close', (code, reason) => {
    clearInterval(keepAlive);
    closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'a subscription failed to close'));
  });
}

/** ws types a message as any of the shapes that its `binaryType` may choose. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
