import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../kernel/logger-type';
import { noMetrics, type Metrics } from '../kernel/metrics-type';
import { traceIdFrom } from '../kernel/trace';
import { VERSION } from '../kernel/version';
import { replyPreflight, setCorsHeaders, setSecurityHeaders } from './headers';
import { readinessOf, type Health } from './health';
import { judge, type HostPolicy } from './host-policy';
import { refusalOfReader, replyMetrics, type MetricsPage } from './metrics-page';
import { refuseUpgrade, replyError, replyJson, type HttpError } from './reply';

export interface HostOptions {
  readonly graphql: {
    handle(request: IncomingMessage, response: ServerResponse, traceId: string): Promise<void>;
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
    close(): Promise<void>;
  };
  /** False from `handle` means that there is no such file. */
  readonly graphiql?: { handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> };
  readonly health: Health;
  readonly metrics?: Metrics;
  /** Absent: there is nothing at `/metrics`. */
  readonly metricsPage?: MetricsPage | undefined;
  readonly logger: Logger;
  readonly allow: HostPolicy;
  /** How long `close` waits for requests under way. */
  readonly graceMs?: number;
  readonly patience?: Patience;
}

/** What a peer may take before it is cut off. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often that is looked at. */
  readonly checkMs: number;
}

/** Idle connections outlive a load balancer's 60 s. */
const KEEP_ALIVE_MS = 65_000;
const DEFAULT_PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, checkMs: 2_000 };

export interface Host {
  /** Port 0 picks a free one. @throws when the address is taken. */
  listen(port: number, hostname: string): Promise<AddressInfo>;
  /** Stops accepting, closes subscriptions, waits for requests under way up to `graceMs`, then cuts what is left. */
  close(): Promise<void>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly traceId: string;
}

interface Route {
  readonly methods: readonly string[];
  handle(exchange: Exchange): Promise<void> | void;
}

