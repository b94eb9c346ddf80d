/** Opens a live feed whose signal is aborted when the client leaves, so that nothing keeps waiting for a socket that is gone. */
export async function live<T>(open: (signal: AbortSignal) => Promise<AsyncIterable<T>>): Promise<AsyncIterableIterator<T>> {
  const left = new AbortController();
  const items = (await open(left.signal))[Symbol.asyncIterator]();
  const iterator: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => iterator,
    // Nobody calls `return` after a failed `next`: what was opened is closed here.
    next: () => items.next().catch((error: unknown) => {
      left.abort();
      throw error;
    }),
    async return() {
      left.abort();
      await items.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}
