import type { RedisServer } from '../redis/redis';
import type { RateLimiter } from './rate-limit.port';

/** One round trip, atomic, by the server's own clock. Returns 0 when allowed, else the milliseconds to wait. */
const TAKE = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + time[2] / 1000
  local window = tonumber(ARGV[2])
  local empty = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0')) + window / tonumber(ARGV[1])
  if empty - now > window then return math.ceil(empty - now - window) end
  redis.call('SET', KEYS[1], string.format('%.3f', empty), 'PX', math.ceil(empty - now))
  return 0`;

/** Counts over all gateways on one Redis; while it is away each counts for itself, by `fallback`. */
export function createRedisRateLimiter({ commands, prefix }: RedisServer, fallback: RateLimiter): RateLimiter {
  return {
    async take(key, limit, windowMs) {
      try {
        const wait = Number(await commands.eval(TAKE, 1, `${prefix}:rate:${key}`, limit, windowMs));
        return { allowed: wait === 0, retryAfterMs: wait };
      } catch {
        return fallback.take(key, limit, windowMs);
      }
    },
  };
}
