import fc from 'fast-check';
import { setTimeout as pause } from 'node:timers/promises';
import { createInProcessBus } from '../../platform/bus/in-process.bus';
import { unavailable } from '../../kernel/errors';
import { createLiveFeeds, type FeedSource, type Positioned } from './live-feed';

/** A feed whose reads take a moment, as a database's do. */
function logOf(bus: ReturnType<typeof createInProcessBus>) {
  const items: Positioned<string>[] = [];
  let failing = false;
  const source: FeedSource<string> = {
    topic: 'log',
    async read(position, limit) {
      await pause(Math.random() * 2);
      if (failing) throw new Error('gone');
      return items.filter((item) => item.position > position).slice(0, limit);
    },
    head: async () => items.at(-1)?.position ?? 0,
  };
  return {
    source,
    items,
    append(count: number, notify = true) {
      for (let n = 0; n < count; n += 1) items.push({ position: items.length * 3 + 3, item: `item ${items.length}` });
      if (notify) bus.notify('log');
    },
    fail() { failing = true; bus.notify('log'); },
  };
}

describe('a live feed', () => {
  it('gives a subscriber that is cut at random moments every item once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(7), fc.nat(5), fc.boolean()), { minLength: 3, maxLength: 12 }), async (steps) => {
        const bus = createInProcessBus();
        const log = logOf(bus);
        const feeds = createLiveFeeds({ bus, pollMs: 5 });
        log.append(2);
        const seen: Positioned<string>[] = [];
        for (const [appended, taken, notify] of steps) {
          const cut = new AbortController();
          const subscription = await feeds.subscribe('k', log.source, seen.at(-1)?.position ?? 0, cut.signal);
          log.append(appended, notify);
          for (let n = 0; n < taken && seen.length < log.items.length; n += 1) {
            const next = await subscription.next();
            if (next.done !== true) seen.push(next.value);
          }
          cut.abort();
        }
        const rest = await feeds.subscribe('k', log.source, seen.at(-1)?.position ?? 0, new AbortController().signal);
        while (seen.length < log.items.length) {
          const next = await rest.next();
          if (next.done !== true) seen.push(next.value);
        }
        await rest.return?.();
        expect(seen).toEqual(log.items);
        expect(feeds.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('reads a topic once for many subscribers, wherever each of them stands', async () => {
    const bus = createInProcessBus();
    const log = logOf(bus);
    let reads = 0;
    const source = { ...log.source, read: async (position: number, limit: number) => { reads += 1; return log.source.read(position, limit); } };
    const feeds = createLiveFeeds({ bus, pollMs: 60_000 });
    const stop = new AbortController();
    const all = await Promise.all(Array.from({ length: 50 }, () => feeds.subscribe('k', source, null, stop.signal)));
    const waiting = all.map((subscription) => subscription.next());
    const before = reads;
    log.append(1);
    expect((await Promise.all(waiting)).map((result) => result.value?.item)).toEqual(Array.from({ length: 50 }, () => 'item 0'));
    expect(reads - before).toBeLessThanOrEqual(2);
    stop.abort();
    expect(feeds.size).toBe(0);
  });

  it('keeps up with more than it remembers: a slow subscriber reads on from the source', async () => {
    const bus = createInProcessBus();
    const log = logOf(bus);
    const feeds = createLiveFeeds({ bus, pollMs: 5 });
    const stop = new AbortController();
    const slow = await feeds.subscribe('k', log.source, 0, stop.signal);
    const fast = await feeds.subscribe('k', log.source, 0, stop.signal);
    log.append(2500);
    for (let n = 0; n < 2500; n += 1) await fast.next();
    const seen: string[] = [];
    while (seen.length < 2500) {
      const next = await slow.next();
      if (next.done !== true) seen.push(next.value.item);
    }
    expect(seen).toEqual(log.items.map(({ item }) => item));
    stop.abort();
  });

  it('ends waiting subscribers with the error when what they follow cannot be read', async () => {
    const bus = createInProcessBus();
    const log = logOf(bus);
    const feeds = createLiveFeeds({ bus, pollMs: 60_000 });
    const subscription = await feeds.subscribe('k', log.source, null, new AbortController().signal);
    const next = subscription.next();
    log.fail();
    await expect(next).rejects.toThrow('gone');
    expect(feeds.size).toBe(0);
  });

  it('goes on from what is left when the items after an old cursor were swept', async () => {
    const bus = createInProcessBus();
    const log = logOf(bus);
    const feeds = createLiveFeeds({ bus, pollMs: 60_000 });
    log.append(5);
    const stop = new AbortController();
    let reads = 0;
    const source = { ...log.source, read: async (position: number, limit: number) => { reads += 1; return log.source.read(position, limit); } };
    const reader = await feeds.subscribe('k', source, null, stop.signal);
    log.items.splice(0, 5);
    const late = await feeds.subscribe('k', source, 3, stop.signal);
    const next = Promise.all([late.next(), reader.next()]);
    await pause(20);
    expect(reads).toBeLessThan(5);
    log.items.push({ position: 99, item: 'after the sweep' });
    bus.notify('log');
    expect((await next).map(({ value }) => value?.item)).toEqual(['after the sweep', 'after the sweep']);
    stop.abort();
  });

  it('keeps its subscribers while the source is busy', async () => {
    const bus = createInProcessBus();
    const log = logOf(bus);
    let busy = true;
    const source = {
      ...log.source,
      read: (position: number, limit: number) => (busy ? Promise.reject(unavailable('busy', 'DATABASE_BUSY')) : log.source.read(position, limit)),
    };
    const feeds = createLiveFeeds({ bus, pollMs: 60_000 });
    const stop = new AbortController();
    const subscription = await feeds.subscribe('k', source, null, stop.signal);
    const next = subscription.next();
    log.append(1);
    await pause(20);
    busy = false;
    expect((await next).value?.item).toBe('item 0');
    stop.abort();
  });

  it('ends at once when the consumer leaves while it waits', async () => {
    const bus = createInProcessBus();
    const feeds = createLiveFeeds({ bus, pollMs: 60_000 });
    const subscription = await feeds.subscribe('k', logOf(bus).source, null, new AbortController().signal);
    const next = subscription.next();
    await subscription.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(feeds.size).toBe(0);
  });
});
