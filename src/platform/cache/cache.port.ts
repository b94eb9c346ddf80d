/**
 * Keeps what can be had again at a higher price. A miss is always right, so nothing here rejects: what cannot be reached
 * has no entries. Keys carry everything that the value depends on (tenant, authority, version), so an entry is never
 * stale; it only becomes unreachable, and expires.
 */
export interface Cache {
  get(key: string): Promise<string | null>;
  /** Values above the adapter's bound are not kept. `ttlMs` counts from now. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
}

/** What a cache did, for whoever counts. */
export interface CacheObserver {
  hit(level: 'L1' | 'L2'): void;
  miss(): void;
}
