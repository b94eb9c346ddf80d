import type { Config } from '../../config/schema';
import { startTestGateway } from '../gateway';
import { newPrefix, removeQueues } from '../rabbitmq';
import { startRabbitNode, type RabbitNode } from '../rabbitmq-node';
import { createApiClient } from './client';
import { CONVERSATION } from './conversation';
import { candidatesOf, generate, hold, jobOf, untilEnded } from './memories';
import { until } from './until';

let node: RabbitNode;
beforeAll(async () => { node = await startRabbitNode(); }, 120_000);
afterAll(() => node.remove());

const onBroker = (): Extract<Config['queue'], { kind: 'rabbitmq' }> => ({ kind: 'rabbitmq', url: node.url, prefix: newPrefix() });
const readyz = async (url: string): Promise<{ status: number; body: { components: Record<string, { state: string }> } }> => {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) });
  return { status: response.status, body: (await response.json()) as { components: Record<string, { state: string }> } };
};

test('a gateway serves while the broker is away, says so, and its jobs run when it is back', async () => {
  const queue = onBroker();
  const gateway = await startTestGateway({ queue });
  try {
    const api = createApiClient(gateway.url);
    const sessionId = await hold(api, CONVERSATION, { userId: 'mara' });
    expect(await untilEnded(api, await generate(api, { sessionId }))).toMatchObject({ status: 'COMPLETED' });
    await node.kill();
    await until('readiness tells', async () => (await readyz(gateway.url)).body.components['queue']?.state === 'degraded');
    expect((await readyz(gateway.url)).status).toBe(200);
    const waits = await generate(api, { sessionId });
    expect(await jobOf(api, waits)).toMatchObject({ status: 'PENDING' });
    await node.start();
    expect(await untilEnded(api, waits)).toMatchObject({ status: 'COMPLETED' });
    expect((await candidatesOf(api, waits)).filter(({ outcome }) => outcome === null)).toEqual([]);
    await until('the queue is empty', async () => (await api.ask('{ queueDepths { name } }')).queueDepths.length === 0);
  } finally {
    await gateway.close();
    await removeQueues(node.url, queue.prefix);
  }
}, 120_000);

test('a gateway without workers accepts jobs and leaves them alone', async () => {
  const gateway = await startTestGateway({ queue: onBroker(), workers: 0 });
  try {
    const api = createApiClient(gateway.url);
    const id = await generate(api, { text: 'I play the cello.', scope: { user_id: 'mara' } });
    await until('the job is on the broker', async () => (await node.control('list_queues', 'name', 'messages')).match(/memory\.generation\.interactive\s+1/) !== null);
    expect((await jobOf(api, id)).status).toBe('PENDING');
    expect((await api.ask('{ queueDepths { name waiting running } }')).queueDepths).toEqual([{ name: 'memory.generation', waiting: 1, running: 0 }]);
  } finally {
    await gateway.close();
  }
}, 120_000);
