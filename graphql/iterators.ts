/**
 * Maps a source through a generator. A generator that is parked in `await` queues `return()` until its next item, which may
 * never come: here `return()` reaches the source itself at once, so that a disconnect frees it.
 */
export function closable<T, U>(source: AsyncIterable<T>, map: (items: AsyncIterable<T>) => AsyncGenerator<U, void>): AsyncIterableIterator<U> {
  const inner = source[Symbol.asyncIterator]();
  const results = map({ [Symbol.asyncIterator]: () => inner });
  return {
    next: () => results.next(),
    async return() {
      await inner.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
