import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { buildGraphQLSchema } from '../graphql/build-schema';
import { createGraphiQL } from '../graphql/graphiql';
import { createLoaders } from '../graphql/loaders';
import { resolvers } from '../graphql/resolvers';
import { createGraphQLDoor } from '../graphql/server';
import { createHandlers } from '../workers/handlers';
import { startWorker } from '../workers/worker';
import { compose, type Composition } from './compose';
import type { ComponentState } from './compose/circuits';
import type { Platform } from './compose/platform';
import type { Config } from './config/schema';
import { localActor } from './domain/access/access.service';
import { createHost } from './http/host';
import { metricsAccess, type MetricsPage } from './http/metrics-page';
import { JOB_NAMES } from './jobs/jobs';
import type { Actor } from './kernel/actor';
import { mergeConsistencyTokens } from './kernel/consistency';
import { GatewayError } from './kernel/errors';
import type { Logger } from './kernel/logger-type';
import { STARTER_QUERY } from './starter-query';

const GRACE_MS = 10_000;
const PING_MS = 1000;

export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly composition: Composition;
  /** Stops accepting, lets requests and jobs end within 10 s, closes the stores. */
  close(): Promise<void>;
}

/** Config → compose → open the doors. @throws what keeps it from starting, nothing left open */
export async function startGateway(config: Config, logger: Logger): Promise<Gateway> {
  const composition = await compose(config, logger);
  try {
    return await openDoors(config, logger, composition);
  } catch (error) {
    await composition.close();
    throw error;
  }
}

async function openDoors(config: Config, logger: Logger, composition: Composition): Promise<Gateway> {
  const { app, phases, platform } = composition;
  const graphql = await createGraphQLDoor({
    schema: buildGraphQLSchema([...resolvers]),
    app,
    logger,
    introspection: config.introspection,
    protocol: { specStatus: config.specStatus, directGet: config.directGet },
    authenticate: ({ secret }) => authenticate(config, app, secret),
    admit: (actor) => admit(config, platform, actor),
    modes: () => platform.modes(),
    metrics: platform.metrics,
    createLoaders,
    mergeTokens: mergeConsistencyTokens,
  });
  const host = createHost({
    graphql,
    graphiql: createGraphiQL({ defaultQuery: STARTER_QUERY }),
    metrics: platform.metrics,
    metricsPage: metricsPage(config, platform),
    health: { readiness: () => readiness(composition), modes: () => platform.modes() },
    logger,
    allow: config.auth.kind === 'local' ? { kind: 'loopback' } : { kind: 'keys', origins: config.allowedOrigins },
    graceMs: GRACE_MS,
  });
  const { port } = await host.listen(config.port, config.host);
  const worker = config.workers === 0 ? null
    : startWorker({ queue: platform.queue, handlers: createHandlers(phases), names: JOB_NAMES, concurrency: config.workers, logger });
  const name = config.host.includes(':') ? `[${config.host}]` : config.host;
  return {
    url: `http://${name}:${port}`,
    port,
    composition,
    async close() {
      composition.stopWaiting();
      try {
        await Promise.all([host.close(), worker?.stop(GRACE_MS)]);
      } finally {
        await composition.close();
      }
    },
  };
}

async function authenticate(config: Config, app: Composition['app'], secret: string | null): Promise<Actor> {
  if (secret !== null) return app.access.authenticate(secret);
  if (config.auth.kind === 'local') return localActor();
  throw new GatewayError('UNAUTHENTICATED', 'this gateway needs an API key: `npm run keys` makes one; send it as `Authorization: Bearer <key>`', { reason: 'API_KEY_REQUIRED' });
}

const MINUTE_MS = 60_000;

async function admit({ rateLimit }: Config, { rateLimiter }: Platform, { tenantId, principalId }: Actor): Promise<void> {
  if (rateLimit === 0) return;
  const { allowed, retryAfterMs } = await rateLimiter.take(JSON.stringify([tenantId, principalId]), rateLimit, MINUTE_MS);
  if (!allowed) throw new GatewayError('RATE_LIMITED', `at most ${rateLimit} operations a minute (CONTEXTIQ_RATE_LIMIT)`, { reason: 'TOO_MANY_REQUESTS', retryAfterMs });
}

function metricsPage({ metrics, auth }: Config, { expose }: Platform): MetricsPage | undefined {
  if (metrics.kind === 'off' || expose === null) return undefined;
  return { access: metricsAccess(metrics.token, auth.kind === 'local'), read: expose };
}

async function readiness({ platform }: Composition): Promise<Record<string, ComponentState>> {
  const answer = platform.database.ping().then(() => null, (error: unknown) => (error instanceof GatewayError ? error.message : 'it failed'));
  const late = delay(PING_MS, `no answer within ${PING_MS} ms`, { ref: false });
  const detail = await Promise.race([answer, late]);
  const readOnly: ComponentState = { state: 'degraded', detail: 'it takes no writes: reading works' };
  const database: ComponentState = detail !== null ? { state: 'down', detail } : platform.database.condition() === 'read-only' ? readOnly : { state: 'up' };
  return { database, ...platform.components() };
}
