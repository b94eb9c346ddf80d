import type { Gateway } from '../../gateway';
import { newId } from '../../kernel/ids';
import { adminOf } from '../actors';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { askSocket, follow } from './follower';
import { eventsOf, generate, hold, memoriesOf, untilEnded } from './memories';
import { until } from './until';

let gateway: Gateway;
let owner: ApiClient;
let stranger: ApiClient;
let strangersKey: { authorization: string };
/** What the owner has, for every document below. */
let own: { session: string; job: string; dead: string; memory: string; forgotten: string; event: string; scope: { user_id: string } };

const clientOf = async (tenant: string): Promise<{ api: ApiClient; key: { authorization: string } }> => {
  const { text } = await gateway.composition.app.access.createKey(adminOf(tenant), { name: 'all', roles: ['admin'] });
  const key = { authorization: `Bearer ${text}` };
  return { api: createApiClient(gateway.url, key), key };
};

beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  owner = (await clientOf('owner')).api;
  ({ api: stranger, key: strangersKey } = await clientOf('stranger'));
  const scope = { user_id: 'mara' };
  const session = await hold(owner, CONVERSATION, { userId: 'mara', agentId: 'guide', state: { 'app:secret': 'walnut', 'user:secret': 'walnut' } });
  const job = await generate(owner, { sessionId: session });
  await untilEnded(owner, job);
  await owner.ask('mutation { saveMemoryBank(input: {id: "walnuts", instructions: "walnuts"}) { id } }');
  const { createMemory } = await owner.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, fact: "Mara hides walnuts in the attic."}) { id } }');
  await owner.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id: createMemory.id });
  const dead = newId();
  await gateway.composition.platform.database.query({ text: `insert into jobs (tenant_id, id, name, payload, dead_at) values ('owner', $1, 'memory.embedding', '{}', now())` }, [dead]);
  own = { session, job, dead, scope, forgotten: createMemory.id, memory: (await memoriesOf(owner, scope))[0].id, event: (await eventsOf(owner, session))[0].id };
}, 60_000);
afterAll(() => gateway.close());

