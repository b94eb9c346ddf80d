import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { newId } from '../../kernel/ids';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { askSocket } from './follower';
import { eventsOf, newSession } from './memories';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const APPEND = `mutation($sessionId: ID!, $event: EventInput!, $expectedVersion: Int, $key: String) {
  appendEvent(sessionId: $sessionId, event: $event, expectedVersion: $expectedVersion, idempotencyKey: $key) {
    id seq author content { text mediaType data } actions { stateDelta toolCalls { id name arguments } toolOutputs { toolCallId output isError } transferTo } } }`;
const APPEND_MANY = 'mutation($sessionId: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $sessionId, events: $events) { id seq } }';
const CREATE = 'mutation($input: CreateSessionInput!, $key: String) { createSession(input: $input, idempotencyKey: $key) { id userId agentId scope state metadata version lastSeq expiresAt } }';
const GET = 'query($id: ID!) { session(id: $id) { id userId scope state version lastSeq events { seq content { text } } } }';
const say = (text: string): object => ({ author: 'USER', text });
const unique = (): string => `user-${randomUUID()}`;

describe('a session', () => {
  test('is what was created, and is gone with its events once deleted', async () => {
    const { createSession } = await api.ask(CREATE, { input: { userId: 'ada', agentId: 'guide', scope: { user_id: 'ada', project: 'atlas' }, metadata: { channel: 'web' } } });
    expect(createSession).toMatchObject({ userId: 'ada', agentId: 'guide', scope: { user_id: 'ada', project: 'atlas' }, metadata: { channel: 'web' }, lastSeq: 0, expiresAt: null });
    await api.ask(APPEND, { sessionId: createSession.id, event: say('Hello') });
    expect(await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: createSession.id })).toEqual({ deleteSession: true });
    expect(await api.ask(GET, { id: createSession.id })).toEqual({ session: null });
    expect(await api.refusal(APPEND, { sessionId: createSession.id, event: say('Anybody?') })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await api.refusal('mutation($id: ID!) { deleteSession(id: $id) }', { id: createSession.id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  test('takes an id of the caller once', async () => {
    const id = newId();
    expect(await newSession(api, { userId: 'ada', id })).toBe(id);
    expect(await api.refusal(CREATE, { input: { userId: 'ada', id } })).toMatchObject({ extensions: { code: 'CONFLICT' } });
    expect(await api.refusal(CREATE, { input: { userId: 'ada', id: randomUUID() } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'input.id' } });
  });

  test('ends when its lifetime does', async () => {
    const { createSession: { id, expiresAt } } = await api.ask(CREATE, { input: { userId: 'ada', ttlSeconds: 1 } });
    expect(expiresAt).not.toBeNull();
    await until('the session expires', async () => (await api.ask(GET, { id })).session === null);
  });

  test('is null when unknown, and no error', async () => {
    for (const id of [randomUUID(), 'no-uuid']) expect(await api.ask(GET, { id })).toEqual({ session: null });
  });

  test('has a parent that exists', async () => {
    const parentId = await newSession(api, { userId: 'ada' });
    const id = await newSession(api, { userId: 'ada', parentId });
    expect(await api.ask('query($id: ID!) { session(id: $id) { parent { id } } }', { id })).toEqual({ session: { parent: { id: parentId } } });
    expect(await api.refusal(CREATE, { input: { userId: 'ada', parentId: randomUUID() } })).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.parentId' } });
  });
});

describe('lists of sessions', () => {
  test('page by offset and by cursor through the same sessions, newest first', async () => {
    const userId = unique();
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.unshift(await newSession(api, { userId }));
    const list = 'query($userId: String, $limit: Int, $offset: Int) { sessions(userId: $userId, limit: $limit, offset: $offset) { id } }';
    expect((await api.ask(list, { userId })).sessions.map((each: { id: string }) => each.id)).toEqual(made);
    expect((await api.ask(list, { userId, limit: 3, offset: 3 })).sessions.map((each: { id: string }) => each.id)).toEqual(made.slice(3, 6));
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { sessionsConnection: page } = await api.ask(`query($userId: String, $after: String) { sessionsConnection(userId: $userId, first: 3, after: $after) {
        nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }`, { userId, after });
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...page.nodes.map((each: { id: string }) => each.id));
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(made);
  });

  test('need as many statements for forty sessions as for two', async () => {
    const userId = unique();
    const parentId = await newSession(api, { userId });
    const spy = jest.spyOn(gateway.composition.platform.database, 'query');
    const statements = async (limit: number): Promise<unknown[]> => {
      spy.mockClear();
      const { sessions } = await api.ask('query($userId: String, $limit: Int) { sessions(userId: $userId, limit: $limit) { events { id } parent { id } } }', { userId, limit });
      expect(sessions).toHaveLength(limit);
      // What the gateway does beside answering (jobs, feeds, sweeping) runs when it pleases.
      return spy.mock.calls.map(([{ name, text }]) => name ?? text.slice(0, 40)).filter((label) => /(session|event)\./.test(label)).sort();
    };
    for (let n = 0; n < 39; n += 1) await api.ask(APPEND, { sessionId: await newSession(api, { userId, parentId }), event: say(`Session ${n}`) });
    const few = await statements(2);
    expect(few).toHaveLength(3);
    expect(await statements(40)).toEqual(few);
    spy.mockRestore();
  });
});

describe('events', () => {
  test('are numbered without gaps, one by one and many at once', async () => {
    const id = await newSession(api, { userId: 'ada' });
    await Promise.all(Array.from({ length: 20 }, (_, n) => n % 2 === 0
      ? api.ask(APPEND, { sessionId: id, event: say(`one ${n}`) })
      : api.ask(APPEND_MANY, { sessionId: id, events: [say(`many ${n}`), say(`more ${n}`)] })));
    const events = await eventsOf(api, id);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    const last = await api.ask('query($id: ID!) { session(id: $id) { version lastSeq last: events(last: 4) { seq } after: events(after: 4, last: 2) { seq } } }', { id });
    expect(last.session).toMatchObject({ lastSeq: 30, last: [{ seq: 27 }, { seq: 28 }, { seq: 29 }, { seq: 30 }], after: [{ seq: 5 }, { seq: 6 }] });
  });

  test('of one append are stored all or not at all', async () => {
    const sessionId = await newSession(api, { userId: 'ada' });
    expect(await api.refusal(APPEND_MANY, { sessionId, events: [say('fine'), { author: 'USER' }] })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'events.1.content' } });
    expect(await eventsOf(api, sessionId)).toEqual([]);
  });

  test('carry tool calls, their outputs, data and transfers as they were given', async () => {
    const sessionId = await newSession(api, { userId: 'ada' });
    const call = await api.ask(APPEND, { sessionId, event: { author: 'AGENT', actions: { toolCalls: [{ id: 'c1', name: 'weather', arguments: { city: 'Oslo' } }], transferTo: 'planner' } } });
    expect(call.appendEvent.actions).toMatchObject({ toolCalls: [{ id: 'c1', name: 'weather', arguments: { city: 'Oslo' } }], transferTo: 'planner' });
    const output = await api.ask(APPEND, { sessionId, event: { author: 'TOOL', content: [{ mediaType: 'application/json', data: { celsius: -3 } }], actions: { toolOutputs: [{ toolCallId: 'c1', output: [1, null], isError: true }] } } });
    expect(output.appendEvent).toMatchObject({ author: 'TOOL', content: [{ text: null, mediaType: 'application/json', data: { celsius: -3 } }], actions: { toolOutputs: [{ toolCallId: 'c1', output: [1, null], isError: true }] } });
  });
});

