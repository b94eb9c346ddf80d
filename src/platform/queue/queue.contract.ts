import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { JobName } from '../../jobs/jobs';
import type { Actor } from '../../kernel/actor';
import type { Delivery, JobOutbox, JobQueue, Verdict } from './queue.port';

export interface OpenQueue {
  readonly queue: JobQueue;
  readonly actor: Actor;
  /** Runs `work` in a transaction; what it rejects with rolls it back. */
  transact<T>(work: (outbox: JobOutbox) => Promise<T>): Promise<T>;
  /** Ends the lease of a running job as if its worker had been silent for long. */
  expireLease(jobId: string): Promise<void>;
  /** Takes a job away, also from who runs it. */
  revoke(jobId: string): Promise<void>;
  /** Resolves when every due job waits where consumers look for it. */
  offered(): Promise<void>;
  /** Jobs that are kept as dead, with the reason. */
  dead(): Promise<readonly { readonly id: string; readonly error: string }[]>;
  close(): Promise<void>;
}

type Handler = (delivery: Delivery, signal: AbortSignal) => Promise<Verdict>;

const DONE: Verdict = { kind: 'done' };
const GRACE_MS = 60_000;

/** What every queue promises; each adapter's test runs it. One queue for all tests: each leaves nothing that is due. */
export function jobQueueContract(open: () => Promise<OpenQueue>): void {
  describe('as every job queue', () => {
    let opened: OpenQueue;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const NAME: JobName = 'memory.generation';
    const payload = () => ({ tenantId: opened.actor.tenantId, generationId: randomUUID() });
    const enqueue = (): Promise<string> => opened.transact((outbox) => outbox.enqueue(opened.actor, NAME, payload()));
    /** Consumes while `work` goes on, then stops. */
    const consuming = async <T>(handler: Handler, work: () => Promise<T>, concurrency = 1): Promise<T> => {
      const consumer = opened.queue.consume([NAME], concurrency, handler);
      try {
        return await work();
      } finally {
        await consumer.stop(GRACE_MS);
      }
    };
    /** Collects deliveries; `started(n)` resolves when the n-th comes, `reached(n)` when so many are answered. */
    const recorder = (verdictOf: (delivery: Delivery, nth: number, signal: AbortSignal) => Verdict | Promise<Verdict>) => {
      const seen: Delivery[] = [];
      let answered = 0;
      const changes = new EventEmitter();
      const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await once(changes, 'change'); };
      const handler: Handler = async (delivery, signal) => {
        const nth = seen.push(delivery);
        changes.emit('change');
        try {
          return await verdictOf(delivery, nth, signal);
        } finally {
          answered += 1;
          changes.emit('change');
        }
      };
      return { seen, handler, started: (n: number) => until(() => seen.length >= n), reached: (n: number) => until(() => answered >= n) };
    };

    test('a job comes with what it was enqueued with, and once it is done it never comes again', async () => {
      const { seen, handler, reached } = recorder(() => DONE);
      const sent = payload();
      const id = await opened.transact((outbox) => outbox.enqueue(opened.actor, NAME, sent));
      await consuming(handler, () => reached(1));
      expect(seen).toEqual([{ id, tenantId: opened.actor.tenantId, name: NAME, payload: sent, attempt: 1 }]);
      const later = await enqueue();
      await consuming(handler, () => reached(2));
      expect(seen.map((delivery) => delivery.id)).toEqual([id, later]);
    });

    test('a job enqueued while a consumer waits is delivered', async () => {
      const { seen, handler, reached } = recorder(() => DONE);
      await consuming(handler, async () => {
        const id = await enqueue();
        await reached(1);
        expect(seen[0]?.id).toBe(id);
      });
    });

    test('each of many jobs is delivered to one of several consumers, and no more at once than allowed', async () => {
      let running = 0;
      let most = 0;
      const ids = await Promise.all(Array.from({ length: 20 }, enqueue));
      const { seen, handler, reached } = recorder(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return DONE;
      });
      await consuming(handler, () => consuming(handler, () => reached(20), 2), 2);
      expect(seen.map(({ id }) => id).sort()).toEqual([...ids].sort());
      expect(most).toBeLessThanOrEqual(4);
    });

    test('a retry comes again and counts as an attempt', async () => {
      const { seen, handler, reached } = recorder((_, nth) => (nth === 1 ? { kind: 'retry', delayMs: 20, error: 'not now', counts: true } : DONE));
      const id = await enqueue();
      await consuming(handler, () => reached(2));
      expect(seen.map((delivery) => [delivery.id, delivery.attempt])).toEqual([[id, 1], [id, 2]]);
    });

    test('a retry waits for its delay while later jobs go on', async () => {
      const { seen, handler, reached } = recorder((_, nth) => (nth === 1 ? { kind: 'retry', delayMs: 3_600_000, error: 'not now', counts: true } : DONE));
      const waits = await enqueue();
      await consuming(handler, () => reached(1));
      const later = await enqueue();
      await consuming(handler, () => reached(2));
      expect(seen.map(({ id }) => id)).toEqual([waits, later]);
    });

    test('a retry that was nobody’s failure does not count as an attempt', async () => {
      const { seen, handler, reached } = recorder((_, nth) => (nth === 3 ? DONE : { kind: 'retry', delayMs: 0, error: 'held elsewhere', counts: false }));
      await enqueue();
      await consuming(handler, () => reached(3));
      expect(seen.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    });

    test('a handler that rejects counts as a retry', async () => {
      const { seen, handler, reached } = recorder((_, nth) => (nth === 1 ? Promise.reject(new Error('a bug')) : DONE));
      await enqueue();
      await consuming(handler, () => reached(2));
      expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    test('a dead job stays dead, and its reason is kept', async () => {
      const { seen, handler, reached } = recorder((_, nth) => (nth === 1 ? { kind: 'dead', error: 'hopeless' } : DONE));
      const id = await enqueue();
      await consuming(handler, () => reached(1));
      await enqueue();
      await consuming(handler, () => reached(2));
      expect(seen.filter((delivery) => delivery.id === id)).toHaveLength(1);
      expect(await opened.dead()).toContainEqual({ id, error: 'hopeless' });
    });

    test('a job whose worker went silent goes to another, and what the silent one says of it then is not heard', async () => {
      let speak = (): void => undefined;
      const silent = new Promise<Verdict>((resolve) => { speak = () => { resolve({ kind: 'dead', error: 'too late' }); }; });
      const { seen, handler, started } = recorder((_, nth) => (nth === 1 ? silent : DONE));
      const id = await enqueue();
      await consuming(handler, async () => {
        await started(1);
        await opened.expireLease(id);
        await consuming(handler, () => started(2));
        speak();
      });
      expect(seen.map((delivery) => [delivery.id, delivery.attempt])).toEqual([[id, 1], [id, 2]]);
      expect((await opened.dead()).map((job) => job.id)).not.toContain(id);
    });

    test('a job that is taken away aborts its handler, and what that says is not heard', async () => {
      const { seen, handler, started, reached } = recorder(async (_, __, signal) => {
        if (!signal.aborted) await once(signal, 'abort');
        return { kind: 'dead', error: 'too late' };
      });
      const id = await enqueue();
      await consuming(handler, async () => {
        await started(1);
        await opened.revoke(id);
        await reached(1);
      });
      expect(seen).toHaveLength(1);
      expect((await opened.dead()).map((job) => job.id)).not.toContain(id);
    });

    test('what somebody waits for comes before what may wait, which comes too', async () => {
      const { seen, handler, reached } = recorder(() => DONE);
      const bulk = await Promise.all(Array.from({ length: 6 }, () => opened.transact((outbox) => outbox.enqueue(opened.actor, NAME, payload(), 'BULK'))));
      const urgent = await Promise.all([enqueue(), enqueue()]);
      await opened.offered();
      await consuming(handler, () => reached(8));
      expect(seen.slice(0, 4).map(({ id }) => id)).toEqual(expect.arrayContaining(urgent));
      expect(seen.map(({ id }) => id).sort()).toEqual([...bulk, ...urgent].sort());
    });

    test('stopping lets running handlers end, and takes no new job', async () => {
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => { finish = resolve; });
      const { seen, handler, started } = recorder(async (_, __, signal) => {
        await finished;
        expect(signal.aborted).toBe(false);
        return DONE;
      });
      await enqueue();
      const consumer = opened.queue.consume([NAME], 1, handler);
      await started(1);
      const stopped = consumer.stop(GRACE_MS);
      const left = await enqueue();
      finish();
      await stopped;
      expect(seen).toHaveLength(1);
      const next = recorder(() => DONE);
      await consuming(next.handler, () => next.reached(1));
      expect(next.seen.map(({ id }) => id)).toEqual([left]);
    });

    test('a handler that does not end within the grace is aborted, and what it answers then still counts', async () => {
      const { handler, started } = recorder(async (_, __, signal) => {
        if (!signal.aborted) await once(signal, 'abort');
        return { kind: 'retry', delayMs: 0, error: 'interrupted', counts: false };
      });
      const id = await enqueue();
      const consumer = opened.queue.consume([NAME], 1, handler);
      await started(1);
      await consumer.stop(1);
      const next = recorder(() => DONE);
      await consuming(next.handler, () => next.reached(1));
      expect(next.seen).toMatchObject([{ id, attempt: 1 }]);
    });

    test('what is rolled back was never enqueued', async () => {
      const { seen, handler, reached } = recorder(() => DONE);
      await consuming(handler, async () => {
        await expect(opened.transact(async (outbox) => {
          await outbox.enqueue(opened.actor, NAME, payload());
          throw new Error('the change failed');
        })).rejects.toThrow('the change failed');
        const id = await enqueue();
        await reached(1);
        expect(seen.map((delivery) => delivery.id)).toEqual([id]);
      });
    });

    test('a consumer takes only jobs of the names it asked for', async () => {
      const other = await opened.transact((outbox) => outbox.enqueue(opened.actor, 'memory.consolidation', payload()));
      const id = await enqueue();
      const { seen, handler, reached } = recorder(() => DONE);
      await consuming(handler, () => reached(1));
      expect(seen.map((delivery) => delivery.id)).toEqual([id]);
      const rest = opened.queue.consume(['memory.consolidation'], 1, handler);
      await reached(2);
      await rest.stop(GRACE_MS);
      expect(seen[1]?.id).toBe(other);
    });
  });
}
