import { LRUCache } from 'lru-cache';
import type { ObjectCache } from './object-cache.port';

/** Forgets what was least recently used beyond `maxBytes`, and what was set longer than `ttlMs` ago. */
export function createObjectCache<T extends object>({ maxBytes, ttlMs }: { maxBytes: number; ttlMs: number }): ObjectCache<T> & { clear(): void } {
  const entries = new LRUCache<string, T>({ maxSize: maxBytes, ttl: ttlMs });
  return {
    clear: () => { entries.clear(); },
    get: (key) => entries.get(key) ?? null,
    set: (key, value, bytes) => { entries.set(key, value, { size: Math.max(1, Math.ceil(bytes)) }); },
  };
}
