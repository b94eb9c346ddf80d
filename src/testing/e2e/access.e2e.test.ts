import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { NewApiKey } from '../../domain/access/access.service';
import type { Gateway } from '../../gateway';
import { adminOf } from '../actors';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { askSocket, follow } from './follower';
import { generate, hold, newSession, untilEnded } from './memories';

let gateway: Gateway;
let local: Gateway;
beforeAll(async () => {
  [gateway, local] = await Promise.all([startTestGateway({ auth: { kind: 'keys' } }), startTestGateway()]);
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await local.close();
});

const LIST = '{ sessions { id userId } }';
const newKey = async (tenant: string, input: Partial<NewApiKey> = {}) =>
  gateway.composition.app.access.createKey(adminOf(tenant), { name: 'test', ...input });
const bearer = (text: string): { authorization: string } => ({ authorization: `Bearer ${text}` });
const clientOf = async (tenant: string, input: Partial<NewApiKey> = {}): Promise<ApiClient> => createApiClient(gateway.url, bearer((await newKey(tenant, input)).text));

describe('a gateway that asks for keys', () => {
  test('admits a key as bearer, as x-api-key and on a socket', async () => {
    const { text } = await newKey('front');
    expect(await createApiClient(gateway.url, bearer(text)).ask(LIST)).toEqual({ sessions: [] });
    expect(await createApiClient(gateway.url, { 'x-api-key': text }).ask(LIST)).toEqual({ sessions: [] });
    for (const connectionParams of [bearer(text), { apiKey: text }]) {
      expect(await askSocket(gateway.url, LIST, {}, { connectionParams })).toMatchObject({ items: [{ data: { sessions: [] } }], error: null });
    }
  });

  const strangers: readonly (readonly [string, () => Promise<string | null>])[] = [
    ['no key', async () => null],
    ['text that is no key', async () => 'let-me-in'],
    ['a key of the right shape that nobody has', async () => `ciq_${'0'.repeat(12)}_${'0'.repeat(40)}`],
    ['a real key with another secret', async () => `${(await newKey('front')).text.slice(0, -4)}0000`],
    ['a revoked key', async () => {
      const { text, key } = await newKey('front');
      await gateway.composition.app.access.revokeKey(adminOf('front'), key.id);
      return text;
    }],
    ['an expired key', async () => {
      const { text, key } = await newKey('front', { ttlDays: 1 });
      await gateway.composition.platform.database.query({ text: `update api_keys set expires_at = now() - interval '1 second' where id = $1` }, [key.id]);
      return text;
    }],
  ];
  test.each(strangers)('refuses %s over HTTP and at the connection of a socket', async (_, secret) => {
    const text = await secret();
    const { status, body } = await createApiClient(gateway.url, text === null ? {} : bearer(text)).send(LIST);
    expect([status, body.data, body.errors[0].extensions.code]).toEqual([401, undefined, 'UNAUTHENTICATED']);
    const { items, error } = await askSocket(gateway.url, LIST, {}, { connectionParams: text === null ? {} : bearer(text) });
    expect(items).toEqual([]);
    expect(error).toMatchObject({ code: 4401 });
  });

  test('a key revoked while its socket is open starts nothing more on it', async () => {
    const { text, key } = await newKey('front');
    const api = createApiClient(gateway.url, bearer(text));
    const sessionId = await newSession(api, { userId: 'ada' });
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: bearer(text) }));
    await once(socket, 'message');
    await gateway.composition.app.access.revokeKey(adminOf('front'), key.id);
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: `subscription { sessionEvents(sessionId: "${sessionId}") { cursor } }` } }));
    expect((await once(socket, 'close'))[0]).toBe(4401);
  });
});

test('a reader reads and writes nothing', async () => {
  const writer = await clientOf('house');
  const reader = await clientOf('house', { roles: ['reader'] });
  const sessionId = await newSession(writer, { userId: 'ada' });
  expect(await reader.ask(LIST)).toEqual({ sessions: [{ id: sessionId, userId: 'ada' }] });
  const writes: readonly string[] = [
    'createSession(input: {userId: "ada"}) { id }', `deleteSession(id: "${sessionId}")`, `appendEvent(sessionId: "${sessionId}", event: {author: USER, text: "hi"}) { id }`,
    `appendEvents(sessionId: "${sessionId}", events: [{author: USER, text: "hi"}]) { id }`, `patchSessionState(sessionId: "${sessionId}", patch: {a: 1}) { id }`,
    'createMemory(input: {scope: {user_id: "ada"}, fact: "x"}) { id }', `generateMemories(input: {sessionId: "${sessionId}"}) { id }`, 'saveMemoryBank(input: {id: "mine"}) { id }',
  ];
  for (const write of writes) expect(await reader.refusal(`mutation { ${write} }`)).toMatchObject({ extensions: { code: 'FORBIDDEN', reason: 'ROLE_REQUIRED' } });
  expect((await writer.ask('query($id: ID!) { session(id: $id) { lastSeq } }', { id: sessionId })).session.lastSeq).toBe(0);
});

