import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { newAgent, send } from './agents';
import type { Turn } from './conversation';
import { generate, hold, newSession, untilEnded } from './memories';
import { procedures, use } from './procedures';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const MANY = 40;
const say = (text: string): Turn => ({ author: 'USER', authorName: 'Ada', text, occurredAt: '2025-03-03T18:00:00.000Z' });
const each = <T>(make: (n: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: MANY }, (_, n) => make(n)));

/** Labels of the statements that read for a query; what the gateway does beside answering runs when it pleases. */
async function statementsOf(query: string, variables: object): Promise<{ labels: readonly string[]; data: Record<string, never[]> }> {
  const spy = jest.spyOn(gateway.composition.platform.database, 'query');
  const data = await api.ask(query, variables);
  const labels = spy.mock.calls.map(([{ name = '', text }]) => (name === '' ? (/\/\* (\S+) \*\//.exec(text)?.[1] ?? '') : name));
  spy.mockRestore();
  return { labels: labels.filter((label) => /^(session|event|memory|generation|agent|a2a|tree|procedure)\.(get|list|read|revisions|candidates|outcomes|children|descendants|unsettled|workflows)/.test(label)).sort(), data };
}

async function expectSameForManyAsForTwo(field: string, query: string, variables: object, expected: readonly string[]): Promise<void> {
  const few = await statementsOf(query, { ...variables, limit: 2 });
  const many = await statementsOf(query, { ...variables, limit: MANY });
  expect([few.data[field]?.length, many.data[field]?.length]).toEqual([2, MANY]);
  expect(few.labels).toEqual(expected);
  expect(many.labels).toEqual(few.labels);
}

test('events, their pages and their tails need one statement for all sessions', async () => {
  const userId = randomUUID();
  await each((n) => hold(api, [say(`Hello ${n}`), say(`Bye ${n}`)], { userId }));
  const query = `query($userId: String, $limit: Int) { sessions(userId: $userId, limit: $limit) {
    events { seq } tail: events(after: 1) { seq } eventsConnection(first: 1) { nodes { seq } pageInfo { hasNextPage } } } }`;
  await expectSameForManyAsForTwo('sessions', query, { userId }, ['event.readLast', 'event.readRanges', 'event.readRanges', 'session.list']);
  const { sessions } = await api.ask(query, { userId, limit: MANY });
  expect(sessions).toEqual(Array.from({ length: MANY }, () => ({
    events: [{ seq: 1 }, { seq: 2 }], tail: [{ seq: 2 }], eventsConnection: { nodes: [{ seq: 1 }], pageInfo: { hasNextPage: true } },
  })));
});

test('histories need one statement for all memories, and so do the events behind them', async () => {
  const scope = { user_id: randomUUID() };
  const ids = await each(async (n) => (await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }', { input: { scope, fact: `Shelf ${n} holds ${n} jars.` } })).createMemory.id);
  await each((n) => api.ask('mutation($id: ID!, $input: UpdateMemoryInput!) { updateMemory(id: $id, input: $input) { id } }', { id: ids[n], input: { confidence: 0.5 } }));
  const query = `query($scope: JSON!, $limit: Int) { memories(scope: $scope, limit: $limit) {
    id revisions { memoryId revision } revisionsConnection(first: 1) { nodes { memoryId revision } pageInfo { hasNextPage endCursor } } events { id } session { id } } }`;
  await expectSameForManyAsForTwo('memories', query, { scope }, ['memory.listExact', 'memory.revisions', 'memory.revisions']);
  for (const { id, revisions, revisionsConnection } of (await api.ask(query, { scope, limit: MANY })).memories) {
    expect(revisions).toEqual([{ memoryId: id, revision: 2 }, { memoryId: id, revision: 1 }]);
    expect(revisionsConnection).toMatchObject({ nodes: [{ memoryId: id, revision: 2 }], pageInfo: { hasNextPage: true } });
    const next = await api.ask('query($id: ID!, $after: String) { memory(id: $id) { revisionsConnection(after: $after) { nodes { revision } pageInfo { hasNextPage } } } }', { id, after: revisionsConnection.pageInfo.endCursor });
    expect(next.memory.revisionsConnection).toEqual({ nodes: [{ revision: 1 }], pageInfo: { hasNextPage: false } });
  }
});

test('outcomes and candidates need one statement for all jobs', async () => {
  const scope = { user_id: randomUUID() };
  const jobs = await each((n) => generate(api, { scope, facts: [`The cat on floor ${n} is called Tom ${n}.`] }));
  for (const id of jobs) await untilEnded(api, id);
  const query = `query($scope: JSON!, $limit: Int) { page: memoryGenerationJobsConnection(scope: $scope, first: $limit) {
    nodes { id outcomes { count } candidates { nodes { ordinal memory { id } } } } } }`;
  const [few, many] = [await statementsOf(query, { scope, limit: 2 }), await statementsOf(query, { scope, limit: MANY })];
  expect(few.labels).toEqual(['generation.candidates', 'generation.listOfPool', 'generation.outcomes', 'memory.getMany']);
  expect(many.labels).toEqual(few.labels);
  const { page } = await api.ask(query, { scope, limit: MANY });
  expect(page.nodes.map(({ id }: { id: string }) => id).sort()).toEqual([...jobs].sort());
  for (const { outcomes, candidates } of page.nodes) expect([outcomes, candidates.nodes]).toMatchObject([[{ count: 1 }], [{ ordinal: 1, memory: { id: expect.any(String) } }]]);
}, 60_000);

const STORY = `query($userId: String, $limit: Int) { sessions(userId: $userId, limit: $limit) {
  id events(last: 5) { id seq message { kind from { name } } memories(limit: 5) { id fact revisions(limit: 5) { revision action fact } } }
  memories(limit: 5) { id } memoriesConnection(first: 1) { nodes { id } pageInfo { hasNextPage } }
  workflowsUsed(limit: 5) { name }
  messages(limit: 5) { kind to { name } task { state agent { name } } } } }`;
const STORY_STATEMENTS = [
  'a2a.getMessages', 'a2a.getTasks', 'a2a.listMessagesOfSessions', 'agent.getMany', 'agent.getMany', 'event.readLast',
  'memory.listOfEvents', 'memory.listOfSessions', 'memory.listOfSessions', 'memory.revisions', 'procedure.workflowsOfSessions', 'session.list',
];

test('sessions, their events, the memories made from them, their revisions, the workflows used and the messages exchanged: one query, whose statements do not grow with the rows', async () => {
  const userId = randomUUID();
  const [caller, worker] = [await newAgent(api, 'caller'), await newAgent(api, 'worker')];
  const sessions = await each((n) => hold(api, [say('I am allergic to peanuts.'), say('My dog is called Rex.')], { userId, scope: { user_id: userId, house: `${n}` } }));
  await each((n) => send(api, { sessionId: sessions[n], fromAgentId: caller, toAgentId: worker, parts: [{ text: 'Feed the dog.' }] }));
  for (const id of await each((n) => generate(api, { sessionId: sessions[n] }))) await untilEnded(api, id);
  const workflow = (await procedures.workflow(api, { user_id: userId }, { name: 'Feed the dog' })).id;
  await each((n) => use(api, workflow, { sessionId: sessions[n] }));
  await expectSameForManyAsForTwo('sessions', STORY, { userId }, STORY_STATEMENTS);
  for (const { events, memories, memoriesConnection, messages, workflowsUsed } of (await api.ask(STORY, { userId, limit: MANY })).sessions) {
    const told = events.flatMap((event: { memories: { id: string }[] }) => event.memories.map(({ id }) => id));
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(new Set(told)).toEqual(new Set(memories.map(({ id }: { id: string }) => id)));
    expect(memoriesConnection).toEqual({ nodes: [{ id: memories[0].id }], pageInfo: { hasNextPage: true } });
    expect(events.map(({ message }: { message: object | null }) => message)).toEqual([null, null, { kind: 'REQUEST', from: { name: 'caller' } }]);
    for (const { memories } of events) for (const { fact, revisions } of memories) expect(revisions).toEqual([{ revision: 1, action: 'GENERATED_CREATED', fact }]);
    expect(workflowsUsed).toEqual([{ name: 'Feed the dog' }]);
    expect(messages).toEqual([{ kind: 'REQUEST', to: { name: 'worker' }, task: { state: 'SUBMITTED', agent: { name: 'worker' } } }]);
  }
}, 120_000);

test('a memory that two events say is found from both, also when the one stands in another session', async () => {
  const scope = { user_id: randomUUID() };
  const [first, second] = [await hold(api, [say('I am allergic to peanuts.')], { userId: scope.user_id }), await hold(api, [say('I am allergic to peanuts.')], { userId: scope.user_id })];
  for (const sessionId of [first, second]) await untilEnded(api, await generate(api, { sessionId, scope }));
  const of = async (id: string) => (await api.ask('query($id: ID!) { session(id: $id) { memories { id } events { memories { id evidenceCount } } } }', { id })).session;
  const [one, two] = [await of(first), await of(second)];
  expect(one.events[0].memories).toEqual([{ id: expect.any(String), evidenceCount: 2 }]);
  expect(two.events).toEqual(one.events);
  expect([one.memories, two.memories]).toEqual([[{ id: one.events[0].memories[0].id }], []]);
});

test('trees, their levels and their events need the same statements for many as for two', async () => {
  const userId = randomUUID();
  const roots = await each(async () => newSession(api, { userId, agentId: 'root' }));
  await each(async (n) => newSession(api, { userId, parentId: await newSession(api, { userId, parentId: roots[n] }) }));
  await each((n) => api.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: {text: "hi"}) { id } }', { id: roots[n] }));
  const query = `query($userId: String, $limit: Int) { sessions(userId: $userId, agentId: "root", limit: $limit) {
    root { id } children(first: 2) { id parent { id } } all: children(depth: 5, first: 3) { root { id } } tree(first: 3) { id } treeEventsConnection(first: 2) { nodes { seq } } } }`;
  // The first to ask stamps what the sequencer has not come to yet.
  await api.ask(query, { userId, limit: MANY });
  await expectSameForManyAsForTwo('sessions', query, { userId }, ['session.getMany', 'session.list', 'tree.children', 'tree.descendants', 'tree.list', 'tree.read', 'tree.unsettled']);
});

test('hits of recall say which pool each comes from, with one statement for the sessions of events', async () => {
  const [shared, own] = [{ team: randomUUID() }, { user_id: randomUUID() }];
  for (const scope of [shared, own]) {
    await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }', { input: { scope, fact: 'The greenhouse holds tomatoes.' } });
    for (const part of ['north', 'south']) await hold(api, [say(`The greenhouse in the ${part} is warm.`)], { userId: 'ilse', scope: { ...scope, part } });
  }
  const query = `query($shared: JSON!, $own: JSON!) { recall(input: {query: "greenhouse", kinds: [MEMORY, EVENT], scopes: [{scope: $shared, match: SUBSET}, {scope: $own, match: SUBSET}]}) {
    hits { kind scopeIndex scope } } }`;
  const { labels, data } = await statementsOf(query, { shared, own });
  expect(labels.filter((label) => label.startsWith('session.'))).toEqual(['session.getMany']);
  const hits = JSON.parse(JSON.stringify(data['recall'])).hits.map(({ kind, scopeIndex, scope }: { kind: string; scopeIndex: number; scope: object }) => JSON.stringify([kind, scopeIndex, scope]));
  const expected = [shared, own].flatMap((scope, at) => [['MEMORY', at, scope], ['EVENT', at, { part: 'north', ...scope }], ['EVENT', at, { part: 'south', ...scope }]]);
  expect(hits.map((hit: string) => JSON.parse(hit))).toEqual(expect.arrayContaining(expected));
  expect(hits).toHaveLength(6);
});

test('jobs page by cursor over a pool, a session and all of them', async () => {
  const scope = { user_id: randomUUID() };
  const sessionId = await hold(api, [say('My dog is called Rex.')], { userId: scope.user_id, scope });
  const made = [await generate(api, { sessionId }), await generate(api, { sessionId }), await generate(api, { scope, facts: ['Rex barks.'] })].reverse();
  const page = (args: string, after: string | null = null) =>
    api.ask(`query($scope: JSON!, $sessionId: ID!, $after: String) { page: memoryGenerationJobsConnection(${args}, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
      unused: session(id: $sessionId) { id } alike: memories(scope: $scope) { id } }`, { scope, sessionId, after }).then((data) => data.page);
  const first = await page('scope: $scope, first: 2');
  expect([first.nodes, first.pageInfo.hasNextPage]).toEqual([made.slice(0, 2).map((id) => ({ id })), true]);
  expect((await page('scope: $scope, first: 2', first.pageInfo.endCursor)).nodes).toEqual([{ id: made[2] }]);
  expect((await page('sessionId: $sessionId')).nodes).toEqual(made.slice(1).map((id) => ({ id })));
  expect((await page('first: 3')).nodes).toEqual(made.map((id) => ({ id })));
  const both = 'query($id: ID!) { memoryGenerationJobsConnection(sessionId: $id, scope: {user_id: "u"}) { nodes { id } } }';
  expect(await api.refusal(both, { id: sessionId })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'ONE_FILTER', field: 'scope' } });
});

