/**
 * Keeps answers together with the version of what they were made from. The reader brings the version of now, read in its own
 * request: what was kept under another one is no hit. Nothing here rejects: what cannot be reached has no entries.
 */
export interface CheckedCache {
  get(key: string, version: string): Promise<string | null>;
  set(key: string, version: string, value: string): Promise<void>;
  /** What this process kept last, whatever became of it since; not from the shared level, which nobody reads without a version. */
  last(key: string): Promise<LastKept | null>;
}

export interface LastKept {
  readonly value: string;
  /** When it was last known to be true. */
  readonly at: Date;
}