test('a key limited to u1 sees nothing of u10, and touches nothing there', async () => {
  const all = await clientOf('limits');
  const only = await clientOf('limits', { scopeLimits: [{ user_id: 'u1' }] });
  const [mine, other] = await Promise.all(['u1', 'u10'].map(async (userId) => {
    const sessionId = await hold(all, [{ author: 'USER', authorName: userId, text: 'I play the oboe.', occurredAt: '2025-03-03T18:00:00Z' }], { userId });
    const jobId = await generate(all, { sessionId });
    await untilEnded(all, jobId);
    const { memories } = await all.ask('query($scope: JSON!) { memories(scope: $scope) { id } }', { scope: { user_id: userId } });
    return { sessionId, jobId, memoryId: memories[0].id };
  }));
  if (mine === undefined || other === undefined) throw new Error('two users were set up');
  const look = 'query($s: ID!, $m: ID!, $j: ID!) { session(id: $s) { id } memory(id: $m) { id } memoryGenerationJob(id: $j) { id } }';
  expect(await only.ask(look, { s: mine.sessionId, m: mine.memoryId, j: mine.jobId })).toEqual({ session: { id: mine.sessionId }, memory: { id: mine.memoryId }, memoryGenerationJob: { id: mine.jobId } });
  expect(await only.ask(look, { s: other.sessionId, m: other.memoryId, j: other.jobId })).toEqual({ session: null, memory: null, memoryGenerationJob: null });
  expect((await only.ask(LIST)).sessions).toEqual([{ id: mine.sessionId, userId: 'u1' }]);
  for (const code of [
    await only.refusal('mutation($s: ID!) { deleteSession(id: $s) }', { s: other.sessionId }),
    await only.refusal('mutation($s: ID!) { appendEvent(sessionId: $s, event: {author: USER, text: "hi"}) { id } }', { s: other.sessionId }),
    await only.refusal('mutation($m: ID!) { deleteMemory(id: $m) }', { m: other.memoryId }),
    await only.refusal('mutation($m: ID!) { updateMemory(id: $m, input: {fact: "x"}) { id } }', { m: other.memoryId }),
    await only.refusal('mutation($s: ID!) { generateMemories(input: {sessionId: $s}) { id } }', { s: other.sessionId }),
  ]) expect(code.extensions.code).toBe('NOT_FOUND');
  // The owner lets the pool of u1 learn from what u10 said: the fact is there to see, the words of u10 are not.
  await untilEnded(all, await generate(all, { sessionId: other.sessionId, scope: { user_id: 'u1', project: 'shared' } }));
  const shared = '{ memories(scope: {user_id: "u1", project: "shared"}) { fact revisions { fact } session { id } events { content { text } } } }';
  const [learned] = (await all.ask(shared)).memories;
  expect(learned).toMatchObject({ session: { id: other.sessionId }, events: [{ content: [{ text: 'I play the oboe.' }] }] });
  expect((await only.ask(shared)).memories).toEqual([{ ...learned, session: null, events: [] }]);
  // The other way round, memories of what u1 said in a pool that is not theirs are not there to see.
  await untilEnded(all, await generate(all, { sessionId: mine.sessionId, scope: { user_id: 'u10', project: 'hidden' } }));
  const derived = 'query($s: ID!) { session(id: $s) { memories { id } memoriesConnection(first: 1) { nodes { id } pageInfo { hasNextPage } } events { memories { id } } } }';
  const own = [{ id: mine.memoryId }];
  expect((await all.ask(derived, { s: mine.sessionId })).session.memories).toHaveLength(2);
  expect((await only.ask(derived, { s: mine.sessionId })).session).toEqual({ memories: own, memoriesConnection: { nodes: own, pageInfo: { hasNextPage: false } }, events: [{ memories: own }] });
  const jobs = '{ memoryGenerationJobsConnection(first: 200) { nodes { scope outcomes { count } candidates { nodes { ordinal } } } } }';
  expect((await only.ask(jobs)).memoryGenerationJobsConnection.nodes.map(({ scope }: { scope: object }) => scope)).toEqual([{ user_id: 'u1', project: 'shared' }, { user_id: 'u1' }]);
  for (const query of ['{ memories(scope: {user_id: "u10"}) { id } }', '{ searchMemories(scope: {user_id: "u10"}, query: "oboe") { id } }']) {
    expect(await only.refusal(query)).toMatchObject({ extensions: { code: 'FORBIDDEN', reason: 'SCOPE_NOT_ALLOWED' } });
  }
});

describe('a gateway without keys', () => {
  const call = (headers: Record<string, string>): Promise<number | undefined> => new Promise((resolve, reject) => {
    const message = httpRequest(`${local.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    message.once('error', reject);
    message.end(JSON.stringify({ query: LIST }));
  });
  const connect = async (headers: Record<string, string>): Promise<number | undefined> => {
    const socket = new WebSocket(`${local.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    const status = await new Promise<number | undefined>((resolve, reject) => {
      socket.on('error', reject);
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
    });
    socket.terminate();
    return status;
  };

  test.each([
    ['its own names', {}, true], ['pages of this machine', { origin: 'http://localhost:5173' }, true],
    ['a name that a page had rebound', { host: 'attacker.example' }, false], ['pages from elsewhere', { origin: 'https://attacker.example' }, false], ['pages without an origin', { origin: 'null' }, false],
  ])('answers %s or refuses them: HTTP and WebSocket alike', async (_, headers, allowed) => {
    expect([await call(headers), await connect(headers)]).toEqual(allowed ? [200, 101] : [403, 403]);
  });

  test('does not take a wrong key for none', async () => {
    expect((await createApiClient(local.url, bearer('let-me-in')).refusal(LIST)).extensions.code).toBe('UNAUTHENTICATED');
    const follower = follow(local.url, LIST, {}, { connectionParams: bearer('let-me-in') });
    expect(await follower.end).toMatchObject({ error: { code: 4401 } });
    await follower.close();
  });
});