describe('state', () => {
  test('is merged by deltas; app: and user: keys are shared, temp: keys are dropped', async () => {
    const userId = unique();
    const sessionId = await newSession(api, { userId, state: { step: 1, 'user:name': 'Ada', 'temp:draft': 'x' } });
    const other = await newSession(api, { userId });
    const app = `app:${userId}`;
    await api.ask(APPEND, { sessionId, event: { author: 'AGENT', actions: { stateDelta: { step: 2, nested: { a: 1, b: 2 }, [app]: 'on', 'user:name': 'Ada L.', 'temp:now': 1 } } } });
    await api.ask(APPEND, { sessionId, event: { author: 'AGENT', actions: { stateDelta: { nested: { a: null } } } } });
    expect((await api.ask(GET, { id: sessionId })).session.state).toEqual({ step: 2, nested: { b: 2 }, [app]: 'on', 'user:name': 'Ada L.' });
    expect((await api.ask(GET, { id: other })).session.state).toEqual({ [app]: 'on', 'user:name': 'Ada L.' });
    const at = await api.ask('query($id: ID!) { session(id: $id) { a: stateAt(seq: 0) b: stateAt(seq: 1) c: stateAt(seq: 2) } }', { id: sessionId });
    expect(at.session).toEqual({ a: { step: 1 }, b: { step: 2, nested: { a: 1, b: 2 } }, c: { step: 2, nested: { b: 2 } } });
    const { patchSessionState } = await api.ask('mutation($id: ID!) { patchSessionState(sessionId: $id, patch: {step: null, done: true}) { state lastSeq } }', { id: sessionId });
    expect(patchSessionState).toEqual({ state: { nested: { b: 2 }, done: true, [app]: 'on', 'user:name': 'Ada L.' }, lastSeq: 3 });
  });

  test('of several writers at one version is written by one of them', async () => {
    const sessionId = await newSession(api, { userId: 'ada' });
    const { session } = await api.ask(GET, { id: sessionId });
    const replies = await Promise.all(Array.from({ length: 6 }, (_, n) => api.send(APPEND, { sessionId, event: say(`writer ${n}`), expectedVersion: session.version })));
    const refused = replies.flatMap(({ body }) => body.errors ?? []);
    expect(refused.map(({ extensions }) => [extensions.code, extensions.reason])).toEqual(Array.from({ length: 5 }, () => ['CONFLICT', 'VERSION_MISMATCH']));
    expect(await eventsOf(api, sessionId)).toHaveLength(1);
  });
});

