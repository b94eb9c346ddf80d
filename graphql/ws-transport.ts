import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { handleProtocols, makeServer, type Context } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Actor } from '../src/kernel/actor';
import { GatewayError, unavailable } from '../src/kernel/errors';
import type { Logger } from '../src/kernel/logger-type';
import type { Metrics } from '../src/kernel/metrics-type';
import { traceIdFrom } from '../src/kernel/trace';
import { parseIdempotencyKey, secretOf, type Credentials } from './context';
import { formatError, formattedOf, translated, type Trace } from './errors';
import type { Caller, Operations, PreparedOperation } from './operations';
import { sentItems } from './sent-items';
import { CLOSE, CloseSocket, serveSocket, type SocketExtra } from './socket';

export interface SocketLimits {
  readonly maxConnections: number;
  /** Operations under way at once on one connection. */
  readonly maxOperationsPerConnection: number;
  readonly maxPayloadBytes: number;
  readonly maxBufferedBytes: number;
  readonly connectionInitTimeoutMs: number;
  readonly keepAliveMs: number;
  /** How long a revoked key may go on receiving on a connection that it opened before. */
  readonly reauthenticateMs: number;
}

export const DEFAULT_SOCKET_LIMITS: SocketLimits = {
  maxConnections: 10_000,
  maxOperationsPerConnection: 100,
  maxPayloadBytes: 1024 * 1024,
  maxBufferedBytes: 4 * 1024 * 1024,
  connectionInitTimeoutMs: 5_000,
  keepAliveMs: 15_000,
  reauthenticateMs: 30_000,
};

export interface WsTransportOptions {
  readonly operations: Operations;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: SocketLimits;
  authenticate(credentials: Credentials): Promise<Actor>;
}

export interface WsTransport {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every peer that we are going away (1001) and waits until their subscriptions are closed. */
  close(): Promise<void>;
}

/** Ours, and those that end a connection in an ordinary way; a peer may send any number. */
const CODES: ReadonlySet<number> = new Set([...Object.values(CLOSE), 1000, 1005, 1006]);

type Socket = Context<Record<string, unknown>, SocketExtra>;

/** What belongs to one operation from `onSubscribe` to its last message; graphql-ws hands the same args to every callback. */
interface Live {
  readonly prepared: PreparedOperation;
  readonly caller: Caller;
  readonly id: string;
  readonly send: SocketExtra['send'];
}

