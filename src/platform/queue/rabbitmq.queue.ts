import { GatewayError } from '../../kernel/errors';
import type { Logger } from '../../kernel/logger-type';
import type { Bus } from '../bus/bus.port';
import { JOBS_REVOKED, type JobLedger } from './ledger.port';
import type { JobQueue } from './queue.port';
import { startRabbitConsumer, type RabbitConsumer } from './rabbitmq/consumer';
import { openLink } from './rabbitmq/link';
import { createPublisher } from './rabbitmq/publisher';
import { createRelay } from './rabbitmq/relay';

export interface RabbitQueueOptions {
  readonly url: string;
  /** First part of every name on the broker: installations that share one need a prefix each. */
  readonly prefix: string;
  readonly ledger: JobLedger;
  readonly bus: Bus;
  readonly logger: Logger;
}

/**
 * The jobs table with RabbitMQ in front: rows are the truth, messages carry their ids to whichever worker is free. Without the
 * broker jobs wait in the table. @throws GatewayError when the broker refuses the credentials or the virtual host
 */
export async function openRabbitQueue({ url, prefix, ledger, bus, logger }: RabbitQueueOptions): Promise<JobQueue> {
  const link = openLink(url, logger);
  const consumers = new Set<RabbitConsumer>();
  const publisher = createPublisher(link, prefix, () => { relay.kick(); });
  const relay = createRelay({ ledger, publisher, bus, logger, onStuck: ({ name }) => { for (const consumer of consumers) consumer.starves(name); } });
  const close = async (): Promise<void> => {
    await relay.stop();
    await link.close();
  };
  const refusal = refusalOf(await link.firstTry);
  if (refusal !== null) {
    await close();
    throw new GatewayError('UNAVAILABLE', `CONTEXTIQ_RABBITMQ_URL: ${refusal}`);
  }
  return {
    consume(names, concurrency, handler) {
      const onRetry = (delayMs: number): void => { setTimeout(relay.kick, delayMs + 5).unref(); };
      const consumer = startRabbitConsumer({ link, prefix, ledger, logger, onRetry }, names, concurrency, handler);
      const unlisten = bus.listen(JOBS_REVOKED, consumer.recheck);
      consumers.add(consumer);
      return {
        async stop(graceMs) {
          unlisten();
          consumers.delete(consumer);
          await consumer.stop(graceMs);
        },
      };
    },
    state: link.state,
    close,
  };
}

/** What waiting does not mend. A broker that is not there yet is no refusal. */
function refusalOf(error: Error | null): string | null {
  if (error === null) return null;
  if (/ACCESS[-_]REFUSED/.test(error.message)) return 'RabbitMQ refuses this user or password';
  // How amqplib tells that the broker closed a connection when it heard the name of the virtual host: the reason is lost.
  if (error.message.includes('got <ConnectionClose')) return 'RabbitMQ has no such virtual host, or this user may not use it';
  return null;
}
