import type { Config } from '../config/schema';
import type { Logger } from '../kernel/logger-type';
import type { Bus } from '../platform/bus/bus.port';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createRedisBus } from '../platform/bus/redis.bus';
import type { Cache, CacheObserver } from '../platform/cache/cache.port';
import { createLruCache } from '../platform/cache/lru.cache';
import { createRedisCache } from '../platform/cache/redis.cache';
import { createTieredCache } from '../platform/cache/tiered.cache';
import type { JobQueue } from '../platform/queue/queue.port';
import { createTableJobQueue } from '../platform/queue/table.queue';
import { createInProcessRateLimiter } from '../platform/rate-limit/in-process.rate-limiter';
import type { RateLimiter } from '../platform/rate-limit/rate-limit.port';
import { createRedisRateLimiter } from '../platform/rate-limit/redis.rate-limiter';
import type { RedisServer } from '../platform/redis/redis';
import { openDatabase as open, type Database } from '../storage/database';
import { createJobLedger, releaseLeases } from '../storage/job-ledger';
import { becomeOnlyGateway } from './only-gateway';
import type { ComponentState } from './platform';

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

const NEAR_CACHE_BYTES = 32 * 1024 * 1024;

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

export const openCache = (redis: RedisServer | null, observer: CacheObserver): Cache =>
  createTieredCache(createLruCache({ maxBytes: NEAR_CACHE_BYTES }), redis === null ? null : createRedisCache(redis), observer);

export function openRateLimiter(redis: RedisServer | null): RateLimiter {
  const own = createInProcessRateLimiter();
  return redis === null ? own : createRedisRateLimiter(redis, own);
}
