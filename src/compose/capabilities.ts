import type { Config } from '../config/schema';
import type { Logger } from '../kernel/logger-type';
import type { Metrics } from '../kernel/metrics-type';
import { noRemoteAgents } from '../platform/a2a/no.remote-agents';
import type { RemoteAgents } from '../platform/a2a/remote-agents.port';
import type { Bus } from '../platform/bus/bus.port';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createRedisBus } from '../platform/bus/redis.bus';
import type { Cache, CacheObserver } from '../platform/cache/cache.port';
import { createCheckedCache } from '../platform/cache/checked.cache';
import { createLruCache } from '../platform/cache/lru.cache';
import { createObjectCache } from '../platform/cache/object.cache';
import { createRedisCache } from '../platform/cache/redis.cache';
import { createTieredCache } from '../platform/cache/tiered.cache';
import type { ObjectStore } from '../platform/objects/objects.port';
import type { JobQueue } from '../platform/queue/queue.port';
import { createTableJobQueue } from '../platform/queue/table.queue';
import { createInProcessRateLimiter } from '../platform/rate-limit/in-process.rate-limiter';
import type { RateLimiter } from '../platform/rate-limit/rate-limit.port';
import { createRedisRateLimiter } from '../platform/rate-limit/redis.rate-limiter';
import type { RedisServer } from '../platform/redis/redis';
import { openDatabase as open, type Database } from '../storage/database';
import { createJobLedger, releaseLeases } from '../storage/job-ledger';
import { watchObjects } from './measured/objects';
import { openBodies } from './objects';
import { becomeOnlyGateway } from './only-gateway';
import type { ComponentState } from './circuits';
import type { KeptSession } from '../domain/session/kept-sessions';
import type { KeptTurns } from '../domain/session/sensory-buffer';
import type { Platform } from './platform';

/** A worker process answers nobody: it may stand beside a gateway that is the only one on its database. */
export type Role = 'gateway' | 'worker';

/**
 * One function per capability: the adapter that the configuration names, loaded only then. What an adapter needs to end
 * well it hands to `onClose`; the last to open is the first to close.
 */
export interface Opening {
  readonly config: Config;
  readonly logger: Logger;
  readonly role: Role;
  onClose(close: () => Promise<void>): void;
  /** Names a component in `/readyz`. */
  watch(name: string, state: () => ComponentState): void;
}

/** Vectors of queries: about two thousand of 1,536 dimensions. */
const NEAR_VECTORS_BYTES = 32 * 1024 * 1024;

/** For sessions, of the memory for answers, and beside it. */
const SESSIONS_SHARE = 4;
const SESSIONS_TTL_MS = 600_000;

export async function openDatabase({ config, logger, onClose }: Opening): Promise<Database> {
  const database = await open({ ...config.database, logger });
  onClose(() => database.close());
  return database;
}

export async function openRedis({ config, logger, onClose, watch }: Opening): Promise<RedisServer | null> {
  if (config.redis === null) return null;
  const { openRedis: open } = await import('../platform/redis/redis');
  const server = await open({ ...config.redis, logger });
  onClose(async () => { server.close(); });
  watch('redis', () => (server.isUp() ? { state: 'up' } : { state: 'degraded', detail: 'away: answers come from the database, notices by polls' }));
  return server;
}

/** Notices among gateways; without Redis they stay within this process, which therefore has to be the only one on its database. */
export async function openBus({ config, logger, role, onClose }: Opening, database: Database, redis: RedisServer | null): Promise<Bus> {
  // The directory's lock says that nobody else is there: whoever held a lease is dead.
  if (config.database.kind === 'pglite') await releaseLeases(database);
  if (redis !== null) return createRedisBus(redis);
  if (config.database.kind === 'postgres' && role === 'gateway') {
    const only = await becomeOnlyGateway(database, logger);
    onClose(() => only.release());
  }
  return createInProcessBus();
}

/**
 * The jobs table, from which this process and any other may claim, with RabbitMQ in front when there is one.
 * @throws GatewayError when the broker refuses the credentials or the virtual host
 */
export async function openQueue({ config, logger, onClose, watch }: Opening, database: Database, bus: Bus): Promise<JobQueue> {
  const ledger = createJobLedger(database);
  if (config.queue.kind === 'table') return createTableJobQueue({ ledger, bus, logger });
  const { openRabbitQueue } = await import('../platform/queue/rabbitmq.queue');
  const queue = await openRabbitQueue({ ...config.queue, ledger, bus, logger });
  onClose(() => queue.close());
  watch('queue', () => {
    const state = queue.state();
    // Without the broker everything is answered, and accepted jobs wait in the database.
    return state.state === 'up' ? state : { ...state, state: 'degraded' };
  });
  return queue;
}

/** @throws GatewayError UNAVAILABLE, naming the variable, when the store cannot be used at the start */
export async function openObjects({ config, logger, onClose, watch }: Opening, metrics: Metrics): Promise<ObjectStore | null> {
  const opened = await openBodies(config);
  if (opened === null) return null;
  const { objects, state, stop } = watchObjects(opened.objects, metrics, logger);
  onClose(async () => {
    stop();
    opened.close();
  });
  watch('objects', state);
  return objects;
}

export const openVectorCache = (redis: RedisServer | null, observer: CacheObserver): Cache =>
  createTieredCache(createLruCache({ maxBytes: NEAR_VECTORS_BYTES }), redis === null ? null : createRedisCache(redis), observer);

/** What is checked at each read; null when the configuration wants none. */
export function openCaches({ config }: Opening, redis: RedisServer | null, observerOf: (kind: 'recall' | 'context') => CacheObserver): Platform['caches'] {
  if (config.answerCacheMb === 0) return null;
  const maxBytes = config.answerCacheMb * 1024 * 1024;
  const near = createLruCache({ maxBytes });
  const shared = redis === null ? null : createRedisCache(redis);
  const sessions = createObjectCache<KeptSession>({ maxBytes: maxBytes / SESSIONS_SHARE, ttlMs: SESSIONS_TTL_MS });
  const turns = createObjectCache<KeptTurns>({ maxBytes: maxBytes / SESSIONS_SHARE, ttlMs: SESSIONS_TTL_MS });
  return {
    answers: (kind) => createCheckedCache({ near, shared, observer: observerOf(kind) }),
    sessions,
    turns,
    clear() {
      near.clear();
      sessions.clear();
      turns.clear();
    },
  };
}

export function openRateLimiter(redis: RedisServer | null): RateLimiter {
  const own = createInProcessRateLimiter();
  return redis === null ? own : createRedisRateLimiter(redis, own);
}

export async function openRemoteAgents({ config }: Opening): Promise<RemoteAgents> {
  if (config.remoteAgents.origins.length === 0) return noRemoteAgents;
  const { createRemoteAgents } = await import('../platform/a2a/http.remote-agents');
  return createRemoteAgents(config.remoteAgents);
}
