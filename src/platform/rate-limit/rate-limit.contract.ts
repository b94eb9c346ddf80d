import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RateLimiter } from './rate-limit.port';

export interface OpenRateLimiter {
  readonly limiter: RateLimiter;
  close(): Promise<void>;
}

/** What every counter promises; each adapter's test runs it. */
export function rateLimitContract(open: () => Promise<OpenRateLimiter>): void {
  describe('as every rate limiter', () => {
    let opened: OpenRateLimiter;
    beforeAll(async () => { opened = await open(); });
    afterAll(() => opened.close());

    const many = (key: string, times: number, limit: number, windowMs: number) =>
      Promise.all(Array.from({ length: times }, () => opened.limiter.take(key, limit, windowMs)));

    test('as many as the limit pass at once, however they race; the rest are told how long to wait', async () => {
      const answers = await many(randomUUID(), 50, 20, 600_000);
      const refused = answers.filter(({ allowed }) => !allowed);
      expect([answers.length - refused.length, refused.length]).toEqual([20, 30]);
      for (const { retryAfterMs } of refused) {
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(retryAfterMs).toBeLessThanOrEqual(30_000);
      }
    });

    test('one pays nothing for another', async () => {
      const key = randomUUID();
      await many(key, 5, 5, 600_000);
      expect((await opened.limiter.take(`${key} `, 5, 600_000)).allowed).toBe(true);
      expect((await opened.limiter.take(key, 5, 600_000)).allowed).toBe(false);
    });

    test('who waits as long as told may go on, and a refusal costs nothing', async () => {
      const key = randomUUID();
      await many(key, 40, 10, 500);
      const refused = await opened.limiter.take(key, 10, 500);
      expect(refused.allowed).toBe(false);
      await delay(refused.retryAfterMs + 5);
      expect((await opened.limiter.take(key, 10, 500)).allowed).toBe(true);
    });
  });
}
