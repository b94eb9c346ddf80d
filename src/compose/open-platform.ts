import type { Config } from '../config/schema';
import { systemClock } from '../kernel/clock';
import type { Logger } from '../kernel/logger-type';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import { openBus, openCache, openDatabase, openQueue, openRateLimiter, openRedis, type Opening, type Role } from './capabilities';
import { withQueryCache } from '../platform/embedding/cached.embedder';
import { chooseChat, chooseEmbedder } from './models';
import type { ComponentState, Platform } from './platform';

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
    const database = await openDatabase(opening);
    const redis = await openRedis(opening);
    const bus = await openBus(opening, database, redis);
    const cache = openCache(redis);
    const platform: Platform = {
      database,
      bus,
      queue: await openQueue(opening, database, bus),
      embedder: withQueryCache(await chooseEmbedder(config.embedding), cache),
      chat: await chooseChat(config.chat),
      rateLimiter: openRateLimiter(redis),
      components: () => Object.fromEntries([...watched].map(([name, state]) => [name, state()])),
      tokenizer: createO200kTokenizer(),
      clock: systemClock,
      logger,
    };
    return { platform, close };
  } catch (error) {
    await close();
    throw error;
  }
}
