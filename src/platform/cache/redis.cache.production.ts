import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { requireRedisUrl } from '../../testing/services';
import { silentLogger } from '../../testing/silent-logger';
import { openRedis } from '../redis/redis';
import { cacheContract } from './cache.contract';
import { createRedisCache } from './redis.cache';

const openServer = () => openRedis({ url: requireRedisUrl(), prefix: `test-${randomUUID()}`, logger: silentLogger });

cacheContract(async () => {
  const server = await openServer();
  return { cache: createRedisCache(server), close: async () => { server.close(); } };
});

it('another process sees what was set, one with another prefix does not', async () => {
  const [one, other] = [await openServer(), await openServer()];
  const twin = await openRedis({ url: requireRedisUrl(), prefix: one.prefix, logger: silentLogger });
  await createRedisCache(one).set('key', 'value', 60_000);
  expect([await createRedisCache(twin).get('key'), await createRedisCache(other).get('key')]).toEqual(['value', null]);
  for (const server of [one, other, twin]) server.close();
});

it('while the server is away everything is a miss and nothing fails', async () => {
  const server = await openServer();
  const cache = createRedisCache(server);
  await cache.set('key', 'value', 60_000);
  server.close();
  await cache.set('key', 'other', 60_000);
  expect(await cache.get('key')).toBeNull();
  while (server.isUp()) await delay(1);
});
