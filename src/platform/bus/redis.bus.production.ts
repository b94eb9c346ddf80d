import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { requireRedisUrl } from '../../testing/services';
import { silentLogger } from '../../testing/silent-logger';
import { openRedis } from '../redis/redis';
import { busContract } from './bus.contract';
import { createRedisBus } from './redis.bus';

const openServer = (prefix: string) => openRedis({ url: requireRedisUrl(), prefix, logger: silentLogger });

/** Notices travel in order on one connection: when a marker has come, what was sent before it has come too. */
async function openOver(prefix: string) {
  const [here, there] = [await openServer(prefix), await openServer(prefix)];
  const [bus, remote] = [createRedisBus(here), createRedisBus(there)];
  const marker = async (from: typeof bus, to: typeof bus): Promise<void> => {
    const topic = `marker ${randomUUID()}`;
    let arrived: () => void = () => undefined;
    const came = new Promise<void>((resolve) => { arrived = resolve; });
    const stop = to.listen(topic, arrived);
    // Until the subscription stands nothing arrives, so the marker is sent again.
    const again = setInterval(() => { from.notify(topic); }, 20);
    from.notify(topic);
    await came;
    clearInterval(again);
    stop();
  };
  return {
    bus, remote, here, there,
    settled: async () => { await marker(bus, remote); await marker(remote, bus); },
    close: async () => { here.close(); there.close(); },
  };
}

busContract(() => openOver(`test-${randomUUID()}`));

describe('over Redis', () => {
  it('a notice given in one process reaches listeners of another once, and those of its own', async () => {
    const { bus, remote, settled, close } = await openOver(`test-${randomUUID()}`);
    const heard = { own: 0, other: 0 };
    bus.listen('session', () => { heard.own += 1; });
    remote.listen('session', () => { heard.other += 1; });
    await settled();
    bus.notify('session');
    await settled();
    expect(heard).toEqual({ own: 1, other: 1 });
    await close();
  });

  it('installations with different prefixes hear nothing of each other', async () => {
    const [one, two] = [await openOver(`test-${randomUUID()}`), await openOver(`test-${randomUUID()}`)];
    let heard = 0;
    two.bus.listen('session', () => { heard += 1; });
    await two.settled();
    one.remote.notify('session');
    await one.settled();
    await two.settled();
    expect(heard).toBe(0);
    await one.close();
    await two.close();
  });

  it('after its connections were cut every listener is woken, and notices arrive again', async () => {
    const { bus, remote, here, settled, close } = await openOver(`test-${randomUUID()}`);
    let heard = 0;
    const stop = bus.listen('session', () => { heard += 1; });
    await settled();
    const before = heard;
    const back = new Promise((resolve) => { here.subscriptions.once('ready', resolve); });
    here.subscriptions.stream.destroy();
    here.commands.stream.destroy();
    await back;
    while (heard === before) await delay(5);
    const woken = heard;
    await settled();
    remote.notify('session');
    while (heard === woken) await delay(5);
    stop();
    await close();
  });
});

it('a server that does not answer is told of by the variable that names it', async () => {
  await expect(openRedis({ url: 'redis://127.0.0.1:1', prefix: 'x', logger: silentLogger })).rejects.toMatchObject({
    code: 'UNAVAILABLE', message: expect.stringContaining('CONTEXTIQ_REDIS_URL'),
  });
});
