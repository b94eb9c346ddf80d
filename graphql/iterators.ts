/**
 * Runs an async generator so that a disconnect frees it. A generator parked in `await` queues `return()` until its next item,
 * which may never come; here `return()` aborts the signal that `open` was given, and the pending `next()` ends at once.
 * For the `subscribe` of a subscription: `subscribe: ({ context }) => abortable((signal) => context.app.events.follow(…, signal))`.
 */
export function abortable<T>(open: (signal: AbortSignal) => AsyncIterable<T>): AsyncIterableIterator<T> {
  const controller = new AbortController();
  const inner = open(controller.signal)[Symbol.asyncIterator]();
  let endPending = (): void => undefined;
  return {
    next() {
      if (controller.signal.aborted) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve, reject) => {
        endPending = () => resolve({ done: true, value: undefined });
        inner.next().then(resolve, reject);
      });
    },
    async return() {
      controller.abort();
      endPending();
      await inner.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Maps a source through a generator, while `return()` reaches the source itself at once. */
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
