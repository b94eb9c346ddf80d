import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { generate, newSession, untilEnded } from './memories';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway({ summaries: { events: 12, tokens: 1000 } });
  api = createApiClient(gateway.url);
}, 60_000);
afterAll(() => gateway.close());

/** A moment that lies between what was done before and what comes after, by the clock that both share. */
async function moment(): Promise<string> {
  const pause = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 5); });
  await pause();
  const now = new Date().toISOString();
  await pause();
  return now;
}
const remember = async (fact: string, scope: object, rest: object = {}): Promise<string> =>
  (await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }', { input: { scope, fact, ...rest } })).createMemory.id;
const update = (id: string, input: object) => api.ask('mutation($id: ID!, $input: UpdateMemoryInput!) { updateMemory(id: $id, input: $input) { id } }', { id, input });
const memoryAt = async (id: string, asOf: object) =>
  (await api.ask('query($id: ID!, $asOf: AsOfInput) { memory(id: $id, asOf: $asOf) { fact topics confidence metadata revision supersededBy } }', { id, asOf })).memory;
const search = async (scope: object, query: string, asOf: object | null): Promise<string[]> =>
  (await api.ask('query($scope: JSON!, $query: String!, $asOf: AsOfInput) { searchMemories(scope: $scope, query: $query, asOf: $asOf) { fact } }', { scope, query, asOf }))
    .searchMemories.map(({ fact }: { fact: string }) => fact);

