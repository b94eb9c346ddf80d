import type { ConfirmChannel } from 'amqplib';
import { setTimeout as delay } from 'node:timers/promises';
import type { Publishable, QueueKey } from '../ledger.port';
import type { Link } from './link';
import { encodeRef } from './message';
import { declareAll, declareQueue, queueName } from './topology';

/** A broker under a memory or disk alarm takes messages without confirming them. */
const CONFIRM_MS = 10_000;

const REDECLARE_MS = 1000;

export interface Publisher {
  readonly ready: boolean;
  /** @returns those that the broker has confirmed to hold, on disk, in their queue */
  publish(jobs: readonly Publishable[]): Promise<Publishable[]>;
  /** Messages of a queue that wait for a consumer; null without a connection. */
  waiting(queue: QueueKey): Promise<number | null>;
}

/** Declares every queue and publishes with confirms. `onReady` runs on each new connection. */
export function createPublisher(link: Link, prefix: string, onReady: () => void): Publisher {
  let open: { readonly channel: ConfirmChannel; readonly returned: Set<string>; broken(error: Error): void } | null = null;

  link.use(async (model, broken) => {
    const channel = await model.createConfirmChannel();
    const returned = new Set<string>();
    channel.on('error', broken);
    channel.on('close', () => {
      if (open?.channel === channel) open = null;
      broken(new Error('the publishing channel was closed'));
    });
    // A queue that is not there hands the message back, and confirms it all the same.
    channel.on('return', ({ properties }) => { returned.add(String(properties.messageId)); });
    await declareAll(channel, prefix);
    open = { channel, returned, broken };
    onReady();
  });

  return {
    get ready() { return open !== null; },

    async publish(jobs) {
      const now = open;
      if (now === null) return [];
      const send = (job: Publishable): Promise<boolean> => new Promise((resolve) => {
        now.channel.publish('', queueName(prefix, job), encodeRef(job), {
          persistent: true, mandatory: true, messageId: job.id, contentType: 'application/json', type: job.name,
        }, (error: unknown) => { resolve(error === null || error === undefined); });
      });
      const late = new AbortController();
      try {
        const sent = Promise.all(jobs.map(async (job) => ((await send(job)) ? [job] : [])));
        const confirmed = await Promise.race([sent, delay(CONFIRM_MS, null, { signal: late.signal })]);
        if (confirmed === null) throw new Error(`RabbitMQ confirmed nothing for ${CONFIRM_MS} ms`);
        const kept = confirmed.flat().filter(({ id }) => !now.returned.has(id));
        if (now.returned.size > 0) {
          // Declared anew at once, the queue would take over the old one's consumers in a state in which they get nothing.
          setTimeout(() => { now.broken(new Error('a queue was deleted')); }, REDECLARE_MS).unref();
          now.returned.clear();
        }
        return kept;
      } catch (error) {
        now.broken(error instanceof Error ? error : new Error(String(error)));
        return [];
      } finally {
        late.abort();
      }
    },

    async waiting(queue) {
      const now = open;
      if (now === null) return null;
      const late = new AbortController();
      try {
        const count = await Promise.race([declareQueue(now.channel, prefix, queue), delay(CONFIRM_MS, null, { signal: late.signal })]);
        if (count === null) now.broken(new Error(`RabbitMQ said nothing of a queue for ${CONFIRM_MS} ms`));
        return count;
      } finally {
        late.abort();
      }
    },
  };
}