/** GraphQL over WebSocket (graphql-transport-ws): queries, mutations and subscriptions through the same `operations` as HTTP. */
export function createWsTransport({ operations, logger, metrics, limits, authenticate }: WsTransportOptions): WsTransport {
  const live = new WeakMap<ExecutionArgs, Live>();

  /** @throws CloseSocket with the protocol's code when the caller may not go on. */
  async function identify({ connectionParams }: Socket): Promise<Actor> {
    try {
      const secret = secretOf(param(connectionParams, 'authorization'), param(connectionParams, 'apikey') ?? param(connectionParams, 'x-api-key'));
      return await authenticate({ secret });
    } catch (error) {
      throw closeFor(error, logger);
    }
  }

  /** An authenticator that cannot answer right now is no reason to cut off a listener. */
  async function recheck(socket: Socket): Promise<void> {
    if (Object.keys(socket.subscriptions).length === 0) return;
    try {
      await identify(socket);
    } catch (error) {
      const over = error instanceof CloseSocket && (error.code === CLOSE.unauthorized || error.code === CLOSE.forbidden);
      if (over) socket.extra.close(error.code, error.reason);
    }
  }

  function liveOf(args: ExecutionArgs): Live {
    const found = live.get(args);
    if (found === undefined) throw new Error('the socket executes only what onSubscribe prepared');
    return found;
  }

  const server = makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: limits.connectionInitTimeoutMs,
    async onConnect(socket) {
      await identify(socket);
      // A peer that left meanwhile has had its `onClose` already.
      if (socket.extra.isOpen()) socket.extra.recheck = setInterval(() => void recheck(socket), limits.reauthenticateMs).unref();
      return true;
    },
    onClose({ extra }) {
      if (extra.recheck !== null) clearInterval(extra.recheck);
    },
    async onSubscribe(socket, id, payload) {
      const trace: Trace = { traceId: traceIdFrom(text(payload.extensions?.['traceparent'])), logger, metrics };
      // Before anything is awaited: of a flood, those within the limit go on.
      if (Object.keys(socket.subscriptions).length > limits.maxOperationsPerConnection) return refuseAll([formatError(tooMany(limits), trace)]);
      // The key may have been revoked or limited since the connection was opened. An authenticator that cannot answer now
      // refuses this operation; the others on the socket go on.
      let actor: Actor;
      try {
        actor = await identify(socket);
      } catch (error) {
        if (error instanceof CloseSocket && error.code === CLOSE.tryAgainLater) {
          return refuseAll([formatError(unavailable('the key could not be checked, try again', 'AUTHENTICATION_UNAVAILABLE'), trace)]);
        }
        throw error;
      }
      const outcome = operations.prepare(payload, trace);
      if ('refused' in outcome) return refuseAll(outcome.refused);
      try {
        const idempotencyKey = parseIdempotencyKey(payload.extensions?.['idempotencyKey'], 'extensions.idempotencyKey');
        await operations.admit(actor);
        live.set(outcome.prepared.args, { prepared: outcome.prepared, caller: { actor, trace, idempotencyKey }, id, send: (text) => socket.extra.send(text) });
      } catch (error) {
        return refuseAll([formatError(error, trace)]);
      }
      return outcome.prepared.args;
    },
    async execute(args) {
      const { prepared, caller } = liveOf(args);
      return (await operations.run(prepared, caller)) as ExecutionResult;
    },
    async subscribe(args) {
      const { prepared, caller, id, send } = liveOf(args);
      const opened = await operations.subscribe(prepared, caller);
      return Symbol.asyncIterator in opened ? sentItems(id, opened, send) : (opened as ExecutionResult);
    },
    // The library speaks of GraphQLError instances, `operations` of formatted ones: they are sent as they are.
    onNext: (_socket, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onError: (_socket, _id, payload, errors) =>
      errors.map((error) => formattedOf(error) ?? formatError(error, { traceId: traceIdFrom(text(payload.extensions?.['traceparent'])), logger, metrics })),
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.maxPayloadBytes, perMessageDeflate: false, handleProtocols });
  sockets.on('connection', (socket, request) => {
    metrics.add('contextiq_websockets_open', {});
    socket.once('close', (code) => {
      metrics.add('contextiq_websockets_open', {}, -1);
      metrics.add('contextiq_websockets_closed_total', { code: CODES.has(code) ? String(code) : 'other' });
    });
    serveSocket(server, socket, request, { keepAliveMs: limits.keepAliveMs, maxBufferedBytes: limits.maxBufferedBytes, logger });
  });

  return {
    upgrade(request, socket, head) {
      if (sockets.clients.size >= limits.maxConnections) {
        socket.once('finish', () => socket.destroy());
        socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    },
    async close() {
      const clients = [...sockets.clients];
      const gone = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
      for (const client of clients) client.close(CLOSE.goingAway, 'Going away');
      // A peer that does not answer the closing handshake is not waited for.
      const impatience = setTimeout(() => clients.forEach((client) => client.terminate()), 2_000);
      await Promise.all(gone);
      clearTimeout(impatience);
      sockets.close();
    },
  };
}

function closeFor(error: unknown, logger: Logger): CloseSocket {
  const code = error instanceof GatewayError ? error.code : null;
  switch (code) {
    case 'UNAUTHENTICATED':
      return new CloseSocket(CLOSE.unauthorized, 'Unauthorized');
    case 'BAD_USER_INPUT':
      return new CloseSocket(CLOSE.badRequest, 'Malformed authorization');
    case 'FORBIDDEN':
      return new CloseSocket(CLOSE.forbidden, 'Forbidden');
    case 'RATE_LIMITED':
    case 'UNAVAILABLE':
      return new CloseSocket(CLOSE.tryAgainLater, 'Try again later');
    default:
      logger.error({ err: error }, 'unexpected error while authenticating a GraphQL socket');
      return new CloseSocket(CLOSE.internalError, 'Internal server error');
  }
}

const tooMany = (limits: SocketLimits): GatewayError =>
  new GatewayError('RATE_LIMITED', `a connection carries at most ${limits.maxOperationsPerConnection} operations at once`, {
    reason: 'TOO_MANY_OPERATIONS',
    retryAfterMs: 1_000,
  });

const refuseAll = (errors: readonly GraphQLFormattedError[]): GraphQLError[] => errors.map(translated);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Connection parameters are matched as headers are, without regard to case. */
function param(params: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const entry = Object.entries(params ?? {}).find(([key]) => key.toLowerCase() === name);
  return text(entry?.[1]);
}
