/** What was stored, for whoever keeps a record of it: a later `get` with it refuses any other bytes. */
export interface Stored {
  readonly bytes: number;
  /** SHA-256 of the whole body, hexadecimal. */
  readonly sha256: string;
}

export interface ObjectEntry {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Large bodies beside the database, under keys like `backups/2026/events.jsonl.gz` (`object-key.ts` says which are valid).
 * No key is a folder of another. Everything remote has a time limit; a store that does not answer is UNAVAILABLE.
 */
export interface ObjectStore {
  /** Where this is, for people: a folder or a URL, without secrets. */
  readonly location: string;
  /**
   * Stores the body under the key, replacing what was there: all of it, on disk when this resolves, or nothing. The body is read
   * once, a part at a time. @throws GatewayError PAYLOAD_TOO_LARGE beyond `maxBytes`; whatever the body throws
   */
  put(key: string, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Stored>;
  /**
   * The body a part at a time, or null when there is none. With `expected` it ends with an error (OBJECT_DAMAGED) unless it was exactly
   * that: trust nothing before it has ended.
   */
  get(key: string, expected?: Stored): Promise<AsyncIterable<Uint8Array> | null>;
  /** Keys that begin with the prefix, after `after`, in the order of the store, which is that of bytes wherever names differ in letters or digits; at most `limit` (1 to 1,000). */
  list(prefix: string, page: { readonly after: string | null; readonly limit: number }): Promise<ObjectEntry[]>;
  /** Nothing happens where nothing is. */
  delete(key: string): Promise<void>;
}
