import { createHash } from 'node:crypto';
import type { RedisServer } from '../redis/redis';
import type { Cache } from './cache.port';

/** Larger values cost more to carry than most of what they save. */
const MAX_LENGTH = 256 * 1024;

/** Shared by all processes on one Redis. While it is away there are no entries: everything is a miss. */
export function createRedisCache({ commands, prefix }: RedisServer): Cache {
  // Hashed: keys hold whole queries, and Redis keeps no more of them than needed.
  const keyOf = (key: string): string => `${prefix}:cache:${createHash('sha256').update(key).digest('base64url')}`;
  return {
    get: (key) => commands.get(keyOf(key)).catch(() => null),
    async set(key, value, ttlMs) {
      if (ttlMs < 1 || value.length > MAX_LENGTH) return;
      await commands.set(keyOf(key), value, 'PX', Math.ceil(ttlMs)).catch(() => undefined);
    },
  };
}