describe('as of a time when something was known', () => {
  it('a memory shows the revision of then, and is found by its words of then', async () => {
    const scope = { user_id: 'revised' };
    const before = await moment();
    const id = await remember('Mara plays the zither.', scope, { topics: ['music'], confidence: 0.5, metadata: { v: 1 } });
    const first = await moment();
    await update(id, { fact: 'Mara plays the oboe.', confidence: 0.9, metadata: { v: 2 } });
    const second = await moment();
    expect(await memoryAt(id, { knownAt: before })).toBeNull();
    expect(await memoryAt(id, { knownAt: first })).toMatchObject({ fact: 'Mara plays the zither.', topics: ['music'], confidence: 0.5, metadata: { v: 1 }, revision: 1 });
    expect(await memoryAt(id, { knownAt: second })).toMatchObject({ fact: 'Mara plays the oboe.', confidence: 0.9, metadata: { v: 2 }, revision: 2 });

    expect(await search(scope, 'zither', null)).toEqual([]);
    expect(await search(scope, 'zither', { knownAt: first })).toEqual(['Mara plays the zither.']);
    expect(await search(scope, 'oboe', { knownAt: first })).toEqual([]);
    expect(await search(scope, 'oboe', { knownAt: second })).toEqual(['Mara plays the oboe.']);
    expect(await search(scope, 'oboe', { knownAt: before })).toEqual([]);
    expect(await search(scope, 'the', { knownAt: first })).toEqual(['Mara plays the zither.']);
    const filtered = { scopes: [{ scope }], query: 'zither', asOf: { knownAt: first }, filter: { metadata: { path: ['v'], equals: 1 } } };
    const recall = 'query($input: RecallInput!) { recall(input: $input) { degraded hits { memory { fact revision } explanation { matchedWords lexical notes } } } }';
    expect((await api.ask(recall, { input: filtered })).recall).toMatchObject({ degraded: [], hits: [{ memory: { revision: 1 }, explanation: { matchedWords: ['zither'], lexical: expect.any(Number) } }] });
    expect((await api.ask(recall, { input: { ...filtered, filter: { metadata: { path: ['v'], equals: 2 } } } })).recall.hits).toEqual([]);

    const { memory } = await api.ask('query($id: ID!) { memory(id: $id) { history { revision fact } diff(from: 1, to: 2) { changes { field } } } }', { id });
    expect(memory.history).toEqual([{ revision: 1, fact: 'Mara plays the zither.' }, { revision: 2, fact: 'Mara plays the oboe.' }]);
    expect(memory.diff.changes.map(({ field }: { field: string }) => field)).toEqual(['fact', 'confidence', 'metadata']);
  });

  it('what is deleted or purged by now is in no past; what was restored was away for a while', async () => {
    const scope = { user_id: 'gone' };
    const [deleted, purged, restored] = [await remember('Mara owns a kayak.', scope), await remember('Mara owns a canoe.', scope), await remember('Mara owns a raft.', scope)];
    const there = await moment();
    await api.ask('mutation($a: ID!, $b: ID!) { a: deleteMemory(id: $a) b: deleteMemory(id: $b) }', { a: deleted, b: restored });
    const away = await moment();
    await api.ask('mutation($id: ID!) { restoreMemory(id: $id) { id } }', { id: restored });
    await api.ask('mutation($f: PurgeMemoriesInput!) { purgeMemories(filter: $f, dryRun: false) { status } }', { f: { scope, ids: [purged] } });
    expect(await search(scope, 'owns', { knownAt: there })).toEqual(['Mara owns a raft.']);
    expect(await search(scope, 'owns', { knownAt: away })).toEqual([]);
    expect(await Promise.all([deleted, purged].map((id) => memoryAt(id, { knownAt: there })))).toEqual([null, null]);
    expect([await memoryAt(restored, { knownAt: there }), await memoryAt(restored, { knownAt: away })]).toMatchObject([{ revision: 1 }, null]);
  });

  it('events and the session’s state are those of then', async () => {
    const scope = { user_id: 'stately' };
    const session = await newSession(api, { userId: 'stately', state: { step: 0 } });
    const say = (text: string, occurredAt?: string) => api.ask('mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }', { id: session, event: { author: 'USER', text, occurredAt } });
    const patch = (step: number | null) => api.ask('mutation($id: ID!, $patch: JSONObject!) { patchSessionState(sessionId: $id, patch: $patch) { id } }', { id: session, patch: { step, 'user:shared': step } });
    await say('The lighthouse is red.');
    await patch(1);
    await remember('The user likes lighthouses.', scope);
    const then = await moment();
    await say('The lighthouse is blue.');
    await say('Long ago the lighthouse was white.', '2001-01-01T00:00:00Z');
    await patch(2);
    await remember('The user likes windmills.', scope);

    const state = 'query($id: ID!, $asOf: AsOfInput!) { session(id: $id) { stateAsOf(asOf: $asOf) } }';
    expect((await api.ask(state, { id: session, asOf: { knownAt: then } })).session.stateAsOf).toEqual({ step: 1 });
    expect((await api.ask(state, { id: session, asOf: { knownAt: '2001-01-01T00:00:00Z' } })).session.stateAsOf).toBeNull();
    expect((await api.ask(state, { id: session, asOf: { knownAt: await moment() } })).session.stateAsOf).toEqual({ step: 2 });

    const recall = async (asOf: object | null) => (await api.ask('query($input: RecallInput!) { recall(input: $input) { hits { event { seq } } } }', { input: { scopes: [{ scope }], query: 'lighthouse', kinds: ['EVENT'], asOf } }))
      .recall.hits.map(({ event }: { event: { seq: number } }) => event.seq).sort();
    expect([await recall(null), await recall({ knownAt: then }), await recall({ validAt: '2002-01-01T00:00:00Z' })]).toEqual([[1, 3, 4], [1], [4]]);

    const context = 'query($input: ContextInput!) { context(input: $input) { text } }';
    const { context: past } = await api.ask(context, { input: { sessionId: session, asOf: { knownAt: then } } });
    expect(past.text).toContain('step: 1');
    expect(past.text).toContain('The lighthouse is red.');
    expect(past.text).toContain('The user likes lighthouses.');
    expect(past.text).not.toMatch(/blue|white|windmill|user:shared/);
    expect((await api.ask(context, { input: { sessionId: session } })).context.text).toMatch(/blue/);
    expect(await api.refusal(context, { input: { sessionId: session, asOf: { knownAt: '2001-01-01T00:00:00Z' } } })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });
});

describe('as of a time when something was true', () => {
  it('periods decide, open ends hold for ever', async () => {
    const scope = { user_id: 'valid' };
    await remember('Mara lived in Porto.', scope, { validFrom: '2010-01-01T00:00:00Z', validTo: '2015-01-01T00:00:00Z' });
    await remember('Mara lives in Lisbon.', scope, { validFrom: '2015-01-01T00:00:00Z' });
    await remember('Mara lives by the sea.', scope);
    const at = (year: number) => search(scope, 'lives lived', { validAt: `${year}-06-01T00:00:00Z` }).then((facts) => facts.sort());
    expect([await at(2005), await at(2012), await at(2015)]).toEqual([
      ['Mara lives by the sea.'], ['Mara lived in Porto.', 'Mara lives by the sea.'], ['Mara lives by the sea.', 'Mara lives in Lisbon.'],
    ]);
  });

  it('a superseded memory held until it was superseded, and its successor since; as known before, it holds still', async () => {
    const session = await newSession(api, { userId: 'mover' });
    const scope = { user_id: 'mover' };
    const say = async (text: string, occurredAt: string): Promise<void> => {
      await api.ask('mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }', { id: session, event: { author: 'USER', authorName: 'Mara', text, occurredAt } });
      await untilEnded(api, await generate(api, { sessionId: session }));
    };
    await say('I live in Porto.', '2020-03-01T10:00:00Z');
    const known = await moment();
    await say('I live in Lisbon now.', '2022-03-01T10:00:00Z');
    expect((await search(scope, 'live', null)).join()).toMatch(/^[^,]*Lisbon[^,]*$/);
    expect((await search(scope, 'live', { validAt: '2021-01-01T00:00:00Z' })).join()).toMatch(/^[^,]*Porto[^,]*$/);
    expect((await search(scope, 'live', { validAt: '2023-01-01T00:00:00Z' })).join()).toMatch(/^[^,]*Lisbon[^,]*$/);
    expect((await search(scope, 'live', { validAt: '2023-01-01T00:00:00Z', knownAt: known })).join()).toMatch(/^[^,]*Porto[^,]*$/);
    expect((await search(scope, 'live', { knownAt: known })).join()).toMatch(/^[^,]*Porto[^,]*$/);
  });

  it('a look back needs a time', async () => {
    const document = 'query($asOf: AsOfInput) { searchMemories(scope: {user_id: "x"}, query: "y", asOf: $asOf) { id } }';
    expect(await api.refusal(document, { asOf: {} })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'input.asOf' } });
  });
});

