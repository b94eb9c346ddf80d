import { LRUCache } from 'lru-cache';
import type { RateLimiter } from './rate-limit.port';

const KEYS = 100_000;

/** Counts in this process. `now` in milliseconds, never going back. */
export function createInProcessRateLimiter(now: () => number = () => performance.now()): RateLimiter {
  /** When the bucket of a key will be empty again. */
  const emptyAt = new LRUCache<string, number>({ max: KEYS });
  return {
    async take(key, limit, windowMs) {
      const at = now();
      const each = windowMs / limit;
      const next = Math.max(at, emptyAt.get(key) ?? 0) + each;
      if (next - at > windowMs) return { allowed: false, retryAfterMs: Math.ceil(next - at - windowMs) };
      emptyAt.set(key, next);
      return { allowed: true, retryAfterMs: 0 };
    },
  };
}
