import { setTimeout as delay } from 'node:timers/promises';
import { cacheContract } from './cache.contract';
import type { Cache } from './cache.port';
import { createLruCache } from './lru.cache';
import { createTieredCache } from './tiered.cache';

const lru = (maxBytes = 1024 * 1024): Cache => createLruCache({ maxBytes });

describe('in this process', () => cacheContract(async () => ({ cache: lru(), close: async () => undefined })));
describe('in two levels', () => cacheContract(async () => ({ cache: createTieredCache(lru(), lru()), close: async () => undefined })));

it('the least recently used goes when the bound is reached', async () => {
  const cache = lru(4096);
  for (let n = 0; n < 100; n += 1) {
    await cache.set(`key ${n}`, 'x'.repeat(200), 60_000);
    await cache.get('key 0');
  }
  expect([await cache.get('key 0'), await cache.get('key 1'), await cache.get('key 99')]).toEqual(['x'.repeat(200), null, 'x'.repeat(200)]);
});

it('what only the shared level has comes nearer, and each look is counted', async () => {
  const looks: string[] = [];
  const [near, shared] = [lru(), lru()];
  const cache = createTieredCache(near, shared, { looked: (level, result) => { looks.push(`${level} ${result}`); } });
  await shared.set('a', 'value', 60_000);
  expect([await cache.get('a'), await cache.get('a'), await cache.get('b')]).toEqual(['value', 'value', null]);
  expect(looks).toEqual(['L1 miss', 'L2 hit', 'L1 hit', 'L1 miss', 'L2 miss']);
});

it('what is set reaches the shared level for the other processes', async () => {
  const shared = lru();
  await createTieredCache(lru(), shared).set('a', 'value', 60_000);
  while ((await shared.get('a')) === null) await delay(1);
});
