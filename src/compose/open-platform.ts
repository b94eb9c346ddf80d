import type { Config } from '../config/schema';
import { systemClock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import { noMetrics } from '../kernel/metrics-type';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import { openBus, openCaches, openDatabase, openObjects, openQueue, openRateLimiter, openRedis, openRemoteAgents, openVectorCache, type Opening, type Role } from './capabilities';
import { withQueryCache } from '../platform/embedding/cached.embedder';
import { createCircuits, type ComponentState } from './circuits';
import { watchCircuits, watchDatabase } from './measured/gauges';
import { cacheObserver, measuredChat, measuredEmbedder } from './measured/models';
import { measuredQueue } from './measured/queue';
import { chooseChat, chooseEmbedder } from './models';
import type { Platform } from './platform';

export interface OpenPlatform {
  readonly platform: Platform;
  /** Closes what was opened, the last first. */
  close(): Promise<void>;
}

/** Opens every capability as the configuration names it. @throws what keeps one from opening, nothing left open */
export async function openPlatform(config: Config, logger: Logger, role: Role = 'gateway'): Promise<OpenPlatform> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) await next();
  };
  const watched = new Map<string, () => ComponentState>();
  const opening: Opening = {
    config, logger, role,
    onClose: (closer) => { closers.push(closer); },
    watch: (name, state) => { watched.set(name, state); },
  };
  try {
    const prometheus = config.metrics.kind === 'off' ? null : (await import('../platform/telemetry/prometheus')).createPrometheus();
    const metrics = prometheus ?? noMetrics;
    const database = await openDatabase(opening);
    const circuits = createCircuits(() => database.condition());
    if (prometheus !== null) {
      watchDatabase(prometheus, database);
      watchCircuits(prometheus, circuits);
    }
    const objects = await openObjects(opening, metrics);
    const redis = await openRedis(opening);
    if (redis !== null) circuits.add({ part: 'redis', name: 'redis', isOpen: () => !redis.isUp() });
    const bus = await openBus(opening, database, redis);
    const vectorCache = openVectorCache(redis, cacheObserver(metrics, 'embedding'));
    const caches = openCaches(opening, redis, (kind) => cacheObserver(metrics, kind));
    const embedder = await chooseEmbedder(config.embedding, logger, circuits);
    closers.push(async () => { await embedder.close?.(); });
    const chat = await chooseChat(config.chat, logger, circuits);
    const queue = await openQueue(opening, database, bus);
    if (config.queue.kind === 'rabbitmq') circuits.add({ part: 'queue', name: 'queue', isOpen: () => queue.state().state === 'down' });
    const platform: Platform = {
      database,
      bus,
      objects,
      queue: measuredQueue(queue, metrics),
      embedder: withQueryCache(measuredEmbedder(embedder, metrics), vectorCache),
      chat: chat === null ? null : measuredChat(chat, metrics),
      caches,
      rateLimiter: openRateLimiter(redis),
      remoteAgents: await openRemoteAgents(opening),
      components: () => ({ ...Object.fromEntries([...watched].map(([name, state]) => [name, state()])), ...circuits.components() }),
      modes: () => circuits.modes(),
      tokenizer: createO200kTokenizer(),
      clock: systemClock,
      logger,
      metrics,
      expose: prometheus === null ? null : () => prometheus.expose(),
    };
    return { platform, close };
  } catch (error) {
    await close();
    throw error;
  }
}
