import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import type { Transact } from '../../kernel/transact';
import type { IdempotencyKey, IdempotencyStore } from './idempotency';

/** How one mutation is repeated safely. `Services` are bound to the transaction in which the key is taken. */
export interface Repeatable<Services, T> {
  readonly run: (services: Services) => Promise<T>;
  /** What finds the result again: ids, never text. */
  readonly ref: (result: T) => JsonObject;
  /** Finds it; throws NOT_FOUND when it was deleted since. */
  readonly replay: (ref: JsonObject, services: Services) => Promise<T>;
}

export interface IdempotencyService<Services> {
  /**
   * Runs a mutation, once per key: with a key, its effect and the key commit together, and the same key and body later
   * answer with the same entity. Without one it simply runs.
   * @throws GatewayError CONFLICT when the key was used with another body
   */
  once<T>(actor: Actor, key: IdempotencyKey | null, mutation: Repeatable<Services, T>): Promise<T>;
}

interface IdempotencyDeps<Services> {
  readonly services: Services;
  readonly transact: Transact<{ readonly services: Services; readonly idempotency: IdempotencyStore }>;
}

export function createIdempotencyService<Services>({ services, transact }: IdempotencyDeps<Services>): IdempotencyService<Services> {
  return {
    async once(actor, key, mutation) {
      if (key === null) return mutation.run(services);
      return transact(async (tx) => {
        const earlier = await tx.idempotency.claim(actor, key);
        if (earlier !== null) return mutation.replay(earlier, tx.services);
        const result = await mutation.run(tx.services);
        await tx.idempotency.finish(actor, key, mutation.ref(result));
        return result;
      });
    },
  };
}
