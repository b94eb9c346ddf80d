import { createHash } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import { conflict } from '../../kernel/errors';
import { canonicalJson, type JsonObject } from '../../kernel/json';

/** A caller's key for one mutation field, with the hash of its canonical arguments. */
export interface IdempotencyKey {
  readonly field: string;
  readonly key: string;
  readonly bodyHash: Buffer;
}

export const idempotencyKey = (field: string, key: string, body: unknown): IdempotencyKey => ({
  field,
  key,
  bodyHash: createHash('sha256').update(canonicalJson(body)).digest(),
});

/** How long a key is remembered. */
export const IDEMPOTENCY_HOURS = 24;

export interface IdempotencyStore {
  /**
   * Takes the key in the current transaction. Null: it is new, do the work. Otherwise the ids that the first run left.
   * Waits for a concurrent holder to commit. @throws GatewayError CONFLICT when the key was used with another body
   */
  claim(actor: Actor, key: IdempotencyKey): Promise<JsonObject | null>;
  /** Leaves what a replay needs to find the same entity again: ids, never text. */
  finish(actor: Actor, key: IdempotencyKey, result: JsonObject): Promise<void>;
  /** Forgets keys older than the window. @returns how many */
  sweep(limit: number): Promise<number>;
}

/** @throws GatewayError CONFLICT unless both hashes are of the same body */
export function requireSameBody(key: IdempotencyKey, stored: Buffer): void {
  if (!stored.equals(key.bodyHash)) {
    throw conflict(`idempotency key ${JSON.stringify(key.key)} was already used with other arguments`, 'IDEMPOTENCY_KEY_REUSED');
  }
}