describe('repetitions', () => {
  const ways = {
    'by header': (key: string, variables: object) => api.send(APPEND, variables, { 'idempotency-key': key }),
    'by argument': (key: string, variables: object) => api.send(APPEND, { ...variables, key }),
    'by the operation’s extension': (key: string, variables: object) => api.send(APPEND, variables, {}, { idempotencyKey: key }),
  };
  for (const [way, send] of Object.entries(ways)) {
    test(`are harmless with a key given ${way}, even at once`, async () => {
      const sessionId = await newSession(api, { userId: 'ada' });
      const key = randomUUID();
      const replies = await Promise.all(Array.from({ length: 5 }, () => send(key, { sessionId, event: say('once') })));
      expect(new Set(replies.map(({ body }) => body.data.appendEvent.id)).size).toBe(1);
      expect(await eventsOf(api, sessionId)).toHaveLength(1);
      expect((await send(key, { sessionId, event: say('something else') })).body.errors[0]).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'IDEMPOTENCY_KEY_REUSED' } });
    });
  }

  test('of a creation give the same session', async () => {
    const input = { userId: 'ada' };
    const [a, b] = await Promise.all([1, 2].map(() => api.ask(CREATE, { input, key: 'create-1' })));
    expect(a.createSession.id).toBe(b.createSession.id);
  });
});

test('a mutation answers with a consistency token in its extensions and in a header, a query with none', async () => {
  const { body, headers } = await api.send(CREATE, { input: { userId: 'ada' } });
  expect(body.extensions.consistencyToken).toMatch(/^[\w-]{20,}$/);
  expect(headers.get('x-consistency-token')).toBe(body.extensions.consistencyToken);
  const query = await api.send(GET, { id: randomUUID() });
  expect([query.body.extensions, query.headers.get('x-consistency-token')]).toEqual([undefined, null]);
  const { items } = await askSocket(gateway.url, CREATE, { input: { userId: 'ada' } });
  expect(items[0].extensions.consistencyToken).toMatch(/^[\w-]{20,}$/);
});

test.each([
  ['an empty user', CREATE, { input: { userId: '' } }, 'input.userId'],
  ['a scope of too many pairs', CREATE, { input: { userId: 'u', scope: { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' } } }, 'input.scope'],
  ['a scope value that is no text', CREATE, { input: { userId: 'u', scope: { a: 1 } } }, 'input.scope.a'],
  ['a lifetime of nothing', CREATE, { input: { userId: 'u', ttlSeconds: 0 } }, 'input.ttlSeconds'],
  ['an unknown author', APPEND, { sessionId: randomUUID(), event: { author: 'GHOST', text: 'boo' } }, 'event.author'],
  ['a list without bound', 'query($limit: Int) { sessions(limit: $limit) { id } }', { limit: 100_000 }, null],
])('%s is refused with code, field and trace id, and nothing of the inside', async (_, query, variables, field) => {
  const { text, body: { errors: [error] } } = await api.send(query, variables);
  expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', traceId: expect.stringMatching(/^[0-9a-f]{32}$/), ...(field === null ? {} : { field }) });
  expect(text).not.toMatch(/stack|node_modules|\.[jt]s:\d|select |insert /i);
});