describe('documents of a time', () => {
  const ADD = 'mutation($input: AddDocumentInput!) { addDocument(input: $input) { outcome document { id version } } }';
  const add = (scope: object, content: string) => api.ask(ADD, { input: { scope, title: 'Rules', sourceUri: 'https://example.com/rules', content } });
  const page = (seats: string, bags: string) => `# Flights\n\n## Seats\n\n${seats}\n\n## Bags\n\n${bags}\n`;
  const RECALL = 'query($input: RecallInput!) { recall(input: $input) { degraded hits { kind passage { text } } } }';
  const recalled = async (scope: object, query: string, asOf: object | null) => {
    const { recall } = await api.ask(RECALL, { input: { scopes: [{ scope }], query, kinds: ['DOCUMENT'], asOf } });
    return { degraded: recall.degraded, texts: recall.hits.map(({ passage }: { passage: { text: string } }) => passage.text) };
  };

  it('what a document said then and still says is found; what was replaced is missing, and the answer says so', async () => {
    const scope = { user_id: 'reader' };
    const before = await moment();
    await add(scope, page('Book a window seat.', 'One trunk is free.'));
    const first = await moment();
    expect(await recalled(scope, 'window trunk', { knownAt: first })).toEqual({ degraded: [], texts: expect.arrayContaining([expect.stringContaining('window'), expect.stringContaining('trunk')]) });
    await add(scope, page('Book an aisle seat.', 'One trunk is free.'));
    const second = await moment();

    expect(await recalled(scope, 'window aisle trunk', { knownAt: first })).toEqual({ degraded: ['REPLACED_PASSAGES'], texts: [expect.stringContaining('trunk')] });
    expect((await recalled(scope, 'window aisle', { knownAt: second })).texts).toEqual([expect.stringContaining('aisle')]);
    expect((await recalled(scope, 'window aisle', { knownAt: second })).degraded).toEqual([]);
    expect(await recalled(scope, 'trunk', { knownAt: before })).toEqual({ degraded: [], texts: [] });
    // Without a word of content the beginnings of documents are shown: this one began otherwise then.
    expect((await recalled(scope, 'the', { knownAt: before })).texts).toEqual([]);
    expect((await recalled(scope, 'trunk', { validAt: before })).texts).toEqual([expect.stringContaining('trunk')]);
  });

  it('stand in the context block of then', async () => {
    const scope = { user_id: 'blocks' };
    await add(scope, page('Book a window seat.', 'One trunk is free.'));
    const first = await moment();
    await add(scope, page('Book a window seat.', 'Two trunks are free.'));
    const block = async (asOf: object | null) => (await api.ask('query($input: ContextInput!) { context(input: $input) { text degraded } }', { input: { scopes: [{ scope }], query: 'window seat or trunk', layers: ['KNOWLEDGE'], asOf } })).context;
    expect(await block({ knownAt: first })).toEqual({ text: expect.stringContaining('window'), degraded: ['REPLACED_PASSAGES'] });
    expect((await block({ knownAt: first })).text).not.toContain('trunks');
    expect((await block(null)).text).toContain('trunks');
  });
});

it('the running summary of a past block is the revision of then, and the turns that came since it', async () => {
  const id = await newSession(api, { userId: 'talker' });
  const say = (texts: readonly string[]) => api.ask('mutation($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { seq } }', { id, events: texts.map((text) => ({ author: 'USER', authorName: 'Ann', text })) });
  const chatter = (fact: string) => Array.from({ length: 20 }, (_, n) => (n === 3 ? fact : `Well, ${['yes', 'no', 'maybe', 'fine'][n % 4]}.`));
  const summarized = (revision: number) => until(`revision ${revision}`, async () => (await api.ask('query($id: ID!) { session(id: $id) { summary { revision toSeq } } }', { id })).session.summary?.revision === revision);
  const block = async (asOf: object | null) => (await api.ask('query($input: ContextInput!) { context(input: $input) { text items { kind seq } } }', { input: { sessionId: id, query: 'when?', layers: ['WORKING', 'SENSORY'], asOf } })).context;
  await say(chatter('The ferry to Bergen leaves on 12 May at 7:45 from pier 3.'));
  await summarized(1);
  const first = await moment();
  await say(chatter('The hotel in Bergen is called Strandhotel and costs 900 kroner.'));
  await summarized(2);

  const then = await block({ knownAt: first });
  expect(then.text).toContain('## So far');
  expect(then.text).toContain('12 May');
  expect(then.text).not.toContain('Strandhotel');
  expect(then.items.filter(({ kind }: { kind: string }) => kind === 'EVENT').map(({ seq }: { seq: number }) => seq)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  expect((await block(null)).text).toContain('Strandhotel');
  const session = (await api.ask('query($id: ID!) { session(id: $id) { createdAt } }', { id })).session;
  expect((await block({ knownAt: session.createdAt })).text).not.toContain('## So far');
});
