import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/schema';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { hang, refusal, startScriptedModel, type Behaviour, type ScriptedModel } from '../scripted-model';
import type { ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { keyedClient } from './keyed-client';
import { candidatesOf, generate, hold, jobOf, memoriesOf, untilEnded } from './memories';
import { paraphrasingModel } from './paraphrasing-model';
import { seededRandom } from './random';
import { until } from './until';

const JOB = 'id name state attempts maxAttempts lastError failures { attempt message } payload generationId ageSeconds deadAt';
const RETRY = 'mutation($id: ID!, $key: String) { retryJob(id: $id, idempotencyKey: $key) { id } }';
const DISCARD = 'mutation($id: ID!, $key: String) { discardJob(id: $id, idempotencyKey: $key) }';
const CANCEL = 'mutation($id: ID!, $key: String) { cancelGeneration(id: $id, idempotencyKey: $key) { id status error { code } } }';

const works = paraphrasingModel(seededRandom(1));
const refuses = refusal();
/** Extraction works, consolidation does as `then`. */
const extractsThen = (then: Behaviour): Behaviour => (request) => (request.schemaName === 'extracted_facts' ? works : then)(request);

let behaviour: Behaviour = works;
let model: ScriptedModel;
let gateway: Gateway;
let users = 0;

beforeAll(async () => {
  model = await startScriptedModel((request) => behaviour(request));
  const chat: Config['chat'] = { kind: 'openai', models: [{ baseUrl: model.url, apiKey: '', model: 'scripted' }], temperature: null, maxTokens: 4096, timeoutMs: 60_000 };
  gateway = await startTestGateway({ chat, summaries: { events: 0, tokens: 1_000_000 }, auth: { kind: 'keys' } });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await model.close();
});

const newTenant = async (): Promise<{ tenant: string; api: ApiClient }> => {
  const tenant = `jobs-${(users += 1)}`;
  return { tenant, api: await keyedClient(gateway, tenant) };
};
const begin = async (api: ApiClient): Promise<string> => generate(api, { sessionId: await hold(api, CONVERSATION, { userId: 'mara' }) });
/** What is known already makes the next generation ask the model about it. */
const remembering = async (api: ApiClient): Promise<void> => {
  behaviour = works;
  expect(await untilEnded(api, await begin(api))).toMatchObject({ status: 'COMPLETED' });
};
/** A generation that the model has refused, with its dead job. */
const refused = async (api: ApiClient, then: Behaviour = refuses): Promise<{ id: string; dead: { id: string } }> => {
  behaviour = then;
  const id = await begin(api);
  expect(await untilEnded(api, id)).toMatchObject({ status: 'FAILED' });
  const dead = await until('the job is dead', async () => (await api.ask(`{ deadLetters { ${JOB} } }`)).deadLetters.find((job: { generationId: string }) => job.generationId === id));
  behaviour = works;
  return { id, dead };
};

describe('a dead job', () => {
  test('is listed with why it failed, and counted', async () => {
    const { api, tenant } = await newTenant();
    const { id, dead } = await refused(api);
    expect(dead).toMatchObject({
      name: 'memory.generation', state: 'DEAD', attempts: 1, maxAttempts: 20, generationId: id, payload: { tenantId: tenant, generationId: id },
      lastError: expect.stringContaining('refused'), failures: [{ attempt: 1, message: expect.stringContaining('refused') }],
    });
    expect(await api.ask('{ queueDepths { name waiting delayed running dead oldestDueAt } }'))
      .toEqual({ queueDepths: [{ name: 'memory.generation', waiting: 0, delayed: 0, running: 0, dead: 1, oldestDueAt: null }] });
    expect((await api.ask('{ jobs(name: "memory.embedding") { id } }')).jobs).toEqual([]);
    expect((await api.ask('{ jobsConnection(state: DEAD, first: 1) { nodes { id } pageInfo { hasNextPage } } }')).jobsConnection).toEqual({ nodes: [{ id: dead.id }], pageInfo: { hasNextPage: false } });
  });

  test('is retried, and its generation completes as if nothing had been', async () => {
    const { api } = await newTenant();
    const { id, dead } = await refused(api);
    const key = randomUUID();
    await api.ask(RETRY, { id: dead.id, key });
    expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED', error: null });
    expect((await memoriesOf(api, { user_id: 'mara' })).length).toBeGreaterThan(0);
    await until('the job is gone', async () => (await api.ask('query($id: ID!) { job(id: $id) { id } }', { id: dead.id })).job === null);
    expect((await api.ask(RETRY, { id: dead.id, key })).retryJob).toBeNull();
    expect((await api.refusal(RETRY, { id: dead.id })).extensions.code).toBe('NOT_FOUND');
  });

  test('that died while consolidating opens its candidates again, and only those', async () => {
    const { api } = await newTenant();
    await remembering(api);
    const { id, dead } = await refused(api, extractsThen(refuses));
    const failed = await candidatesOf(api, id);
    expect(failed.length).toBeGreaterThan(0);
    const calls = model.requests.filter(({ schemaName }) => schemaName === 'extracted_facts').length;
    await api.ask(RETRY, { id: dead.id });
    expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED' });
    const settled = await candidatesOf(api, id);
    expect(settled.map(({ fact }) => fact)).toEqual(failed.map(({ fact }) => fact));
    expect(settled.filter(({ outcome }) => outcome === null || outcome === 'FAILED')).toEqual([]);
    expect(model.requests.filter(({ schemaName }) => schemaName === 'extracted_facts')).toHaveLength(calls);
  });

  test('is discarded for good, and a repetition says the same', async () => {
    const { api } = await newTenant();
    const { id, dead } = await refused(api);
    const key = randomUUID();
    expect(await api.ask(DISCARD, { id: dead.id, key })).toEqual({ discardJob: true });
    expect(await api.ask(DISCARD, { id: dead.id, key })).toEqual({ discardJob: true });
    expect((await api.ask('{ deadLetters { id } }')).deadLetters).toEqual([]);
    expect((await jobOf(api, id)).status).toBe('FAILED');
  });

  test('is retried with others of its kind, as many as asked for, the first that died first', async () => {
    const { api } = await newTenant();
    const all = [await refused(api), await refused(api), await refused(api)];
    const first = all.slice(0, 2);
    await api.ask('mutation { retryDeadLetters(name: "memory.generation", limit: 2) { id } }');
    for (const { id } of first) expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED' });
    expect((await api.ask('{ deadLetters { id } }')).deadLetters).toEqual([{ id: all[2]?.dead.id }]);
    expect((await api.refusal('mutation { retryDeadLetters(name: "memory.nothing") { id } }')).extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'name', reason: 'UNKNOWN_JOB' });
    expect((await api.refusal('mutation { retryDeadLetters(name: "memory.generation", limit: 201) { id } }')).extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('a job that lives', () => {
  test('is no dead one to retry; discarding it cancels its generation', async () => {
    behaviour = hang;
    const { api } = await newTenant();
    const id = await begin(api);
    const running = await until('the job runs', async () => (await api.ask(`{ jobs(state: RUNNING) { ${JOB} } }`)).jobs[0]);
    expect((await api.refusal(RETRY, { id: running.id })).extensions).toMatchObject({ code: 'CONFLICT', reason: 'JOB_NOT_DEAD' });
    await api.ask(DISCARD, { id: running.id });
    expect(await jobOf(api, id)).toMatchObject({ status: 'CANCELED', error: { code: 'CANCELED' } });
    expect((await api.ask('{ jobs { id } }')).jobs).toEqual([]);
  });
});

describe('a canceled generation', () => {
  test.each([['extracting', hang], ['consolidating', extractsThen(hang)]])('ends at once while %s, with an outcome for every candidate and no further call', async (_, hanging) => {
    const { api } = await newTenant();
    await remembering(api);
    behaviour = hanging;
    const asked = model.requests.length;
    const id = await begin(api);
    await until('the model is asked', () => model.requests.length > asked + (hanging === hang ? 0 : 1));
    const key = randomUUID();
    expect((await api.ask(CANCEL, { id, key })).cancelGeneration).toEqual({ id, status: 'CANCELED', error: { code: 'CANCELED' } });
    expect((await api.ask(CANCEL, { id, key })).cancelGeneration.status).toBe('CANCELED');
    behaviour = works;
    const calls = model.requests.length;
    expect((await candidatesOf(api, id)).filter(({ outcome }) => outcome === null)).toEqual([]);
    // Another generation of the same tenant goes all the way: the worker is free, and the canceled one has not come back.
    const next = await begin(api);
    expect(await untilEnded(api, next)).toMatchObject({ status: 'COMPLETED' });
    expect(model.requests.slice(calls).filter(({ schemaName }) => schemaName === 'extracted_facts')).toHaveLength(1);
    expect((await jobOf(api, id)).status).toBe('CANCELED');
    expect((await api.ask('{ jobs { id } }')).jobs).toEqual([]);
  });

  test('is none that has ended otherwise', async () => {
    behaviour = works;
    const { api } = await newTenant();
    const id = await begin(api);
    await untilEnded(api, id);
    expect((await api.refusal(CANCEL, { id })).extensions).toMatchObject({ code: 'CONFLICT', reason: 'JOB_ENDED' });
    expect((await api.refusal(CANCEL, { id: 'none' })).extensions.code).toBe('NOT_FOUND');
  });
});

test('the queue is for administrators of the whole tenant', async () => {
  const { tenant } = await newTenant();
  const writer = await keyedClient(gateway, tenant, [], ['writer']);
  const limited = await keyedClient(gateway, tenant, [{ user_id: 'mara' }]);
  for (const api of [writer, limited]) {
    for (const query of ['{ jobs { id } }', '{ jobsConnection { nodes { id } } }', '{ deadLetters { id } }', '{ queueDepths { name } }', `{ job(id: "${randomUUID()}") { id } }`,
      `mutation { retryJob(id: "${randomUUID()}") { id } }`, `mutation { discardJob(id: "${randomUUID()}") }`, 'mutation { retryDeadLetters(name: "memory.generation") { id } }']) {
      expect((await api.refusal(query)).extensions.code).toBe('FORBIDDEN');
    }
  }
});
