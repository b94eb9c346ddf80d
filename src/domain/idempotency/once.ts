import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import type { IdempotencyKey, IdempotencyStore } from './idempotency';

/**
 * Runs `work` in the current transaction unless the key already did it; gives the ids that `work` left, then or now.
 * Without a key it just runs.
 */
export async function once<Result extends JsonObject>(
  store: IdempotencyStore, actor: Actor, key: IdempotencyKey | null | undefined, work: () => Promise<Result>,
): Promise<Result | JsonObject> {
  if (key === null || key === undefined) return work();
  const earlier = await store.claim(actor, key);
  if (earlier !== null) return earlier;
  const result = await work();
  await store.finish(actor, key, result);
  return result;
}
