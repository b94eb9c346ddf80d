import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { dataOf, follow } from './follower';
import { candidatesOf, generate, memoriesOf, untilEnded } from './memories';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const CREATE = 'mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id fact topic revision evidenceCount expiresAt } }';
const UPDATE = 'mutation($id: ID!, $input: UpdateMemoryInput!) { updateMemory(id: $id, input: $input) { id fact revision metadata validFrom } }';
const GET = 'query($id: ID!) { memory(id: $id) { id fact revision revisions { revision action fact } } }';
const SEARCH = 'query($scope: JSON!) { searchMemories(scope: $scope, query: "greenhouse tomatoes") { id } recall(input: {scopes: [{scope: $scope}], query: "greenhouse tomatoes"}) { hits { memory { id } } } }';
const newScope = (): { user_id: string } => ({ user_id: randomUUID() });
const create = async (input: object) => (await api.ask(CREATE, { input })).createMemory;
const FACT = 'Ilse grows tomatoes in a greenhouse.';

test('a memory said again is the same memory, better known', async () => {
  const scope = newScope();
  const first = await create({ scope, fact: FACT, topics: ['personal_facts'] });
  expect(first).toMatchObject({ fact: FACT, topic: 'personal_facts', revision: 1, evidenceCount: 1, expiresAt: null });
  expect(await create({ scope, fact: ' ilse grows TOMATOES in a greenhouse ' })).toMatchObject({ id: first.id, fact: FACT, evidenceCount: 2 });
  expect(await memoriesOf(api, scope)).toHaveLength(1);
});

test('each change is a revision, and of two writers at one revision one is told so', async () => {
  const { id } = await create({ scope: newScope(), fact: FACT, validFrom: '2024-05-01T00:00:00Z' });
  const changes = ['Ilse grows beans.', 'Ilse grows peas.'].map((fact) => api.send(UPDATE, { id, input: { fact, validFrom: null, metadata: { by: 'hand' }, expectedRevision: 1 } }));
  const bodies = (await Promise.all(changes)).map(({ body }) => body);
  const won = bodies.find(({ errors }) => errors === undefined).data.updateMemory;
  expect(won).toMatchObject({ revision: 2, metadata: { by: 'hand' }, validFrom: null });
  expect(bodies.find(({ errors }) => errors !== undefined).errors[0].extensions.code).toBe('CONFLICT');
  expect((await api.ask(GET, { id })).memory).toEqual({
    id, fact: won.fact, revision: 2, revisions: [{ revision: 2, action: 'UPDATED', fact: won.fact }, { revision: 1, action: 'CREATED', fact: FACT }],
  });
});

test('a deleted memory is gone from every answer at once, and may be said anew', async () => {
  const scope = newScope();
  const jobId = await generate(api, { scope, facts: [FACT] });
  await untilEnded(api, jobId);
  const [{ id }] = await memoriesOf(api, scope);
  expect(await api.ask(SEARCH, { scope })).toEqual({ searchMemories: [{ id }], recall: { hits: [{ memory: { id } }] } });
  const follower = follow(gateway.url, 'subscription($scope: JSON!) { memoryChanges(scope: $scope, after: "0") { action memory { id } } }', { scope });
  expect(await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id })).toEqual({ deleteMemory: true });
  expect(await api.ask(GET, { id })).toEqual({ memory: null });
  expect(await api.ask(SEARCH, { scope })).toEqual({ searchMemories: [], recall: { hits: [] } });
  expect(await memoriesOf(api, scope, true)).toEqual([]);
  expect((await candidatesOf(api, jobId)).map(({ fact }) => fact)).toEqual(['']);
  await until('the change is told', () => dataOf(follower, 'memoryChanges').some(({ action, memory }) => action === 'DELETED' && memory === null));
  await follower.close();
  for (const again of [api.refusal('mutation($id: ID!) { deleteMemory(id: $id) }', { id }), api.refusal(UPDATE, { id, input: { fact: 'x' } })]) {
    expect((await again).extensions.code).toBe('NOT_FOUND');
  }
  expect((await create({ scope, fact: FACT })).id).not.toBe(id);
});