const SCOPE = '{scope: {user_id: "mara"}}';
/** Every root field, asked by a stranger for what is the owner's: what it must give. A new field without a line fails the test. */
const QUERIES: Readonly<Record<string, readonly [ask: () => string, given: unknown]>> = {
  version: [() => 'version', expect.any(String)],
  session: [() => `session(id: "${own.session}") { id }`, null],
  sessions: [() => 'sessions(userId: "mara", agentId: "guide", scope: {user_id: "mara"}) { id }', []],
  sessionsConnection: [() => 'sessionsConnection(userId: "mara") { nodes { id } }', { nodes: [] }],
  job: [() => `job(id: "${own.dead}") { id }`, null],
  jobs: [() => 'jobs { id }', []],
  jobsConnection: [() => 'jobsConnection(state: DEAD) { nodes { id } }', { nodes: [] }],
  deadLetters: [() => 'deadLetters { id }', []],
  queueDepths: [() => 'queueDepths { name dead }', []],
  memory: [() => `memory(id: "${own.memory}") { id }`, null],
  memories: [() => 'memories(scope: {user_id: "mara"}, match: SUBSET, includeSuperseded: true) { id }', []],
  memoriesConnection: [() => 'memoriesConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  memoryGenerationJob: [() => `memoryGenerationJob(id: "${own.job}") { id }`, null],
  memoryGenerationJobs: [() => `memoryGenerationJobs(sessionId: "${own.session}") { id }`, []],
  memoryGenerationJobsConnection: [() => 'memoryGenerationJobsConnection(scope: {user_id: "mara"}) { nodes { id } }', { nodes: [] }],
  memoryBank: [() => 'memoryBank(id: "walnuts") { id }', 'NOT_FOUND'],
  memoryBanks: [() => 'memoryBanks { id instructions }', [{ id: 'default', instructions: '' }]],
  searchMemories: [() => 'searchMemories(scope: {user_id: "mara"}, query: "walnuts") { id }', []],
  modelUsage: [() => 'modelUsage { model }', []],
  recall: [() => `recall(input: {scopes: [${SCOPE}], query: "walnuts", kinds: [MEMORY, EVENT]}) { hits { score } }`, { hits: [] }],
  context: [() => `context(input: {sessionId: "${own.session}", query: "walnuts"}) { text }`, 'NOT_FOUND'],
};
const MUTATIONS: Readonly<Record<string, readonly [ask: () => string, given: unknown]>> = {
  createSession: [() => `createSession(input: {userId: "mara", parentId: "${own.session}"}) { id }`, 'NOT_FOUND'],
  appendEvent: [() => `appendEvent(sessionId: "${own.session}", event: {author: USER, text: "hi"}) { id }`, 'NOT_FOUND'],
  appendEvents: [() => `appendEvents(sessionId: "${own.session}", events: [{author: USER, text: "hi"}]) { id }`, 'NOT_FOUND'],
  patchSessionState: [() => `patchSessionState(sessionId: "${own.session}", patch: {a: 1}) { id }`, 'NOT_FOUND'],
  deleteSession: [() => `deleteSession(id: "${own.session}")`, 'NOT_FOUND'],
  createMemory: [() => 'createMemory(input: {bankId: "walnuts", scope: {user_id: "mara"}, fact: "x"}) { id }', 'NOT_FOUND'],
  updateMemory: [() => `updateMemory(id: "${own.memory}", input: {fact: "x"}) { id }`, 'NOT_FOUND'],
  deleteMemory: [() => `deleteMemory(id: "${own.memory}")`, 'NOT_FOUND'],
  rollbackMemory: [() => `rollbackMemory(id: "${own.memory}", revision: 1) { id }`, 'NOT_FOUND'],
  restoreMemory: [() => `restoreMemory(id: "${own.forgotten}") { id }`, 'NOT_FOUND'],
  generateMemories: [() => `generateMemories(input: {sessionId: "${own.session}"}) { id }`, 'NOT_FOUND'],
  saveMemoryBank: [() => 'saveMemoryBank(input: {id: "walnuts", expectedVersion: 1}) { id }', 'CONFLICT'],
  deleteMemoryBank: [() => 'deleteMemoryBank(id: "walnuts")', 'NOT_FOUND'],
  cancelGeneration: [() => `cancelGeneration(id: "${own.job}") { id }`, 'NOT_FOUND'],
  retryJob: [() => `retryJob(id: "${own.dead}") { id }`, 'NOT_FOUND'],
  retryDeadLetters: [() => 'retryDeadLetters(name: "memory.embedding") { id }', []],
  discardJob: [() => `discardJob(id: "${own.dead}")`, 'NOT_FOUND'],
};
const SUBSCRIPTIONS: readonly string[] = ['sessionEvents', 'memoryChanges', 'memoryGenerationProgress'];

test('every query, mutation and subscription of the schema has a line here', async () => {
  const { __schema: schema } = await owner.ask('{ __schema { queryType { fields { name } } mutationType { fields { name } } subscriptionType { fields { name } } } }');
  const names = (type: { fields: readonly { name: string }[] }): string[] => type.fields.map(({ name }) => name).sort();
  expect([names(schema.queryType), names(schema.mutationType), names(schema.subscriptionType)])
    .toEqual([Object.keys(QUERIES).sort(), Object.keys(MUTATIONS).sort(), [...SUBSCRIPTIONS].sort()]);
});

test.each(Object.entries(QUERIES))('%s gives a stranger nothing', async (field, [ask, given]) => {
  const { body } = await stranger.send(`{ ${ask()} }`);
  expect(body.errors === undefined ? body.data[field] : body.errors[0].extensions.code).toEqual(given);
});

test.each(Object.entries(MUTATIONS))('%s lets a stranger change nothing', async (field, [ask, given]) => {
  const { body } = await stranger.send(`mutation { ${ask()} }`);
  expect(body.errors === undefined ? body.data[field] : body.errors[0].extensions.code).toEqual(given);
});

test('what the strangers tried has changed nothing', async () => {
  const { session, memory, memoryBank } = await owner.ask('query($s: ID!, $m: ID!) { session(id: $s) { lastSeq state } memory(id: $m) { revision } memoryBank(id: "walnuts") { version } }', { s: own.session, m: own.memory });
  expect(session).toEqual({ lastSeq: CONVERSATION.length, state: { 'app:secret': 'walnut', 'user:secret': 'walnut' } });
  expect([memory.revision, memoryBank.version]).toEqual([1, 1]);
  expect((await owner.ask('{ deadLetters { id state } }')).deadLetters).toEqual([{ id: own.dead, state: 'DEAD' }]);
});

test('shared state of app and user stops at the tenant', async () => {
  const { createSession } = await stranger.ask('mutation { createSession(input: {userId: "mara", agentId: "guide"}) { state } }');
  expect(createSession.state).toEqual({});
});

test('subscriptions give a stranger nothing', async () => {
  const options = { connectionParams: strangersKey };
  for (const query of [`sessionEvents(sessionId: "${own.session}", after: "0") { cursor }`, `memoryGenerationProgress(jobId: "${own.job}", after: "0") { cursor }`]) {
    expect(await askSocket(gateway.url, `subscription { ${query} }`, {}, options)).toMatchObject({ items: [{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }] });
  }
  const changes = follow(gateway.url, 'subscription { memoryChanges(scope: {user_id: "mara"}, after: "0") { memory { fact } } }', {}, options);
  await owner.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, fact: "Mara hides a walnut."}) { id } }');
  await stranger.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, fact: "Another Mara."}) { id } }');
  await until('the stranger sees a change', () => changes.items.length > 0);
  expect(changes.items).toEqual([{ data: { memoryChanges: { memory: { fact: 'Another Mara.' } } } }]);
  await changes.close();
});

test('a consistency token of one tenant is none for another', async () => {
  const { body } = await owner.send('mutation { createSession(input: {userId: "mara"}) { id } }');
  const recall = `query($token: String!) { recall(input: {scopes: [${SCOPE}], query: "walnuts", waitFor: $token}) { hits { score } } }`;
  expect(await stranger.refusal(recall, { token: body.extensions.consistencyToken })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'BAD_CONSISTENCY_TOKEN' } });
});
