import { randomUUID } from 'node:crypto';
import { createJobLedger } from '../../storage/job-ledger';
import { createJobOutbox } from '../../storage/job-outbox';
import type { Database } from '../../storage/database';
import { planned } from '../../storage/sql';
import { adminOf } from '../../testing/actors';
import { openTestDatabase, silentLogger } from '../../testing/database';
import { until } from '../../testing/e2e/until';
import { newPrefix } from '../../testing/rabbitmq';
import { startRabbitNode, type RabbitNode } from '../../testing/rabbitmq-node';
import { createInProcessBus } from '../bus/in-process.bus';
import type { JobQueue } from './queue.port';
import { openRabbitQueue } from './rabbitmq.queue';

const JOBS = 300;
const actor = adminOf('default');
const NAME = 'memory.generation';

let node: RabbitNode;
let database: Database;
beforeAll(async () => {
  [node, database] = await Promise.all([startRabbitNode(), openTestDatabase()]);
}, 120_000);
afterAll(async () => {
  await node.remove();
  await database.close();
});

const count = async (): Promise<number> => (await database.query<{ n: number }>(planned('test', 'select count(*)::int as n from jobs'), []))[0]?.n ?? 0;

/** Two consumers, each with a connection and a relay of its own, as two processes have; what they ran, by job. */
async function twoWorkers(handle: () => Promise<void> = () => Promise.resolve()) {
  const prefix = newPrefix();
  const runs = new Map<string, number>();
  const bus = createInProcessBus();
  const queues: JobQueue[] = [];
  for (let n = 0; n < 2; n += 1) queues.push(await openRabbitQueue({ url: node.url, prefix, ledger: createJobLedger(database), bus, logger: silentLogger }));
  const consumers = queues.map((queue) => queue.consume([NAME], 4, async ({ id }) => {
    await handle();
    runs.set(id, (runs.get(id) ?? 0) + 1);
    return { kind: 'done' };
  }));
  return {
    runs, queues,
    enqueue: (): Promise<string> =>
      database.transact((tx) => createJobOutbox(tx, bus).enqueue(actor, NAME, { tenantId: actor.tenantId, generationId: randomUUID() })),
    async close() {
      for (const consumer of consumers) await consumer.stop(10_000);
      for (const queue of queues) await queue.close();
    },
  };
}

/** Jobs come in one by one while `faults` happen; each must run exactly once. */
async function eachRunsOnceDuring(faults: (workers: Awaited<ReturnType<typeof twoWorkers>>) => Promise<void>): Promise<void> {
  const workers = await twoWorkers(() => new Promise(setImmediate));
  try {
    const ids: string[] = [];
    const producing = (async () => {
      while (ids.length < JOBS) ids.push(await workers.enqueue());
    })();
    await until('some jobs have run', () => workers.runs.size > 20);
    await faults(workers);
    await producing;
    await until('every job is done', async () => (await count()) === 0, 90_000);
    expect([...workers.runs.keys()].sort()).toEqual([...ids].sort());
    expect([...workers.runs.values()].filter((times) => times !== 1)).toEqual([]);
  } finally {
    await workers.close();
  }
}

test('every job runs once though all connections are closed by force, again and again', () =>
  eachRunsOnceDuring(async ({ queues }) => {
    for (let n = 0; n < 3; n += 1) {
      await node.control('close_all_connections', 'test');
      await until('both are connected again', () => queues.every((queue) => queue.state().state === 'up'));
    }
  }), 180_000);

test('every job runs once though the broker is killed and comes back', () =>
  eachRunsOnceDuring(async ({ queues }) => {
    await node.kill();
    await until('both know', () => queues.every((queue) => queue.state().state === 'down'));
    await node.start();
  }), 240_000);

test('a worker that was cut off hands its job to another within the lease, and its own word counts no more', async () => {
  let release = (): void => undefined;
  const stuck = new Promise<void>((resolve) => { release = resolve; });
  let first = true;
  const workers = await twoWorkers(() => {
    if (!first) return Promise.resolve();
    first = false;
    return stuck;
  });
  try {
    const id = await workers.enqueue();
    await until('the first has it', () => !first);
    await database.query(planned('test', 'update jobs set run_at = now() where id = $1'), [id]);
    await until('the other has done it', () => workers.runs.get(id) === 1);
    release();
    await until('the first is through', () => workers.runs.get(id) === 2);
    expect(await count()).toBe(0);
  } finally {
    release();
    await workers.close();
  }
});

test('without a broker at the start jobs wait, and run when it is there', async () => {
  await node.kill();
  const workers = await twoWorkers();
  try {
    expect(workers.queues[0]?.state()).toMatchObject({ state: 'down', detail: expect.stringContaining('RabbitMQ') });
    const id = await workers.enqueue();
    await node.start();
    await until('the job is done', () => workers.runs.get(id) === 1);
  } finally {
    await workers.close();
  }
}, 120_000);