test('a deleted memory can be restored with its history until it is erased', async () => {
  const RESTORE = 'mutation($id: ID!, $key: String) { restoreMemory(id: $id, idempotencyKey: $key) { id fact revision } }';
  const { database } = gateway.composition.platform;
  const scope = newScope();
  const { id } = await create({ scope, fact: FACT });
  await api.ask(UPDATE, { id, input: { confidence: 0.7 } });
  const before = (await api.ask(GET, { id })).memory.revisions;
  await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id });
  const key = randomUUID();
  const { restoreMemory } = await api.ask(RESTORE, { id, key });
  expect(await api.ask(RESTORE, { id, key })).toEqual({ restoreMemory });
  const { memory } = await api.ask(GET, { id });
  expect(memory).toMatchObject({ id, fact: FACT, revision: restoreMemory.revision });
  expect(memory.revisions).toEqual(expect.arrayContaining(before));
  expect((await api.ask(SEARCH, { scope })).searchMemories).toEqual([{ id }]);
  expect((await api.refusal(RESTORE, { id })).extensions.code).toBe('NOT_FOUND');

  await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id });
  await database.query({ text: `update memories set deleted_at = deleted_at - interval '49 hours' where id = $1` }, [id]);
  expect((await api.refusal(RESTORE, { id })).extensions.code).toBe('NOT_FOUND');
});

test('a memory shows the events that say so, but for those whose session is deleted', async () => {
  const scope = newScope();
  const { createSession: { id: sessionId } } = await api.ask('mutation($scope: JSON!) { createSession(input: {userId: "ilse", scope: $scope}) { id } }', { scope });
  await api.ask('mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }', { id: sessionId, event: { author: 'USER', authorName: 'Ilse', text: 'My dog is called Rex.' } });
  await untilEnded(api, await generate(api, { sessionId }));
  const query = 'query($scope: JSON!) { memories(scope: $scope) { events { content { text } } eventIds session { id } } }';
  const { memories } = await api.ask(query, { scope });
  expect(memories).toMatchObject([{ events: [{ content: [{ text: 'My dog is called Rex.' }] }], session: { id: sessionId } }]);
  await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: sessionId });
  expect((await api.ask(query, { scope })).memories).toEqual([{ events: [], eventIds: memories[0].eventIds, session: null }]);
});

test('a memory with a lifetime is gone after it', async () => {
  const { id } = await create({ scope: newScope(), fact: FACT, ttlSeconds: 1 });
  await until('it expires', async () => (await api.ask(GET, { id })).memory === null);
});

test('pools match exactly, or every pool with these pairs when asked so; topics narrow both', async () => {
  const user_id = randomUUID();
  const [plain, project] = [await create({ scope: { user_id }, fact: FACT, topics: ['preferences'] }), await create({ scope: { user_id, project: 'garden' }, fact: FACT })];
  const list = async (args: string) => (await api.ask(`query($scope: JSON!) { memories(scope: $scope, ${args}) { id } }`, { scope: { user_id } })).memories.map(({ id }: { id: string }) => id);
  expect(await list('match: EXACT')).toEqual([plain.id]);
  expect(await list('match: SUBSET')).toEqual([project.id, plain.id]);
  expect(await list('match: SUBSET, topic: "preferences"')).toEqual([plain.id]);
});

test('a bank keeps its own pool, its lifetimes and its scope keys', async () => {
  const id = `bank-${randomUUID().slice(0, 8)}`;
  const { saveMemoryBank } = await api.ask('mutation($id: String!) { saveMemoryBank(input: {id: $id, ttls: {created: 3600}, allowedScopeKeys: ["user_id"]}) { id version ttls { created } allowedScopeKeys } }', { id });
  expect(saveMemoryBank).toMatchObject({ id, ttls: { created: 3600 }, allowedScopeKeys: ['user_id'] });
  const scope = newScope();
  expect((await create({ bankId: id, scope, fact: FACT })).expiresAt).not.toBeNull();
  expect(await memoriesOf(api, scope)).toEqual([]);
  expect(await api.refusal(CREATE, { input: { bankId: id, scope: { room: 'cellar' }, fact: FACT } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'input.scope.room' } });
  expect(await api.ask('mutation($id: String!) { deleteMemoryBank(id: $id) }', { id })).toEqual({ deleteMemoryBank: true });
  expect((await api.refusal('query($id: String!) { memoryBank(id: $id) { id } }', { id })).extensions.code).toBe('NOT_FOUND');
});
