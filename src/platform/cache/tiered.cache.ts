import type { Cache, CacheObserver } from './cache.port';

const NOBODY: CacheObserver = { hit: () => undefined, miss: () => undefined };

/** What is found in the shared level comes nearer for this long; an entry's own time may end before. */
const NEAR_MS = 60_000;

/** The near cache first, then the shared one; what is kept is kept in both. */
export function createTieredCache(near: Cache, shared: Cache | null, observer: CacheObserver = NOBODY): Cache {
  return {
    async get(key) {
      const first = await near.get(key);
      if (first !== null) {
        observer.hit('L1');
        return first;
      }
      const second = shared === null ? null : await shared.get(key);
      if (second === null) {
        observer.miss();
        return null;
      }
      observer.hit('L2');
      await near.set(key, second, NEAR_MS);
      return second;
    },
    async set(key, value, ttlMs) {
      await near.set(key, value, ttlMs);
      // Nobody waits for the shared level: it never rejects, and an entry that comes late is a miss until then.
      if (shared !== null) void shared.set(key, value, ttlMs);
    },
  };
}