describe('a document that would keep the database busy', () => {
  const replays = (count: number): string => Array.from({ length: count }, (_, n) => `s${n}: stateAt(seq: 0)`).join(' ');

  test.each([
    ['replays of the state of 200 sessions under 28 names', `{ sessions(limit: 200) { ${replays(28)} } }`],
    ['200 events of each of 200 sessions', '{ sessions(limit: 200) { events(last: 200) { id } } }'],
    ['200 revisions of each of 200 memories', '{ memories(scope: {user_id: "u"}, limit: 200) { revisions(limit: 200) { fact } } }'],
  ])('is refused before it runs: %s', async (_, query) => {
    const spy = jest.spyOn(gateway.composition.platform.database, 'query');
    const refusal = await api.refusal(query);
    const read = spy.mock.calls.filter(([{ name = '' }]) => /^(session|memory)\.list/.test(name));
    spy.mockRestore();
    expect([refusal.extensions.code, refusal.extensions.reason, read]).toEqual(['BAD_USER_INPUT', 'QUERY_TOO_COSTLY', []]);
  });

  test.each([
    ['the sessions of a page with their last events', '{ sessions { id state events { id seq author content { text } createdAt } } }'],
    ['200 sessions with a few events each', '{ sessions(limit: 200) { id events(last: 10) { id author content { text } } } }'],
    ['100 memories with their sources', '{ memories(scope: {user_id: "u"}, limit: 100) { id fact events { content { text } } } }'],
    ['memories with their history', '{ memories(scope: {user_id: "u"}) { id fact revisions { revision action fact createdAt } } }'],
    ['the state of a session at 28 points', `query { session(id: "${randomUUID()}") { ${replays(28)} } }`],
  ])('is none of these: %s', async (_, query) => {
    await api.ask(query);
  });

  test('holds one connection at a time where it must ask for each parent, so that others are answered meanwhile', async () => {
    const userId = randomUUID();
    await each((n) => hold(api, [say(`Hello ${n}`)], { userId, state: { n } }));
    let [open, most] = [0, 0];
    const { database } = gateway.composition.platform;
    const query = database.query.bind(database);
    const spy = jest.spyOn(database, 'query').mockImplementation(async (statement, values) => {
      const counted = /^event\.(initialState|deltas)$/.test(statement.name ?? '');
      if (counted) most = Math.max(most, (open += 1));
      try {
        return await query(statement, values);
      } finally {
        if (counted) open -= 1;
      }
    });
    const large = api.ask(`query($userId: String) { sessions(userId: $userId) { ${replays(10)} state } }`, { userId });
    expect(await api.ask('{ version }')).toMatchObject({ version: expect.any(String) });
    const { sessions } = await large;
    spy.mockRestore();
    expect(sessions.map(({ s9 }: { s9: object }) => s9)).toEqual(sessions.map(({ state }: { state: object }) => state));
    expect(most).toBe(1);
  });
});
