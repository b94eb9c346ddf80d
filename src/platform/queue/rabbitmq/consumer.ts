import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { PRIORITIES, type JobName, type Priority } from '../../../jobs/jobs';
import type { Logger } from '../../../kernel/logger-type';
import { createLeasedRuns, type Handler } from '../leased-runs';
import type { JobLedger, JobRef } from '../ledger.port';
import type { Verdict } from '../queue.port';
import { createTurns } from '../turns';
import type { Link, Part } from './link';
import { decodeRef } from './message';
import { declareQueue, queueName } from './topology';

const RETRY_CLAIM_MS = 1000;
/** What the broker gets to answer a goodbye. */
const STOP_MS = 2000;
/** A hungry consumer is told so often that messages wait for it before it takes its channel for dead. */
const STARVING = 2;

interface Held {
  readonly ref: JobRef;
  readonly priority: Priority;
  readonly message: ConsumeMessage;
  readonly channel: Channel;
}

interface ConsumerDeps {
  readonly link: Link;
  readonly prefix: string;
  readonly ledger: JobLedger;
  readonly logger: Logger;
  /** A job comes back after so long. */
  onRetry(delayMs: number): void;
}

export interface RabbitConsumer {
  recheck(): void;
  /** Messages of this job have waited on the broker for long: if nothing was delivered meanwhile and hands are free, everything is set up anew. */
  starves(name: JobName): void;
  stop(graceMs: number): Promise<void>;
}

/**
 * Consumes the queues of these jobs with a channel of its own. A message is only a hint that a job may be due: the claim in the
 * table decides. It is acknowledged when its job is settled, so that a consumer holds no more than it works on.
 */
export function startRabbitConsumer(deps: ConsumerDeps, names: readonly JobName[], concurrency: number, handler: Handler): RabbitConsumer {
  const { link, prefix, ledger, logger } = deps;
  const runs = createLeasedRuns({ ledger, handler, logger });
  const turns = createTurns();
  let held: Held[] = [];
  let stopped = false;
  let open: { readonly channel: Channel; readonly tags: string[]; broken(error: Error): void } | null = null;
  let starved = 0;
  const claims = new Set<Promise<void>>();

  const part: Part = async (model, broken) => {
    const channel = await model.createChannel();
    channel.on('error', broken);
    channel.on('close', () => {
      // The broker hands them to whoever asks next; what runs goes on under its lease.
      held = held.filter((item) => item.channel !== channel);
      if (open?.channel === channel) open = null;
      if (!stopped) broken(new Error('the consuming channel was closed'));
    });
    await channel.prefetch(concurrency);
    const tags: string[] = [];
    // Before the first message comes: it is answered on this channel.
    open = { channel, tags, broken };
    starved = 0;
    for (const name of names) {
      for (const priority of PRIORITIES) {
        await declareQueue(channel, prefix, { name, priority });
        const { consumerTag } = await channel.consume(queueName(prefix, { name, priority }), (message) => {
          if (message !== null) receive(channel, message, priority);
          else broken(new Error(`the queue of ${name} was deleted`));
        });
        tags.push(consumerTag);
      }
    }
  };

  const receive = (channel: Channel, message: ConsumeMessage, priority: Priority): void => {
    const ref = decodeRef(message.content);
    if (ref === null) {
      logger.warn({ messageId: String(message.properties.messageId) }, 'a message that names no job goes to the dead-letter queue');
      answer(channel, () => { channel.nack(message, false, false); });
      return;
    }
    starved = 0;
    held.push({ ref, priority, message, channel });
    pump();
  };

  const take = (): Held | undefined => {
    const urgent = turns.next() === 'priority' ? held.findIndex(({ priority }) => priority === 'INTERACTIVE') : 0;
    return held.splice(Math.max(0, urgent), 1)[0];
  };

  const pump = (): void => {
    while (!stopped && held.length > 0 && runs.size + claims.size < concurrency) {
      const item = take();
      if (item === undefined) return;
      const claim = claimOf(item).finally(() => {
        claims.delete(claim);
        pump();
      });
      claims.add(claim);
    }
  };

  /** Resolves when the job runs, or does not. */
  const claimOf = async (item: Held): Promise<void> => {
    try {
      const job = await ledger.claim(item.ref);
      if (job === null) answer(item.channel, () => { item.channel.ack(item.message); });
      else void runs.start(job).then((verdict) => { ended(item, verdict); });
    } catch (error) {
      logger.warn({ err: error, jobId: item.ref.id }, 'claiming a job failed, trying again');
      setTimeout(() => {
        if (item.channel === open?.channel) held.push(item);
        pump();
      }, RETRY_CLAIM_MS).unref();
    }
  };

  const ended = ({ channel, message }: Held, verdict: Verdict): void => {
    if (verdict.kind === 'retry') deps.onRetry(verdict.delayMs);
    answer(channel, () => { if (verdict.kind === 'dead') channel.nack(message, false, false); else channel.ack(message); });
    pump();
  };

  /** On a channel that is gone there is nobody to answer: the message comes again, and its claim is refused. */
  const answer = (channel: Channel, say: () => void): void => {
    if (open?.channel !== channel) return;
    try {
      say();
    } catch (error) {
      logger.debug({ err: error }, 'a message was answered too late');
    }
  };

  const unuse = link.use(part);

  return {
    recheck: runs.recheck,
    starves(name) {
      if (!names.includes(name) || runs.size + claims.size + held.length > 0) return;
      starved += 1;
      if (starved >= STARVING) open?.broken(new Error(`messages of ${name} wait on the broker, and this consumer gets none`));
    },
    async stop(graceMs) {
      stopped = true;
      unuse();
      const last = open;
      if (last !== null) await atMost(STOP_MS, Promise.all(last.tags.map((tag) => last.channel.cancel(tag).catch(() => undefined))));
      for (const { channel, message } of held.splice(0)) answer(channel, () => { channel.nack(message, false, true); });
      await Promise.all(claims);
      await runs.finish(graceMs);
      if (last !== null) await atMost(STOP_MS, last.channel.close().catch(() => undefined));
    },
  };
}

const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> => Promise.race([work, delay(ms, undefined, { ref: false })]);
