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

/** What a look into a level brought, for whoever counts; `stale`: an entry that did not hold any more. */
export interface CacheObserver {
  looked(level: 'L1' | 'L2', result: 'hit' | 'miss' | 'stale'): void;
}
