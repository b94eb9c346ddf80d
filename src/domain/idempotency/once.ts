import type { Actor } from '../../kernel/actor';
import type { IdempotencyKey, IdempotencyStore } from './idempotency';

/** Ids by name: all that a replay needs to find the same entity again. */
export type Ids<Name extends string> = Readonly<Record<Name, string>>;

/**
 * Runs `work` in the current transaction unless the key already did it; gives the ids that `work` left, then or now.
 * Without a key it just runs. @throws GatewayError CONFLICT when the key was used with another body
 */
export async function once<Name extends string>(
  store: IdempotencyStore, actor: Actor, key: IdempotencyKey | null | undefined, work: () => Promise<Ids<Name>>,
): Promise<Ids<Name>> {
  if (key === null || key === undefined) return work();
  const earlier = await store.claim(actor, key);
  if (earlier !== null) return earlier as Ids<Name>; // a seam: the key's field and body are the same, so the same work left them
  const result = await work();
  await store.finish(actor, key, result);
  return result;
}
