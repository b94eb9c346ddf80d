import { freePort } from '../free-port';
import { newSharedServices } from '../shared-services';
import { createApiClient, type ApiClient } from './client';
import { candidatesOf, generate, jobOf, memoriesOf, untilEnded } from './memories';
import { failToStartProgram, killPrograms, startProgram } from './program';
import { until } from './until';

const FACTS = Array.from({ length: 200 }, (_, n) => `Ann owns book number ${n}`);
const TAKEOVER_MS = 30_000; // a lease lasts 10 s

let services: Awaited<ReturnType<typeof newSharedServices>>;
let api: ApiClient;

beforeAll(async () => {
  services = await newSharedServices();
  const gateway = await startProgram('gateway', { variables: { ...services.variables, CONTEXTIQ_PORT: '0', CONTEXTIQ_WORKERS: '0' } });
  api = createApiClient(gateway.entry.url ?? '');
});
afterAll(async () => {
  killPrograms();
  await services.drop();
});

const startWorker = (...args: string[]) => startProgram('worker', { args, variables: services.variables });
const pool = (user: string) => ({ facts: FACTS, scope: { user_id: user } });
const inTheMiddle = (id: string) => until('the job is under way', async () => {
  const job = await jobOf(api, id);
  if (job.status === 'COMPLETED') throw new Error('the job was over before it could be disturbed');
  return job.phase === 'CONSOLIDATE' && job.done > 3;
});

/** One outcome per candidate, and each fact once. */
async function requireWhole(id: string, user: string): Promise<void> {
  expect(await untilEnded(api, id, TAKEOVER_MS)).toMatchObject({ status: 'COMPLETED' });
  const candidates = await candidatesOf(api, id);
  expect(candidates.map(({ ordinal, outcome }) => [ordinal, outcome])).toEqual(FACTS.map((_, n) => [n + 1, 'CREATED']));
  expect((await memoriesOf(api, { user_id: user })).map(({ fact }) => fact).sort()).toEqual([...FACTS].sort());
}

test('a worker that is told to stop leaves with 0, and its job ends once, there or at the next worker', async () => {
  const worker = await startWorker();
  const id = await generate(api, pool('drained'));
  await inTheMiddle(id);
  expect(await worker.stop('SIGTERM')).toBe(0);
  const next = await startWorker();
  await requireWhole(id, 'drained');
  expect(await next.stop('SIGTERM')).toBe(0);
});

test('a worker that is killed in the middle of a generation is replaced by another: one outcome per candidate, no memory twice', async () => {
  const killed = await startWorker();
  const id = await generate(api, pool('killed'));
  await inTheMiddle(id);
  const other = await startWorker();
  await killed.stop('SIGKILL');
  await requireWhole(id, 'killed');
  await other.stop('SIGTERM');
});

test('a cancelation through the gateway stops the worker in its process, which then takes the next job', async () => {
  const worker = await startWorker('--concurrency', '1');
  const id = await generate(api, pool('canceled'));
  await inTheMiddle(id);
  await api.ask('mutation($id: ID!) { cancelGeneration(id: $id) { status } }', { id });
  const next = await generate(api, { facts: ['Ann sings'], scope: { user_id: 'next' } });
  expect(await untilEnded(api, next)).toMatchObject({ status: 'COMPLETED' });
  expect(await jobOf(api, id)).toMatchObject({ status: 'CANCELED' });
  // The only worker has done other work since: what it had not settled by then stays undone.
  expect((await memoriesOf(api, { user_id: 'canceled' })).length).toBeLessThan(FACTS.length);
  await worker.stop('SIGTERM');
});

test('a worker with --port answers for its database and its broker', async () => {
  const worker = await startWorker('--port', '0');
  const readyz = await fetch(`http://127.0.0.1:${worker.entry.healthPort}/readyz`);
  expect(readyz.status).toBe(200);
  expect(await readyz.json()).toMatchObject({ ready: true, components: { database: { state: 'up' }, queue: { state: 'up' } } });
  expect((await fetch(`http://127.0.0.1:${worker.entry.healthPort}/healthz`)).status).toBe(200);
  expect(await worker.stop('SIGTERM')).toBe(0);
});

test('a worker whose broker or database is not there says which and does not start', async () => {
  const port = await freePort();
  for (const [variable, url, words] of [
    ['CONTEXTIQ_RABBITMQ_URL', `amqp://guest:guest@127.0.0.1:${port}`, /CONTEXTIQ_RABBITMQ_URL: the broker does not answer/],
    ['CONTEXTIQ_DATABASE_URL', `postgres://postgres@127.0.0.1:${port}/none`, /CONTEXTIQ_DATABASE_URL/],
  ] as const) {
    const { code, words: said } = await failToStartProgram('worker', { variables: { ...services.variables, [variable]: url } });
    expect(said).toMatch(words);
    expect(said).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  }
});
