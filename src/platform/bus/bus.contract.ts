import type { Bus } from './bus.port';

export interface OpenBus {
  readonly bus: Bus;
  /** Resolves once every notice given so far has reached whoever it will reach. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What every bus promises; each adapter's test runs it. */
export function busContract(open: () => Promise<OpenBus>): void {
  describe('as every bus', () => {
    let opened: OpenBus;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const counter = (topic: string): { readonly count: () => number; readonly stop: () => void } => {
      let count = 0;
      return { stop: opened.bus.listen(topic, () => { count += 1; }), count: () => count };
    };

    test('a notice reaches every listener of its topic and no other', async () => {
      const [one, two, other] = [counter('a'), counter('a'), counter('a ')];
      opened.bus.notify('a');
      await opened.settled();
      expect([one.count(), two.count(), other.count()]).toEqual([1, 1, 0]);
      for (const { stop } of [one, two, other]) stop();
    });

    test('a listener does not run within the call that gives notice', async () => {
      const { count, stop } = counter('b');
      opened.bus.notify('b');
      expect(count()).toBe(0);
      await opened.settled();
      expect(count()).toBe(1);
      stop();
    });

    test('a notice that follows a delivery is delivered too; many at once run a listener at least once and at most as often', async () => {
      const { count, stop } = counter('c');
      for (let n = 0; n < 5; n += 1) opened.bus.notify('c');
      await opened.settled();
      const first = count();
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThanOrEqual(5);
      opened.bus.notify('c');
      await opened.settled();
      expect(count()).toBe(first + 1);
      stop();
    });

    test('who stopped listening hears nothing, not even of a notice under way, and the others still do', async () => {
      const [leaves, stays] = [counter('d'), counter('d')];
      opened.bus.notify('d');
      leaves.stop();
      leaves.stop();
      await opened.settled();
      expect([leaves.count(), stays.count()]).toEqual([0, 1]);
      stays.stop();
    });

    test('a listener may give notice, listen and stop while it runs', async () => {
      const heard: string[] = [];
      const stopSecond = opened.bus.listen('f', () => { heard.push('f'); });
      const stopFirst = opened.bus.listen('e', () => {
        heard.push('e');
        stopFirst();
        opened.bus.notify('f');
      });
      opened.bus.notify('e');
      await opened.settled();
      await opened.settled();
      opened.bus.notify('e');
      await opened.settled();
      expect(heard).toEqual(['e', 'f']);
      stopSecond();
    });

    test('a notice that nobody listens to does no harm', async () => {
      opened.bus.notify('nobody');
      await opened.settled();
      const { count, stop } = counter('nobody');
      await opened.settled();
      expect(count()).toBe(0);
      stop();
    });
  });
}
