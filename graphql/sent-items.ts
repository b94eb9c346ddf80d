import type { FormattedExecutionResult } from 'graphql';

/** What follows a message's id: the same text for everyone who is given the same result. */
const tails = new WeakMap<FormattedExecutionResult, string>();

function tailOf(result: FormattedExecutionResult): string {
  const known = tails.get(result);
  if (known !== undefined) return known;
  const tail = `,"type":"next","payload":${JSON.stringify(result)}}`;
  tails.set(result, tail);
  return tail;
}

/**
 * A subscription whose items are written to the socket here, each serialised once for all who share it, one after the other as the
 * socket takes them. The protocol library sees an iterable without items: it still sends the end or the error, and closes it.
 */
export function sentItems(id: string, items: AsyncIterableIterator<FormattedExecutionResult>, send: (text: string) => Promise<void>): AsyncIterableIterator<never> {
  const head = `{"id":${JSON.stringify(id)}`;
  let left = false;
  const isLeft = (): boolean => left;
  const iterator: AsyncIterableIterator<never> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      for (;;) {
        const item = await items.next();
        if (item.done === true || isLeft()) return { done: true, value: undefined };
        await send(head + tailOf(item.value));
      }
    },
    async return() {
      left = true;
      await items.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}
