import { randomUUID } from 'node:crypto';
import { requireRedisUrl } from '../../testing/services';
import { silentLogger } from '../../testing/silent-logger';
import { openRedis } from '../redis/redis';
import { createInProcessRateLimiter } from './in-process.rate-limiter';
import { rateLimitContract } from './rate-limit.contract';
import { createRedisRateLimiter } from './redis.rate-limiter';

const openLimiter = async (prefix = `test-${randomUUID()}`) => {
  const server = await openRedis({ url: requireRedisUrl(), prefix, logger: silentLogger });
  return { server, limiter: createRedisRateLimiter(server, createInProcessRateLimiter()), close: async () => { server.close(); } };
};

rateLimitContract(() => openLimiter());

it('two gateways count together', async () => {
  const one = await openLimiter();
  const two = await openLimiter(one.server.prefix);
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? one : two).limiter.take('key', 10, 600_000)));
  expect(answers.filter(({ allowed }) => allowed)).toHaveLength(10);
  await one.close();
  await two.close();
});

it('without the server it counts in this process', async () => {
  const { limiter, close } = await openLimiter();
  await close();
  const answers = [];
  for (let n = 0; n < 5; n += 1) answers.push((await limiter.take('key', 3, 600_000)).allowed);
  expect(answers).toEqual([true, true, true, false, false]);
});
