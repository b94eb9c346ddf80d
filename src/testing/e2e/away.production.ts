import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { parseConfig, type Config } from '../../config/schema';
import { startGateway, type Gateway } from '../../gateway';
import { createLogger } from '../../platform/telemetry/logger';
import { parseExposition } from '../exposition';
import { startPostgresNode, type PostgresNode } from '../postgres-node';
import { startRabbitNode, type RabbitNode } from '../rabbitmq-node';
import { startRedisNode, type RedisNode } from '../redis-node';
import { embeddings, startScriptedModel, type ScriptedModel } from '../scripted-model';
import { createApiClient } from './client';
import { generate, jobOf, newSession, untilEnded } from './memories';
import { paraphrasingModel } from './paraphrasing-model';
import { seededRandom } from './random';
import { startSmallLoad, type SmallLoad } from './small-load';
import { until } from './until';

/** Twice what the slowest path may take (a hung database is known after 8 s), on a busy machine. */
const REPLY_MS = 16_000;
const DIMENSION = 64;

let postgres: PostgresNode;
let redis: RedisNode;
let rabbit: RabbitNode;
let chat: ScriptedModel;
let embedder: ScriptedModel;
let gateway: Gateway;
/** What the gateway logs as errors, for whoever looks into a failure. */
const errors: string[] = [];

beforeAll(async () => {
  [postgres, redis, rabbit] = await Promise.all([startPostgresNode(), startRedisNode(), startRabbitNode()]);
  chat = await startScriptedModel(paraphrasingModel(seededRandom(1)));
  embedder = await startScriptedModel(embeddings(DIMENSION));
  const base = parseConfig({
    CONTEXTIQ_PORT: '0', CONTEXTIQ_MODEL: 'chat', CONTEXTIQ_MODEL_URL: chat.url, CONTEXTIQ_MODEL_TIMEOUT_MS: '5000',
    CONTEXTIQ_EMBEDDING_MODEL: 'embedder', CONTEXTIQ_EMBEDDING_URL: embedder.url, CONTEXTIQ_EMBEDDING_DIMENSION: String(DIMENSION),
    CONTEXTIQ_DATABASE_URL: postgres.url, CONTEXTIQ_REDIS_URL: redis.url, CONTEXTIQ_RABBITMQ_URL: rabbit.url,
  });
  const config: Config = { ...base, rateLimit: 1_000_000 };
  gateway = await startGateway(config, createLogger('error', new Writable({ write: (line, _, next) => { errors.push(String(line)); next(); } })));
}, 180_000);
afterAll(async () => {
  await gateway.close();
  await Promise.all([postgres.remove(), redis.kill(), rabbit.remove(), chat.close(), embedder.close()]);
}, 60_000);

const api = () => createApiClient(gateway.url);
const readyz = async () => {
  const response = await fetch(`${gateway.url}/readyz`, { signal: AbortSignal.timeout(5000) });
  const body = (await response.json()) as { ready: boolean; modes: string[]; components: Record<string, { state: string; detail?: string }> };
  return { status: response.status, ...body };
};
const figures = async () => {
  const scrape = parseExposition(await (await fetch(`${gateway.url}/metrics`)).text());
  return { open: (part: string) => scrape.sum('contextiq_circuit_open', { part }), mode: (mode: string) => scrape.value('contextiq_mode', { mode }) };
};
const allIsWell = () => until('all is well', async () => {
  const { status, modes, components } = await readyz();
  return status === 200 && modes.length === 0 && Object.values(components).every(({ state }) => state === 'up');
}, 90_000);
beforeEach(() => allIsWell(), 100_000);

const loads: SmallLoad[] = [];
const startLoad = async (): Promise<SmallLoad> => {
  const load = await startSmallLoad(gateway.url);
  loads.push(load);
  return load;
};
afterEach(() => { loads.splice(0).forEach(({ halt }) => { halt(); }); });

const FAULTS = ['killed', 'hung'] as const;
interface Node { kill(): Promise<void>; start(): Promise<void>; hang(): unknown; wake(): unknown }
const strike = async (node: Node, fault: (typeof FAULTS)[number]): Promise<void> => { await (fault === 'killed' ? node.kill() : node.hang()); };
const heal = async (node: Node, fault: (typeof FAULTS)[number]): Promise<void> => { await (fault === 'killed' ? node.start() : node.wake()); };

const READ = `query($id: ID!, $query: String!) { session(id: $id) { knownAt state lastSeq }
  recall(input: { query: $query, kinds: [EVENT], scopes: [{ scope: { user_id: "ada" } }] }) { degraded indexedThrough hits { event { content { text } } } }
  context(input: { sessionId: $id, query: $query, budgetTokens: 500 }) { degraded indexedThrough text } }`;

