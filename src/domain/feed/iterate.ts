import { badInput } from '../../kernel/errors';

/** A feed's cursor is its position in decimal, an event's is its seq: stable for ever and easy to keep. @throws GatewayError BAD_USER_INPUT */
export function parsePosition(cursor: string | null, field = 'after'): number | null {
  if (cursor === null) return null;
  if (!/^\d{1,15}$/.test(cursor)) throw badInput(field, 'this is no cursor of this feed', 'BAD_CURSOR');
  return Number(cursor);
}

/** Maps an async iterator and passes `return` on at once, even while `next` waits. */
export function mapItems<A, B>(source: AsyncIterableIterator<A>, map: (item: A) => B | Promise<B>): AsyncIterableIterator<B> {
  const iterator: AsyncIterableIterator<B> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      const result = await source.next();
      return result.done === true ? { done: true, value: undefined } : { done: false, value: await map(result.value) };
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}
