import { abortable } from './iterators';

test('items arrive in order and the end is the end', async () => {
  const items: number[] = [];
  for await (const item of abortable(async function* () {
    yield 1;
    yield 2;
  })) items.push(item);
  expect(items).toEqual([1, 2]);
});

test('return ends a pending next at once and aborts the source', async () => {
  let aborted = false;
  const iterator = abortable(async function* (signal) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    aborted = true;
    yield 1;
  });
  const pending = iterator.next();
  await iterator.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  expect(aborted).toBe(true);
});

test('a failure of the source reaches the reader', async () => {
  const iterator = abortable<number>(async function* () {
    throw new Error('gone');
  });
  await expect(iterator.next()).rejects.toThrow('gone');
});
