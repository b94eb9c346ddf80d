import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cache } from './cache.port';

export interface OpenCache {
  readonly cache: Cache;
  close(): Promise<void>;
}

/** What every cache promises; each adapter's test runs it. */
export function cacheContract(open: () => Promise<OpenCache>): void {
  describe('as every cache', () => {
    let opened: OpenCache;
    beforeAll(async () => { opened = await open(); });
    afterAll(() => opened.close());

    test('what was set is there, byte for byte', async () => {
      const key = `a "key" with ✓ ${randomUUID()}`;
      const value = JSON.stringify({ text: 'naïve 日本 \u0000 \u202e', list: [1, null] });
      await opened.cache.set(key, value, 60_000);
      expect(await opened.cache.get(key)).toBe(value);
    });

    test('keys that share a prefix are different, and the last value counts', async () => {
      const key = randomUUID();
      await opened.cache.set(key, 'one', 60_000);
      await opened.cache.set(`${key}2`, 'two', 60_000);
      await opened.cache.set(key, 'three', 60_000);
      expect([await opened.cache.get(key), await opened.cache.get(`${key}2`), await opened.cache.get(`${key}3`)]).toEqual(['three', 'two', null]);
    });

    test('an entry is gone once its time is over; one without time was never there', async () => {
      const [brief, never] = [randomUUID(), randomUUID()];
      await opened.cache.set(brief, 'value', 30);
      await opened.cache.set(never, 'value', 0);
      expect(await opened.cache.get(never)).toBeNull();
      while ((await opened.cache.get(brief)) !== null) await delay(5);
    });

    test('a value that is too large is not kept, and nobody is told', async () => {
      const key = randomUUID();
      await opened.cache.set(key, 'x'.repeat(64 * 1024 * 1024), 60_000);
      expect(await opened.cache.get(key)).toBeNull();
    });
  });
}
