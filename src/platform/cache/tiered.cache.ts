import type { Cache, CacheObserver } from './cache.port';

const NOBODY: CacheObserver = { looked: () => undefined };

/** What is found in the shared level comes nearer for this long; an entry's own time may end before. */
const NEAR_MS = 60_000;

/** The near cache first, then the shared one; what is kept is kept in both. */
export function createTieredCache(near: Cache, shared: Cache | null, observer: CacheObserver = NOBODY): Cache {
  return {
    async get(key) {
      const first = await near.get(key);
      observer.looked('L1', first === null ? 'miss' : 'hit');
      if (first !== null || shared === null) return first;
      const second = await shared.get(key);
      observer.looked('L2', second === null ? 'miss' : 'hit');
      if (second !== null) await near.set(key, second, NEAR_MS);
      return second;
    },
    async set(key, value, ttlMs) {
      await near.set(key, value, ttlMs);
      // Nobody waits for the shared level: it never rejects, and an entry that comes late is a miss until then.
      if (shared !== null) void shared.set(key, value, ttlMs);
    },
  };
}