describe.each(FAULTS)('PostgreSQL is %s', (fault) => {
  test('every reply comes in time and says so, nothing acknowledged is lost, and the process goes on by itself', async () => {
    const node: Node = { ...postgres, kill: () => postgres.stop('SIGKILL') };
    const { text: secret } = await gateway.composition.app.access.createKey({ tenantId: 'default', principalId: 'test', roles: ['admin'], scopeLimits: [] }, { name: fault, roles: ['admin'] });
    const reader = createApiClient(gateway.url, { authorization: `Bearer ${secret}` });
    const id = await newSession(reader, { userId: 'ada', state: { mood: fault } });
    await reader.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: { author: USER, text: "Ann plays the cello." }) { id } }', { id });
    const forgotten = await newSession(reader, { userId: 'bertha' });
    await reader.ask('query($id: ID!) { session(id: $id) { id } }', { id: forgotten });
    const { forgetUser } = await reader.ask('mutation { forgetUser(userId: "bertha", dryRun: false) { id } }');
    await until('bertha is forgotten', async () => (await reader.ask('query($id: ID!) { forgetting(id: $id) { status } }', forgetUser)).forgetting.status === 'COMPLETED');
    const before = await reader.ask(READ, { id, query: 'cello' });
    expect(before).toMatchObject({ session: { knownAt: null }, recall: { degraded: [] }, context: { degraded: [] } });
    const load = await startLoad();
    await until('the load runs', () => load.replies.length > 20);
    const struckAt = new Date();
    await strike(node, fault);
    await until('it is told', async () => {
      const { status, modes, components } = await readyz();
      return status === 503 && modes.includes('CACHE_ONLY') && components['database']?.state === 'down';
    });
    await until('metrics tell', async () => {
      const { open, mode } = await figures();
      return open('database') === 1 && mode('CACHE_ONLY') === 1;
    });
    const from = load.replies.length;
    await until('refusals', () => load.replies.length > from + 50, REPLY_MS);
    for (const { kind, error, degraded } of load.replies.slice(from)) {
      if (kind === 'write') expect(error).toMatchObject({ code: 'UNAVAILABLE', reason: 'DATABASE_DOWN', retryAfterMs: expect.any(Number) });
      expect(degraded).toEqual(['CACHE_ONLY']);
    }
    const known = await reader.ask(READ, { id, query: 'cello' });
    expect(known).toEqual({
      session: { ...before.session, knownAt: expect.any(String) },
      recall: { hits: before.recall.hits, degraded: ['CACHE_ONLY'], indexedThrough: expect.any(String) },
      context: { text: before.context.text, degraded: ['CACHE_ONLY'], indexedThrough: expect.any(String) },
    });
    for (const at of [known.session.knownAt, known.recall.indexedThrough, known.context.indexedThrough]) expect(Date.parse(at)).toBeLessThan(struckAt.getTime());
    expect((await reader.send('query($id: ID!) { session(id: $id) { id } }', { id: forgotten })).body.errors?.[0]).toMatchObject({ extensions: { reason: 'DATABASE_DOWN' } });
    expect((await reader.send(READ, { id, query: 'what nobody asked before' })).body.errors?.[0]).toMatchObject({ extensions: { reason: 'DATABASE_DOWN' } });
    expect((await reader.send('{ searchMemories(scope: { user_id: "ada" }, query: "cello") { id } }')).body.errors?.[0]).toMatchObject({ extensions: { reason: 'DATABASE_DOWN' } });
    await heal(node, fault);
    await allIsWell();
    const healed = load.replies.length;
    await until('it writes again', () => load.replies.slice(healed).filter(({ kind, error }) => kind === 'write' && error === null).length > 20);
    await load.stop();
    const refusals = load.replies.flatMap(({ error }) => (error === null ? [] : [`${error.code} ${error.reason}`]));
    if (refusals.some((refusal) => refusal.startsWith('INTERNAL'))) throw new Error(errors.join(''));
    expect([...new Set(refusals)]).toEqual(['UNAVAILABLE DATABASE_DOWN']);
    expect(load.replies.filter(({ ms }) => ms > REPLY_MS)).toEqual([]);
    await until('metrics tell', async () => (await figures()).mode('CACHE_ONLY') === 0);
  }, 180_000);
});

describe.each(FAULTS)('Redis is %s', (fault) => {
  test('nothing is refused, /readyz and metrics tell, and it is used again when it is back', async () => {
    const load = await startLoad();
    await strike(redis, fault);
    await until('it is told', async () => {
      const { status, components } = await readyz();
      return status === 200 && components['redis']?.state === 'degraded';
    });
    await until('metrics tell', async () => (await figures()).open('redis') === 1);
    const from = load.replies.length;
    await until('answers', () => load.replies.length > from + 50, REPLY_MS);
    await heal(redis, fault);
    await allIsWell();
    await load.stop();
    expect(load.replies.filter(({ error, degraded, ms }) => error !== null || degraded.length > 0 || ms > REPLY_MS)).toEqual([]);
    await until('metrics tell', async () => (await figures()).open('redis') === 0);
  }, 180_000);
});

