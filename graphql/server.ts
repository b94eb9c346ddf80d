import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import type { Actor } from '../src/kernel/actor';
import type { Logger } from '../src/kernel/logger-type';
import { noMetrics, type Metrics } from '../src/kernel/metrics-type';
import { traceIdFrom } from '../src/kernel/trace';
import { withCompiledVariables } from './compiled-variables';
import type { Credentials } from './context';
import { createDocuments } from './documents';
import { createHttpTransport, DEFAULT_PROTOCOL, type HttpProtocol } from './http-transport';
import { DEFAULT_LIMITS, type QueryLimits } from './limits';
import { measuredOperations } from './measured-operations';
import { createOperations, graphqlExecutor, type Executor } from './operations';
import type { BodyLimits } from './request-body';
import { createWsTransport, DEFAULT_SOCKET_LIMITS, type SocketLimits } from './ws-transport';

export interface GraphQLDoorOptions<App, Loaders> {
  readonly schema: GraphQLSchema;
  readonly app: App;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Whether clients may read the schema (and get "did you mean" hints). */
  readonly introspection: boolean;
  /** Who the caller is. @throws GatewayError UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED or UNAVAILABLE. */
  authenticate(credentials: Credentials): Promise<Actor>;
  /** Asked before each operation, a subscription's events aside. @throws GatewayError RATE_LIMITED */
  admit?(actor: Actor): Promise<void>;
  /** What this process does without at the moment; told in `extensions.degraded` of every answer meanwhile. */
  modes?(): readonly string[];
  /** Called per operation and per subscription event, so that no answer comes from an earlier one's cache. */
  createLoaders(app: App, actor: Actor): Loaders;
  /** At least two consistency tokens of one document → the one that covers them all. */
  mergeTokens(tokens: readonly string[]): string;
  readonly limits?: Partial<QueryLimits>;
  readonly sockets?: Partial<SocketLimits>;
  readonly body?: Partial<BodyLimits>;
  readonly protocol?: Partial<HttpProtocol>;
  readonly executor?: Executor;
}

export interface GraphQLDoor {
  /** Answers a request to `/graphql`; never rejects. Without a trace id the request's `traceparent` gives one. */
  handle(request: IncomingMessage, response: ServerResponse, traceId?: string): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every socket with 1001 and frees their subscriptions. Requests under way are the http server's to wait for. */
  close(): Promise<void>;
}

const DEFAULT_BODY: BodyLimits = { maxBytes: 3 * 1024 * 1024, timeoutMs: 15_000 };

/** GraphQL over HTTP and over WebSocket, with one schema, one set of limits, one document cache and one translation of errors. */
export async function createGraphQLDoor<App, Loaders>(options: GraphQLDoorOptions<App, Loaders>): Promise<GraphQLDoor> {
  const { schema, app, logger, introspection, metrics = noMetrics, executor = graphqlExecutor } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const operations = measuredOperations(createOperations({
    schema,
    documents: createDocuments({ schema, limits, introspection }),
    limits,
    executor: withCompiledVariables(executor),
    app,
    admit: async (actor) => { await options.admit?.(actor); },
    modes: () => options.modes?.() ?? [],
    createLoaders: (...args) => options.createLoaders(...args),
    mergeTokens: (tokens) => options.mergeTokens(tokens),
  }), metrics);
  const authenticate = (credentials: Credentials): Promise<Actor> => options.authenticate(credentials);
  const http = await createHttpTransport({
    schema, operations, logger, metrics, authenticate,
    body: { ...DEFAULT_BODY, ...options.body },
    protocol: { ...DEFAULT_PROTOCOL, ...options.protocol },
  });
  const sockets = createWsTransport({ operations, logger, metrics, authenticate, limits: { ...DEFAULT_SOCKET_LIMITS, ...options.sockets } });
  return {
    handle: (request, response, traceId = traceIdFrom(header(request, 'traceparent'))) => http.handle(request, response, traceId),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    async close() {
      await sockets.close();
      await http.close();
    },
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
