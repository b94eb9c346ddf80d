import { LRUCache } from 'lru-cache';
import type { Cache } from './cache.port';

/** In this process; forgets what was least recently used beyond `maxBytes` of keys and values (UTF-16, two bytes a unit). */
export function createLruCache({ maxBytes }: { maxBytes: number }): Cache & { clear(): void } {
  const entries = new LRUCache<string, string>({ maxSize: maxBytes, sizeCalculation: (value, key) => 2 * (value.length + key.length) + 64 });
  return {
    clear: () => { entries.clear(); },
    get: async (key) => entries.get(key) ?? null,
    async set(key, value, ttlMs) {
      if (ttlMs > 0) entries.set(key, value, { ttl: ttlMs });
    },
  };
}
