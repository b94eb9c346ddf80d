import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import type { Turn } from './conversation';
import { generate, hold, untilEnded } from './memories';

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
  return { labels: labels.filter((label) => /^(session|event|memory|generation)\.(get|list|read|revisions|candidates|outcomes)/.test(label)).sort(), data };
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