describe.each(FAULTS)('RabbitMQ is %s', (fault) => {
  test('all is answered, replies tell, accepted jobs wait in the database and run when it is back', async () => {
    await strike(rabbit, fault);
    const load = await startLoad();
    const waiting = await Promise.all(['Ann sings', 'Bob dances', 'Cleo paints'].map((fact) => generate(api(), { facts: [fact], scope: { user_id: randomUUID() } })));
    await until('it is told', async () => {
      const { status, modes, components } = await readyz();
      return status === 200 && modes.includes('ESSENTIAL_ONLY') && components['queue']?.state === 'degraded';
    }, 60_000);
    await until('metrics tell', async () => {
      const { open, mode } = await figures();
      return open('queue') === 1 && mode('ESSENTIAL_ONLY') === 1;
    });
    expect((await api().send('{ version }')).body.extensions).toMatchObject({ degraded: ['ESSENTIAL_ONLY'] });
    for (const id of waiting) expect(await jobOf(api(), id)).toMatchObject({ status: 'PENDING' });
    await heal(rabbit, fault);
    for (const id of waiting) expect(await untilEnded(api(), id)).toMatchObject({ status: 'COMPLETED' });
    await load.stop();
    expect(load.replies.filter(({ error, ms }) => error !== null || ms > REPLY_MS)).toEqual([]);
    await allIsWell();
  }, 240_000);
});

test('a server that takes no writes: writes are refused in so many words, everything that reads answers whole, and it ends by itself', async () => {
  const sessionId = await newSession(api(), { userId: 'ada' });
  await api().ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: { author: USER, text: "Ann plays the cello." }) { id } }', { id: sessionId });
  const setting = (change: string) => postgres.tool('psql', [postgres.url, '-c', `alter system ${change}`, '-c', 'select pg_reload_conf()']);
  const write = () => api().send('mutation { createSession(input: { userId: "u" }) { id } }');
  await setting('set default_transaction_read_only = on');
  try {
    await until('it is told', async () => (await readyz()).modes.includes('READ_ONLY'));
    expect((await readyz()).status).toBe(200);
    expect((await write()).body).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE', reason: 'DATABASE_READ_ONLY', retryAfterMs: expect.any(Number) } }] });
    const { body } = await api().send(`query($id: ID!) { session(id: $id) { events { content { text } } } sessions(userId: "ada") { id }
      recall(input: { query: "Who plays the cello?", kinds: [EVENT], scopes: [{ scope: { user_id: "ada" } }] }) { hits { event { content { text } } } }
      context(input: { sessionId: $id, query: "the cello", budgetTokens: 500 }) { text } searchMemories(scope: { user_id: "ada" }, query: "cello") { id } }`, { id: sessionId });
    expect(body.errors).toBeUndefined();
    expect(body.data).toMatchObject({ session: { events: [{ content: [{ text: 'Ann plays the cello.' }] }] }, context: { text: expect.stringContaining('cello') } });
    expect(JSON.stringify(body.data.recall)).toContain('cello');
    expect(body.extensions).toMatchObject({ degraded: ['READ_ONLY'] });
    await until('metrics tell', async () => (await figures()).mode('READ_ONLY') === 1);
  } finally {
    await setting('reset default_transaction_read_only');
  }
  await allIsWell();
  expect((await write()).body.errors).toBeUndefined();
}, 120_000);

test('the embedder is away: words decide, replies tell, and vectors count again when it is back', async () => {
  await api().ask('mutation { createMemory(input: { scope: { user_id: "embedded" }, fact: "Ann plays the cello." }) { id } }');
  const recall = async () => (await api().send(`{ recall(input: { query: "cello ${randomUUID()}", scopes: [{ scope: { user_id: "embedded" } }] }) { degraded hits { memory { fact } } } }`)).body;
  await until('vectors count', async () => (await recall()).data.recall.degraded.length === 0);
  const port = Number(new URL(embedder.url).port);
  await embedder.close();
  await until('the circuit is open', async () => {
    const { data, extensions } = await recall();
    expect(data.recall).toMatchObject({ degraded: ['VECTOR'], hits: [{ memory: { fact: 'Ann plays the cello.' } }] });
    return extensions?.degraded?.includes('REDUCED_PRECISION') === true;
  });
  expect(await readyz()).toMatchObject({ status: 200, modes: ['REDUCED_PRECISION'], components: { embedder: { state: 'degraded' } } });
  await until('metrics tell', async () => (await figures()).mode('REDUCED_PRECISION') === 1 && (await figures()).open('embedder') === 1);
  embedder = await startScriptedModel(embeddings(DIMENSION), port);
  await until('vectors count again', async () => (await recall()).data.recall.degraded.length === 0);
  await allIsWell();
}, 120_000);
