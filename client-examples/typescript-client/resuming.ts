import type { Client } from 'graphql-ws';
import { backOff } from './backoff';
import { ContextIQError, mayPass, type GraphQLFailure } from './errors';
import type { Operation } from './operation';

/** The peer closed the socket on purpose, and would again: bad request, no valid key, not allowed, wrong protocol. */
const FINAL_CLOSES: readonly unknown[] = [4400, 4401, 4403, 4406];

/** Subscribes again, after the last item that was handed out, whenever the socket breaks. */
export async function* resuming<Item extends { readonly cursor: string }, Variables extends object>(
  socket: Client, operation: Operation<Record<string, Item>, Variables>, variables: Variables, after: string | null, signal: AbortSignal,
): AsyncGenerator<Item, void> {
  let cursor = after;
  for (let failures = 0; !signal.aborted; failures += 1) {
    const items = socket.iterate<Record<string, Item>>({ query: operation.text, variables: { ...variables, after: cursor } });
    const stop = (): void => void items.return?.();
    signal.addEventListener('abort', stop);
    try {
      for await (const { data, errors } of items) {
        const [item] = Object.values(data ?? {});
        if (errors !== undefined || item === undefined) throw ContextIQError.of(errors ?? []);
        cursor = item.cursor;
        failures = 0;
        yield item;
      }
      return;
    } catch (error) {
      const known = translate(error);
      if (!mayPass(known)) throw known;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    await backOff(failures, signal).catch(() => undefined);
  }
}

/** graphql-ws throws the gateway's errors as a list, and the close event when the socket is gone. */
function translate(error: unknown): unknown {
  if (Array.isArray(error)) return ContextIQError.of(error as readonly GraphQLFailure[]);
  if (typeof error !== 'object' || error === null || !('code' in error) || !FINAL_CLOSES.includes(error.code)) return error;
  return new ContextIQError(error.code === 4401 ? 'UNAUTHENTICATED' : error.code === 4403 ? 'FORBIDDEN' : 'BAD_USER_INPUT', 'the gateway closed the socket');
}
