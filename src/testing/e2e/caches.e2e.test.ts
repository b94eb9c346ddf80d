import { randomUUID } from 'node:crypto';
import { parseConfig } from '../../config/schema';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { generate, memoriesOf, newSession, untilEnded } from './memories';
import { procedures, use } from './procedures';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const RECALL = `query($scope: JSON!, $match: ScopeMatch) {
  searchMemories(scope: $scope, query: "greenhouse tomatoes") { fact }
  recall(input: {scopes: [{scope: $scope, match: $match}], query: "greenhouse tomatoes", kinds: [MEMORY, EVENT]}) {
    hits { kind score scopeIndex explanation { lexical recency confidence matchedWords parts notes }
      memory { id fact topics validFrom createdAt updatedAt expiresAt metadata } event { id seq occurredAt createdAt content { text } } } } }`;
const CONTEXT = 'query($input: ContextInput!) { context(input: $input) { text messages { role content fromRecall } tokens stablePrefixHash items { kind id score why } leftOut { layer count } } }';
const CREATE = 'mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }';
const APPEND = 'mutation($id: ID!, $text: String!, $state: JSONObject) { appendEvent(sessionId: $id, event: {author: USER, text: $text, actions: {stateDelta: $state}}) { id } }';
const FACT = 'Ilse grows tomatoes in a greenhouse.';

const newScope = (): { user_id: string } => ({ user_id: randomUUID() });
const create = async (input: object): Promise<string> => (await api.ask(CREATE, { input })).createMemory.id;
const looks = async (cache: string, result: string): Promise<number> => {
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  return [...page.matchAll(/^contextiq_cache_reads_total\{(.*)\} (\d+)$/gm)]
    .filter(([, labels]) => labels?.includes(`cache="${cache}"`) && labels.includes(`result="${result}"`))
    .reduce((sum, [,, count]) => sum + Number(count), 0);
};
/** Asked again and again, so that there is something to be stale. */
const facts = async (scope: object): Promise<string[]> => {
  const ask = async () => api.ask(RECALL, { scope, match: 'EXACT' });
  const [first, second] = [await ask(), await ask()];
  expect(second).toEqual(first);
  const hits = first.recall.hits.flatMap(({ memory }: { memory: { fact: string } | null }) => (memory === null ? [] : [memory.fact]));
  expect(first.searchMemories.map(({ fact }: { fact: string }) => fact)).toEqual(hits);
  return hits;
};
const turns = async (scope: object): Promise<string[]> => {
  const ask = async () => (await api.ask(RECALL, { scope, match: 'SUBSET' })).recall.hits;
  expect(await ask()).toEqual(await ask());
  return (await ask()).flatMap(({ event }: { event: { content: { text: string }[] } | null }) => (event === null ? [] : [event.content[0]?.text]));
};

it('what is asked again is answered from the cache, equal in everything', async () => {
  const scope = newScope();
  const sessionId = await newSession(api, { userId: scope.user_id, state: { place: 'Bonn' } });
  await create({ scope, fact: FACT, topics: ['personal_facts'], metadata: { source: 'form' }, validFrom: '2024-05-01T00:00:00Z' });
  await api.ask(APPEND, { id: sessionId, text: 'The greenhouse has tomatoes, and a door.' });
  for (const [cache, query, variables] of [['recall', RECALL, { scope, match: 'EXACT' }], ['recall', RECALL, { scope, match: 'SUBSET' }], ['context', CONTEXT, { input: { sessionId } }]] as const) {
    const first = await api.ask(query, variables);
    const before = await looks(cache, 'hit');
    // The vector of the new memory may still arrive, which is a change.
    await until('a hit', async () => {
      expect(await api.ask(query, variables)).toEqual(first);
      return (await looks(cache, 'hit')) > before;
    });
  }
  expect((await api.ask(RECALL, { scope, match: 'EXACT' })).recall.hits).toHaveLength(2);
});

