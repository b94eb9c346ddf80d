import { closable } from './iterators';
import { live } from './live';

async function* doubled(items: AsyncIterable<number>): AsyncGenerator<number, void> {
  for await (const item of items) yield item * 2;
}

test('items are mapped in order and the end is the end', async () => {
  const source = await live(async () =>
    (async function* () {
      yield 1;
      yield 2;
    })(),
  );
  const items: number[] = [];
  for await (const item of closable(source, doubled)) items.push(item);
  expect(items).toEqual([2, 4]);
});

test('return aborts a live source that waits, and ends the pending next', async () => {
  let aborted = false;
  const source = await live<number>(async (signal) =>
    (async function* () {
      yield 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      aborted = true;
    })(),
  );
  const iterator = closable(source, doubled);
  expect(await iterator.next()).toEqual({ done: false, value: 2 });
  const pending = iterator.next();
  await iterator.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
  expect(aborted).toBe(true);
});

test('a failure of the source reaches the reader', async () => {
  const source = await live<number>(async () =>
    (async function* () {
      yield await Promise.reject<number>(new Error('gone'));
    })(),
  );
  await expect(closable(source, doubled).next()).rejects.toThrow('gone');
});
