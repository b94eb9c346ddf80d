import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { factHash } from '../../domain/memory/fingerprint';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { generate, hold, memoriesOf, untilEnded } from './memories';
import { withSeed } from './random';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const FACT = 'Ilse grows tomatoes in a greenhouse.';
const newScope = (): { user_id: string } => ({ user_id: randomUUID() });
const create = async (scope: object, fact = FACT, more: object = {}) => (await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id revision } }', { input: { scope, fact, ...more } })).createMemory.id;
const UPDATE = 'mutation($id: ID!, $input: UpdateMemoryInput!) { updateMemory(id: $id, input: $input) { id revision } }';
const ROLLBACK = 'mutation($id: ID!, $revision: Int!, $expected: Int, $reason: String, $key: String) { rollbackMemory(id: $id, revision: $revision, expectedRevision: $expected, reason: $reason, idempotencyKey: $key) { id fact topics confidence revision supersededBy } }';
const DELETE = 'mutation($id: ID!, $reason: String) { deleteMemory(id: $id, reason: $reason) }';
const RESTORE = 'mutation($id: ID!) { restoreMemory(id: $id) { id } }';
const DIFF = 'query($id: ID!, $from: Int!, $to: Int) { memory(id: $id) { diff(from: $from, to: $to) { from { revision } to { revision } changes { field before after } words { kind text } } } }';
const historyOf = async (id: string) => (await api.ask('query($id: ID!) { memory(id: $id) { revisions(limit: 200) { revision action fact reason principalId eventIds } } }', { id })).memory.revisions;
const found = async (scope: object, query: string): Promise<string[]> => (await api.ask('query($scope: JSON!, $query: String!) { searchMemories(scope: $scope, query: $query) { id } }', { scope, query })).searchMemories.map(({ id }: { id: string }) => id);

it('two revisions are shown side by side, with who changed what and why', async () => {
  const id = await create(newScope());
  await api.ask(UPDATE, { id, input: { fact: 'Ilse grows beans in a greenhouse.', confidence: 0.7, reason: 'she told me' } });
  await api.ask(UPDATE, { id, input: { topics: ['preferences'] } });
  const { diff } = (await api.ask(DIFF, { id, from: 1, to: 2 })).memory;
  expect(diff.changes).toEqual([{ field: 'fact', before: FACT, after: 'Ilse grows beans in a greenhouse.' }, { field: 'confidence', before: 1, after: 0.7 }]);
  expect(diff.words).toEqual([
    { kind: 'SAME', text: 'Ilse grows ' }, { kind: 'REMOVED', text: 'tomatoes ' }, { kind: 'ADDED', text: 'beans ' }, { kind: 'SAME', text: 'in a greenhouse.' },
  ]);
  expect((await api.ask(DIFF, { id, from: 1 })).memory.diff).toMatchObject({ from: { revision: 1 }, to: { revision: 3 } });
  expect((await historyOf(id))[1]).toMatchObject({ revision: 2, action: 'UPDATED', reason: 'she told me', principalId: 'local' });
  for (const from of [0, -1, 4, 2 ** 31 - 1]) expect((await api.refusal(DIFF, { id, from })).extensions.code).toBe('NOT_FOUND');
});

it('a rollback writes what an earlier revision shows as the next one, found by its words again', async () => {
  const scope = newScope();
  const id = await create(scope, FACT, { topics: ['preferences'], confidence: 0.8 });
  await api.ask(UPDATE, { id, input: { fact: 'Ilse keeps bees.', topics: ['personal_facts'] } });
  expect((await api.refusal(ROLLBACK, { id, revision: 1, expected: 1 })).extensions).toMatchObject({ code: 'CONFLICT', reason: 'VERSION_MISMATCH', field: 'expectedRevision' });
  const key = randomUUID();
  const first = await api.ask(ROLLBACK, { id, revision: 1, expected: 2, reason: 'a slip', key });
  expect(first.rollbackMemory).toMatchObject({ fact: FACT, topics: ['preferences'], confidence: 0.8, revision: 3 });
  expect(await api.ask(ROLLBACK, { id, revision: 1, expected: 2, reason: 'a slip', key })).toEqual(first);
  expect((await historyOf(id)).map(({ revision, fact, reason }: { revision: number; fact: string; reason: string | null }) => [revision, fact, reason])).toEqual([
    [3, FACT, 'rolled back to revision 1: a slip'], [2, 'Ilse keeps bees.', null], [1, FACT, null],
  ]);
  expect([await found(scope, 'tomatoes'), await found(scope, 'bees')]).toEqual([[id], []]);
});

