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

/** Leaves out what is null. */
export function present<T>(source: AsyncIterableIterator<T | null>): AsyncIterableIterator<T> {
  const iterator: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      for (;;) {
        const result = await source.next();
        if (result.done === true) return { done: true, value: undefined };
        if (result.value !== null) return { done: false, value: result.value };
      }
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}

/** Ends after the first item that `isLast`. */
export function through<T>(source: AsyncIterableIterator<T>, isLast: (item: T) => boolean): AsyncIterableIterator<T> {
  let over = false;
  const iterator: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      const result = over ? await source.return?.() : await source.next();
      if (result === undefined || result.done === true) return { done: true, value: undefined };
      over = isLast(result.value);
      return { done: false, value: result.value };
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}

/** These, and no more. */
export async function* only<T>(items: readonly T[]): AsyncGenerator<T, undefined> {
  yield* items;
  return undefined;
}
