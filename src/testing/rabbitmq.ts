import { randomUUID } from 'node:crypto';
import { connect, type Channel } from 'amqplib';
import { JOB_NAMES } from '../jobs/jobs';
import { ALL_QUEUES, deadQueueName, queueName } from '../platform/queue/rabbitmq/topology';

/** Names of its own on a shared broker. */
export const newPrefix = (): string => `test-${randomUUID()}`;

/** Works on the broker beside the queue under test. */
export async function onBroker<T>(url: string, work: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(url, { timeout: 5000 });
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}

/** Takes everything of a prefix off the broker. */
export const removeQueues = (url: string, prefix: string): Promise<void> =>
  onBroker(url, async (channel) => {
    for (const key of ALL_QUEUES) await channel.deleteQueue(queueName(prefix, key));
    for (const name of JOB_NAMES) await channel.deleteQueue(deadQueueName(prefix, { name }));
    await channel.deleteExchange(`${prefix}.dead`);
  });
