import { createInProcessRateLimiter } from './in-process.rate-limiter';
import { rateLimitContract } from './rate-limit.contract';

rateLimitContract(async () => ({ limiter: createInProcessRateLimiter(), close: async () => undefined }));

it('allows the rate and no more over a long time', async () => {
  let now = 0;
  const limiter = createInProcessRateLimiter(() => now);
  let allowed = 0;
  for (; now < 10_000; now += 7) if ((await limiter.take('a', 10, 1000)).allowed) allowed += 1;
  expect(allowed).toBeGreaterThanOrEqual(100);
  expect(allowed).toBeLessThanOrEqual(110);
});