const READ = ['GET', 'HEAD'];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The http server of the process: admits or refuses by host and origin, routes, logs one line per request, and closes in order. */
export function createHost({ graphql, graphiql, health, metrics = noMetrics, metricsPage, logger, allow, graceMs = 10_000, patience = DEFAULT_PATIENCE }: HostOptions): Host {
  const upgraded = new Set<Duplex>();
  let draining = false;

  const routes: Readonly<Record<string, Route>> = {
    '/healthz': { methods: READ, handle: ({ request, response }) => replyJson(request, response, 200, { status: 'alive' }) },
    '/readyz': {
      methods: READ,
      async handle({ request, response }) {
        const readiness = await readinessOf(health, draining);
        replyJson(request, response, readiness.ready ? 200 : 503, readiness);
      },
    },
    '/graphql': { methods: ['GET', 'POST'], handle: ({ request, response, traceId }) => graphql.handle(request, response, traceId) },
    '/': { methods: READ, handle: welcome },
    ...(metricsPage === undefined ? {} : { '/metrics': { methods: READ, handle: (exchange: Exchange) => showMetrics(exchange, metricsPage) } }),
  };
  const pages: Route = {
    methods: READ,
    async handle(exchange) {
      const found = graphiql !== undefined && (await graphiql.handle(exchange.request, exchange.response));
      if (!found) refuse(exchange, NO_SUCH_PATH);
    },
  };

  const refuse = ({ request, response, traceId }: Exchange, error: HttpError): void => {
    metrics.add('contextiq_errors_total', { door: 'http', code: error.code });
    replyError(request, response, error, traceId);
  };

  async function showMetrics(exchange: Exchange, page: MetricsPage): Promise<void> {
    const refusal = refusalOfReader(page.access, exchange.request);
    if (refusal === null) return replyMetrics(exchange.request, exchange.response, page);
    if (refusal.code === 'UNAUTHENTICATED') exchange.response.setHeader('www-authenticate', 'Bearer');
    refuse(exchange, refusal);
  }

  function welcome({ request, response }: Exchange): void {
    if (graphiql !== undefined && (request.headers.accept ?? '').includes('text/html')) {
      response.writeHead(302, { location: '/graphiql', 'content-length': 0 }).end();
      return;
    }
    const links = { graphql: '/graphql', ...(graphiql === undefined ? {} : { graphiql: '/graphiql' }), health: '/healthz', readiness: '/readyz', ...(metricsPage === undefined ? {} : { metrics: '/metrics' }) };
    replyJson(request, response, 200, { name: 'contextiq', version: VERSION, ...links });
  }

  const routeOf = (path: string): Route | undefined =>
    path === '/graphiql' || path.startsWith('/graphiql/') ? pages : Object.hasOwn(routes, path) ? routes[path] : undefined;

  const routeLabel = (path: string): string => (Object.hasOwn(routes, path) ? path : path === '/graphiql' || path.startsWith('/graphiql/') ? '/graphiql' : 'other');

  async function serve(exchange: Exchange): Promise<void> {
    const { request, response, path } = exchange;
    const verdict = judge(allow, request.headers);
    if (!verdict.allowed) return refuse(exchange, { code: 'FORBIDDEN', ...verdict });
    setCorsHeaders(response, verdict.corsOrigin);
    if (draining) response.setHeader('connection', 'close');
    const route = routeOf(path);
    if (route === undefined) return refuse(exchange, NO_SUCH_PATH);
    const method = request.method ?? '';
    if (method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) return replyPreflight(response);
    if (!route.methods.includes(method)) {
      response.setHeader('allow', route.methods.join(', '));
      return refuse(exchange, METHOD_NOT_ALLOWED);
    }
    await route.handle(exchange);
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const started = performance.now();
    const traceId = traceOf(request);
    const path = pathOf(request);
    setSecurityHeaders(response, traceId);
    response.once('close', () => {
      // `server.close` looks for idle connections once: those that become idle later would hold it open.
      if (draining) setImmediate(() => server.closeIdleConnections());
      const ms = performance.now() - started;
      const label = routeLabel(path);
      metrics.add('contextiq_http_requests_total', { route: label, method: METHODS.has(request.method ?? '') ? (request.method ?? '') : 'other', status: String(response.statusCode) });
      metrics.observe('contextiq_http_request_duration_seconds', { route: label }, ms / 1000);
      const fields = { traceId, method: request.method, path, status: response.statusCode, ms: Math.round(ms * 10) / 10 };
      if (!response.writableFinished) logger.info({ ...fields, aborted: true }, 'request');
      // Probes come every few seconds: they would drown the rest.
      else if (path === '/healthz' || path === '/readyz' || path === '/metrics') logger.debug(fields, 'request');
      else logger.info(fields, 'request');
    });
    const exchange: Exchange = { request, response, path, traceId };
    serve(exchange).catch((error: unknown) => {
      logger.error({ traceId, err: error }, 'unexpected error while answering a request');
      refuse(exchange, { code: 'INTERNAL_SERVER_ERROR', message: 'internal error' });
    });
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const traceId = traceOf(request);
    const path = pathOf(request);
    socket.on('error', () => socket.destroy());
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    const refusal = refusalOfUpgrade(request, path);
    logger.info({ traceId, method: request.method, path, upgrade: true, refused: refusal?.reason ?? refusal?.code }, 'request');
    if (refusal === null) return graphql.upgrade(request, socket, head);
    metrics.add('contextiq_errors_total', { door: 'http', code: refusal.code });
    refuseUpgrade(socket, refusal, traceId);
  }

  function refusalOfUpgrade(request: IncomingMessage, path: string): HttpError | null {
    if (draining) return { code: 'UNAVAILABLE', message: 'this process is shutting down' };
    const verdict = judge(allow, request.headers);
    if (!verdict.allowed) return { code: 'FORBIDDEN', ...verdict };
    return path === '/graphql' ? null : NO_SUCH_PATH;
  }

  const server = createServer({
    headersTimeout: patience.headersMs, requestTimeout: patience.requestMs, connectionsCheckingInterval: patience.checkMs, keepAliveTimeout: KEEP_ALIVE_MS,
  });
  server.on('request', onRequest).on('upgrade', onUpgrade);

  return {
    listen(port, hostname) {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, hostname, () => {
          server.off('error', reject);
          const address = server.address();
          if (address === null || typeof address === 'string') return reject(new Error('the server has no TCP address'));
          resolve(address);
        });
      });
    },
    async close() {
      draining = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const impatience = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, graceMs);
      server.closeIdleConnections();
      await graphql.close();
      await closed;
      clearTimeout(impatience);
    },
  };
}

const NO_SUCH_PATH: HttpError = { code: 'NOT_FOUND', message: 'there is nothing at this path; see /', reason: 'PATH_UNKNOWN' };
const METHOD_NOT_ALLOWED: HttpError = { code: 'BAD_USER_INPUT', message: 'this path does not take that method', reason: 'METHOD_NOT_ALLOWED', status: 405 };

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] ?? '/';

function traceOf({ headers }: IncomingMessage): string {
  const { traceparent } = headers;
  return traceIdFrom(typeof traceparent === 'string' ? traceparent : undefined);
}
