import { randomUUID } from 'node:crypto';
import { createJobLedger } from '../../storage/job-ledger';
import { createJobOutbox } from '../../storage/job-outbox';
import { createJobStore } from '../../storage/job.store';
import { planned } from '../../storage/sql';
import { adminOf } from '../../testing/actors';
import { openTestDatabase, silentLogger } from '../../testing/database';
import { until } from '../../testing/e2e/until';
import { newPrefix, onBroker, removeQueues } from '../../testing/rabbitmq';
import { requireRabbitUrl } from '../../testing/services';
import { createInProcessBus } from '../bus/in-process.bus';
import { jobQueueContract } from './queue.contract';
import type { Delivery } from './queue.port';
import { openRabbitQueue } from './rabbitmq.queue';
import { deadQueueName, queueName } from './rabbitmq/topology';

const url = requireRabbitUrl();
const actor = adminOf('default');

async function openWorld() {
  const database = await openTestDatabase();
  const bus = createInProcessBus();
  const prefix = newPrefix();
  const queue = await openRabbitQueue({ url, prefix, ledger: createJobLedger(database), bus, logger: silentLogger });
  return {
    database, prefix, queue, actor, bus,
    transact: <T>(work: (outbox: ReturnType<typeof createJobOutbox>) => Promise<T>) => database.transact((tx) => work(createJobOutbox(tx, bus))),
    async expireLease(jobId: string) {
      await database.query(planned('test', 'update jobs set run_at = now() where id = $1'), [jobId]);
    },
    async revoke(jobId: string) {
      await createJobStore(database, bus).remove(actor, jobId);
    },
    async offered() {
      const open = planned('test', 'select 1 from jobs where published_at is null and dead_at is null and run_at <= now()');
      await until('everything is published', async () => (await database.query(open, [])).length === 0);
    },
    dead: () => database.query<{ id: string; error: string }>(planned('test', 'select id, last_error as error from jobs where dead_at is not null'), []),
    async close() {
      await queue.close();
      await removeQueues(url, prefix);
      await database.close();
    },
  };
}

jobQueueContract(openWorld);

describe('a queue on RabbitMQ', () => {
  let world: Awaited<ReturnType<typeof openWorld>>;
  beforeAll(async () => { world = await openWorld(); });
  afterAll(() => world.close());

  const enqueue = (): Promise<string> =>
    world.transact((outbox) => outbox.enqueue(actor, 'memory.generation', { tenantId: actor.tenantId, generationId: randomUUID() }));
  const queueOf = () => queueName(world.prefix, { name: 'memory.generation', priority: 'INTERACTIVE' });
  const collecting = () => {
    const seen: string[] = [];
    const consumer = world.queue.consume(['memory.generation'], 4, async ({ id }: Delivery) => {
      seen.push(id);
      return { kind: 'done' };
    });
    return { seen, stop: () => consumer.stop(10_000) };
  };

  it('runs a job once though its message comes twice, as after a crash between publishing and marking it', async () => {
    const id = await enqueue();
    await onBroker(url, async (channel) => {
      await until('the job is published', async () => (await channel.checkQueue(queueOf())).messageCount === 1);
    });
    await world.database.query(planned('test', 'update jobs set published_at = null where id = $1'), [id]);
    const { seen, stop } = collecting();
    const last = await enqueue();
    await until('both jobs are done', () => seen.includes(id) && seen.includes(last));
    await onBroker(url, async (channel) => {
      await until('the queue is empty', async () => (await channel.checkQueue(queueOf())).messageCount === 0);
    });
    await stop();
    expect(seen.sort()).toEqual([id, last].sort());
  });

  it('goes on when a queue is deleted under its consumer', async () => {
    const { seen, stop } = collecting();
    const first = await enqueue();
    await until('the first job is done', () => seen.includes(first));
    await onBroker(url, (channel) => channel.deleteQueue(queueOf()));
    const second = await enqueue();
    await until('the second job is done', () => seen.includes(second));
    await stop();
    expect(seen).toEqual([first, second]);
  });

  it('publishes again what was in a queue that somebody deleted', async () => {
    const id = await enqueue();
    await onBroker(url, async (channel) => {
      await until('the job is published', async () => (await channel.checkQueue(queueOf())).messageCount === 1);
      await channel.deleteQueue(queueOf());
    });
    await world.database.query(planned('test', `update jobs set published_at = now() - interval '1 minute' where published_at is not null`), []);
    const { seen, stop } = collecting();
    await until('the job is done', () => seen.includes(id));
    await stop();
    expect(seen).toEqual([id]);
  });

  it('sets a message that names no job aside, in the dead-letter queue', async () => {
    const { stop } = collecting();
    await onBroker(url, async (channel) => {
      channel.sendToQueue(queueOf(), Buffer.from('hello'));
      const dead = deadQueueName(world.prefix, { name: 'memory.generation' });
      const message = await until('the message is set aside', () => channel.get(dead, { noAck: true }));
      expect(message.content.toString()).toBe('hello');
    });
    await stop();
  });

  it('names the variable when the broker refuses the password or the virtual host', async () => {
    const options = { prefix: world.prefix, ledger: createJobLedger(world.database), bus: world.bus, logger: silentLogger };
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(openRabbitQueue({ ...options, url: wrong.href })).rejects.toThrow(/^CONTEXTIQ_RABBITMQ_URL: .*password/);
    await expect(openRabbitQueue({ ...options, url: new URL('/nowhere', url).href })).rejects.toThrow(/^CONTEXTIQ_RABBITMQ_URL: .*virtual host/);
  });
});
