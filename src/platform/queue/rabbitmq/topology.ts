import type { Channel } from 'amqplib';
import { JOB_NAMES, PRIORITIES } from '../../../jobs/jobs';
import type { QueueKey } from '../ledger.port';

/** Deliveries of one message before the broker sets it aside: only a message that keeps losing its worker gets there. */
const DELIVERY_LIMIT = 20;
const MAX_LENGTH = 100_000;
/** Copies of what died are for looking at; the row in the jobs table is what can be retried. */
const DEAD_TTL_MS = 7 * 24 * 3_600_000;

export const ALL_QUEUES: readonly QueueKey[] = JOB_NAMES.flatMap((name) => PRIORITIES.map((priority) => ({ name, priority })));

export const queueName = (prefix: string, { name, priority }: QueueKey): string => `${prefix}.${name}.${priority.toLowerCase()}`;
export const deadQueueName = (prefix: string, { name }: Pick<QueueKey, 'name'>): string => `${prefix}.${name}.dead`;
const deadExchange = (prefix: string): string => `${prefix}.dead`;

const QUORUM = { 'x-queue-type': 'quorum' };

/**
 * One durable quorum queue per job and priority (3.10 has no priorities inside a quorum queue), and one dead-letter queue per
 * job behind the dead-letter exchange. Declaring what is there already changes nothing. @returns messages ready in the queue
 */
export async function declareQueue(channel: Channel, prefix: string, key: QueueKey): Promise<number> {
  const { messageCount } = await channel.assertQueue(queueName(prefix, key), {
    durable: true,
    maxLength: MAX_LENGTH,
    // What dead-lettering at least once demands: a full queue refuses, it never drops.
    overflow: 'reject-publish',
    deadLetterExchange: deadExchange(prefix),
    deadLetterRoutingKey: key.name,
    arguments: { ...QUORUM, 'x-delivery-limit': DELIVERY_LIMIT, 'x-dead-letter-strategy': 'at-least-once' },
  });
  return messageCount;
}

export async function declareAll(channel: Channel, prefix: string): Promise<void> {
  await channel.assertExchange(deadExchange(prefix), 'direct', { durable: true });
  for (const name of JOB_NAMES) {
    const dead = deadQueueName(prefix, { name });
    await channel.assertQueue(dead, { durable: true, messageTtl: DEAD_TTL_MS, maxLength: MAX_LENGTH, arguments: QUORUM });
    await channel.bindQueue(dead, deadExchange(prefix), name);
  }
  for (const key of ALL_QUEUES) await declareQueue(channel, prefix, key);
}
