import type { GraphQLResolveInfo } from 'graphql';
import { encodeConsistencyToken } from '../src/kernel/consistency';
import { idempotencyKey, type IdempotencyKey } from '../src/domain/idempotency/idempotency';
import { parseIdempotencyKey } from './context';
import type { Context } from './app-context';

/** Described once: every mutation has it. */
export const IDEMPOTENCY_KEY = 'Makes a repetition safe: the same key and arguments answer with the same thing, other arguments with CONFLICT. Kept 24 hours. The `Idempotency-Key` header does the same.';

/**
 * The key of this mutation field, from its argument or else the operation. Its body is the arguments without the key,
 * so another selection set is still the same request. An alias is part of the field: one document may call it twice.
 */
export function keyOf(context: Context, info: GraphQLResolveInfo, args: object, own: string | null | undefined): IdempotencyKey | null {
  const key = parseIdempotencyKey(own, 'idempotencyKey') ?? context.idempotencyKey;
  if (key === null) return null;
  const alias = String(info.path.key);
  return idempotencyKey(alias === info.fieldName ? alias : `${info.fieldName}:${alias}`, key, args);
}

/** Marks what a mutation wrote as the reader's own: `waitFor` of a later search takes the token. */
export async function written<T>(context: Context, result: Promise<T>, generationsOf: (value: T) => readonly string[] = () => []): Promise<T> {
  const value = await result;
  const generations = generationsOf(value);
  context.setConsistencyToken(encodeConsistencyToken({ tenantId: context.actor.tenantId, at: new Date(), generations }));
  return value;
}