describe('no answer is older than a write that was answered', () => {
  it('of a memory: said, said again, changed, rolled back, deleted, restored', async () => {
    const scope = newScope();
    expect(await facts(scope)).toEqual([]);
    const id = await create({ scope, fact: FACT });
    expect(await facts(scope)).toEqual([FACT]);
    await api.ask('mutation($id: ID!) { updateMemory(id: $id, input: {fact: "Ilse sold the greenhouse."}) { id } }', { id });
    expect(await facts(scope)).toEqual(['Ilse sold the greenhouse.']);
    await api.ask('mutation($id: ID!) { rollbackMemory(id: $id, revision: 1) { id } }', { id });
    expect(await facts(scope)).toEqual([FACT]);
    await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id });
    expect(await facts(scope)).toEqual([]);
    await api.ask('mutation($id: ID!) { restoreMemory(id: $id) { id } }', { id });
    expect(await facts(scope)).toEqual([FACT]);
  });

  it('of a memory that expires, without anybody writing', async () => {
    const scope = newScope();
    await create({ scope, fact: FACT, ttlSeconds: 2 });
    await create({ scope, fact: 'Tomatoes are red in a greenhouse.' });
    expect(await facts(scope)).toHaveLength(2);
    await until('only one is left', async () => (await api.ask(RECALL, { scope, match: 'EXACT' })).searchMemories.length === 1, 10_000);
  });

  it('of memories that a job makes', async () => {
    const scope = newScope();
    expect(await facts(scope)).toEqual([]);
    await untilEnded(api, await generate(api, { scope, facts: [FACT] }));
    expect(await facts(scope)).toEqual([FACT]);
    expect(await memoriesOf(api, scope)).toHaveLength(1);
  });

  it('of events and sessions: appended, deleted', async () => {
    const scope = newScope();
    expect(await turns(scope)).toEqual([]);
    const [one, two] = [await newSession(api, { userId: scope.user_id }), await newSession(api, { userId: scope.user_id })];
    await api.ask(APPEND, { id: one, text: 'The greenhouse is full.' });
    expect(await turns(scope)).toEqual(['The greenhouse is full.']);
    await api.ask(APPEND, { id: two, text: 'The greenhouse is full of tomatoes.' });
    expect((await turns(scope)).sort()).toEqual(['The greenhouse is full of tomatoes.', 'The greenhouse is full.']);
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: one });
    expect(await turns(scope)).toEqual(['The greenhouse is full of tomatoes.']);
  });

  it('of a session’s state and of what it shares with others', async () => {
    const userId = randomUUID();
    const [own, other] = [await newSession(api, { userId }), await newSession(api, { userId })];
    const text = async (): Promise<string> => {
      const ask = async () => (await api.ask(CONTEXT, { input: { sessionId: own, query: 'greenhouse' } })).context;
      const block = await ask();
      expect(await ask()).toEqual(block);
      return block.text;
    };
    expect(await text()).not.toContain('tea');
    await api.ask(APPEND, { id: own, text: 'Hello there.', state: { drink: 'green tea' } });
    expect(await text()).toContain('green tea');
    await api.ask(APPEND, { id: other, text: 'From elsewhere.', state: { 'user:drink': 'black tea' } });
    expect(await text()).toContain('black tea');
    await api.ask(APPEND, { id: other, text: 'From elsewhere again.', state: { 'app:drink': 'white tea' } });
    expect(await text()).toContain('white tea');
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: own });
    expect((await api.refusal(CONTEXT, { input: { sessionId: own, query: 'greenhouse' } })).extensions.code).toBe('NOT_FOUND');
  });

  it('of a session with much state, which is read again only when it changed', async () => {
    const userId = randomUUID();
    const ballast = 'x'.repeat(20_000);
    const [own, other] = [await newSession(api, { userId, state: { ballast } }), await newSession(api, { userId })];
    const ask = async () => (await api.ask('query($id: ID!) { session(id: $id) { state lastSeq version updatedAt } }', { id: own })).session;
    const state = async () => {
      const answers = [await ask(), await ask(), await ask()];
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      const { ballast: heavy, mood, 'user:drink': drink } = answers[0].state;
      return { isWhole: heavy === ballast, mood, drink };
    };
    const before = await looks('session', 'hit');
    expect(await state()).toEqual({ isWhole: true });
    expect(await looks('session', 'hit')).toBeGreaterThan(before);
    await api.ask(APPEND, { id: own, text: 'Hello.', state: { mood: 'good' } });
    expect(await state()).toEqual({ isWhole: true, mood: 'good' });
    await api.ask(APPEND, { id: other, text: 'From elsewhere.', state: { 'user:drink': 'tea' } });
    expect(await state()).toEqual({ isWhole: true, mood: 'good', drink: 'tea' });
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: own });
    expect(await ask()).toBeNull();
  });

  it('of procedures: made, changed, used, deleted', async () => {
    const scope = newScope();
    const sessionId = await newSession(api, { userId: scope.user_id });
    const shown = async (): Promise<string[]> => {
      const ask = async () => (await api.ask(CONTEXT, { input: { sessionId, query: 'greenhouse' } })).context;
      const block = await ask();
      expect(await ask()).toEqual(block);
      return block.text.split('\n').filter((line: string) => line.startsWith('[p'));
    };
    expect(await shown()).toEqual([]);
    const { id } = await procedures.workflow(api, scope, { name: 'Air the greenhouse', steps: [{ action: 'open_roof' }] });
    expect(await shown()).toEqual(['[p1] Workflow “Air the greenhouse”. Steps: 1. open_roof.']);
    await api.ask('mutation($id: ID!) { updateWorkflow(id: $id, input: {warnings: ["Not in a storm"]}) { id } }', { id });
    expect(await shown()).toEqual(['[p1] Workflow “Air the greenhouse”. Steps: 1. open_roof. Beware: Not in a storm.']);
    await use(api, id);
    expect(await shown()).toEqual([expect.stringContaining('Went well 1 of 1 time.')]);
    await use(api, id, { outcome: 'FAILURE' });
    expect(await shown()).toEqual([expect.stringContaining('Went well 1 of 2 times.')]);
    await api.ask('mutation($id: ID!) { deleteProcedure(id: $id) }', { id });
    expect(await shown()).toEqual([]);
  });

  it('an entry that does not hold any more is counted as such', async () => {
    const scope = newScope();
    await create({ scope, fact: 'Tomatoes are red in a greenhouse.' });
    await facts(scope);
    const before = await looks('recall', 'stale');
    await create({ scope, fact: FACT });
    await facts(scope);
    expect(await looks('recall', 'stale')).toBeGreaterThan(before);
  });
});

it('a gateway may keep none', () => {
  expect(parseConfig({ CONTEXTIQ_ANSWER_CACHE_MB: '0' }).answerCacheMb).toBe(0);
});
