export interface Allowance {
  readonly allowed: boolean;
  /** 0 when allowed; else how long until the same would be. */
  readonly retryAfterMs: number;
}

/**
 * Counts what someone does. The bound is a rate with a burst (GCRA, the leaky bucket as a meter: ITU-T I.371): `limit` at
 * once, then one each `windowMs / limit`.
 */
export interface RateLimiter {
  /** Never rejects: a counter that cannot be reached counts in this process instead. */
  take(key: string, limit: number, windowMs: number): Promise<Allowance>;
}