it('what was rolled back does not come back from the same conversation, and what was rolled back to stays', async () => {
  const scope = newScope();
  const sessionId = await hold(api, [{ author: 'USER', authorName: 'Ilse', text: 'My dog is called Rex.', occurredAt: '2024-05-01T10:00:00Z' }], { userId: 'ilse', scope });
  await untilEnded(api, await generate(api, { sessionId }));
  const [{ id, fact }] = await memoriesOf(api, scope);
  await api.ask(UPDATE, { id, input: { fact: 'Ilse has a dog called Bello.' } });
  await api.ask(ROLLBACK, { id, revision: 1 });
  await untilEnded(api, await generate(api, { sessionId }));
  expect((await memoriesOf(api, scope)).map((memory) => [memory.id, memory.fact])).toEqual([[id, fact]]);
});

it('a superseded memory holds again once it is rolled back to what it said', async () => {
  const scope = newScope();
  const tell = async (text: string): Promise<void> => {
    const sessionId = await hold(api, [{ author: 'USER', authorName: 'Ilse', text, occurredAt: new Date().toISOString() }], { userId: 'ilse', scope });
    await untilEnded(api, await generate(api, { sessionId }));
  };
  await tell('I live in Lisbon.');
  await tell('I moved to Porto. I live in Porto now.');
  const past = (await memoriesOf(api, scope, true)).find(({ supersededBy }) => supersededBy !== null);
  expect(past.fact).toContain('Lisbon');
  expect((await api.ask(ROLLBACK, { id: past.id, revision: 1 })).rollbackMemory).toMatchObject({ supersededBy: null });
  expect(await found(scope, 'Lisbon')).toContain(past.id);
});

it('nothing is rolled back to what another memory of the pool says by now', async () => {
  const scope = newScope();
  const id = await create(scope);
  await api.ask(UPDATE, { id, input: { fact: 'Ilse keeps bees.' } });
  await create(scope, FACT);
  expect((await api.refusal(ROLLBACK, { id, revision: 1 })).extensions).toMatchObject({ code: 'CONFLICT', reason: 'DUPLICATE_FACT' });
  expect(await historyOf(id)).toHaveLength(2);
});

it('history begins where the bank let older revisions expire', async () => {
  const id = await create(newScope());
  await api.ask(UPDATE, { id, input: { fact: 'Ilse keeps bees.' } });
  await gateway.composition.platform.database.query({ text: `update memory_revisions set expires_at = now() - interval '1 second' where memory_id = $1 and revision = 1` }, [id]);
  expect((await historyOf(id)).map(({ revision }: { revision: number }) => revision)).toEqual([2]);
  expect((await api.refusal(ROLLBACK, { id, revision: 1 })).extensions.code).toBe('NOT_FOUND');
  expect((await api.refusal(DIFF, { id, from: 1 })).extensions.code).toBe('NOT_FOUND');
});

it('a removal says why, and its undo shows it', async () => {
  const id = await create(newScope());
  await api.ask(DELETE, { id, reason: 'asked to forget' });
  await api.ask(RESTORE, { id });
  expect((await historyOf(id)).map(({ action, reason }: { action: string; reason: string | null }) => [action, reason])).toEqual([['UPDATED', 'restored'], ['DELETED', 'asked to forget'], ['CREATED', null]]);
  for (const reason of ['', '  ', 'x'.repeat(501), 'a\u0000b']) expect((await api.refusal(DELETE, { id, reason })).extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'reason' });
});

it('whoever changes, rolls back, deletes and restores at once: numbers have no gap and no words stand twice', () => withSeed(async (random) => {
  const scope = newScope();
  const ids = [await create(scope, 'fact 0'), await create(scope, 'fact 1')];
  const act = (): Promise<{ body: { errors?: { extensions: { code: string } }[] } }> => {
    const id = ids[random.int(ids.length)];
    switch (random.int(5)) {
      case 0: return api.send(DELETE, { id });
      case 1: return api.send(RESTORE, { id });
      case 2: return api.send(ROLLBACK, { id, revision: 1 + random.int(6) });
      default: return api.send(UPDATE, { id, input: { fact: `fact ${random.int(4)}` } });
    }
  };
  for (let round = 0; round < 25; round += 1) {
    const answers = await Promise.all(Array.from({ length: 6 }, act));
    for (const { body } of answers) for (const { extensions } of body.errors ?? []) expect(['CONFLICT', 'NOT_FOUND']).toContain(extensions.code);
    const hashes = (await memoriesOf(api, scope)).map(({ fact }) => factHash(fact).toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
  }
  for (const id of ids) {
    await api.send(RESTORE, { id });
    const history: { revision: number }[] = await historyOf(id).catch(() => []);
    expect(history.map(({ revision }) => revision)).toEqual(history.map((_, n) => history.length - n));
  }
}), 120_000);
