import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { dataOf, follow } from './follower';
import { candidatesOf, eventsOf, generate, hold, jobOf, memoriesOf, newSession, repetitions, untilEnded } from './memories';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const PROGRESS = 'subscription($jobId: ID!) { memoryGenerationProgress(jobId: $jobId) { cursor status phase progress } }';
const factsOf = async (scope: object, past = false): Promise<string[]> => (await memoriesOf(api, scope, past)).map(({ fact }) => fact).sort();

describe('a conversation of two people', () => {
  const scope = { user_id: 'mara', project: 'letters' };
  let sessionId: string;
  let jobId: string;
  beforeAll(async () => {
    sessionId = await hold(api, CONVERSATION, { userId: 'mara', scope });
    jobId = await generate(api, { sessionId });
    const progress = follow(gateway.url, PROGRESS, { jobId });
    expect(await progress.end).toEqual({ error: null });
    await progress.close();
    expect(dataOf(progress, 'memoryGenerationProgress').at(-1)).toMatchObject({ status: 'COMPLETED', progress: 1 });
  }, 60_000);

  test('gives each candidate exactly one outcome', async () => {
    const candidates = await candidatesOf(api, jobId);
    expect(candidates.length).toBeGreaterThan(15);
    expect(candidates.map(({ ordinal }) => ordinal)).toEqual(candidates.map((_, n) => n + 1));
    expect(candidates.every(({ outcome, memoryId }) => outcome === 'CREATED' && memoryId !== null)).toBe(true);
    const job = await jobOf(api, jobId);
    expect(job).toMatchObject({ status: 'COMPLETED', phase: 'DONE', progress: 1, sessionId, error: null, extractor: expect.stringContaining('offline') });
    expect(job.outcomes).toEqual([{ outcome: 'CREATED', count: candidates.length }]);
    expect(job.finishedAt).not.toBeNull();
  });

  test('becomes memories of those who spoke, with calendar dates', async () => {
    const facts = await factsOf(scope);
    expect(facts).toEqual(expect.arrayContaining([
      'Mara is allergic to walnuts.', 'Jonas is allergic to penicillin.', "Mara's sister Edda teaches physics in Graz.",
      'Jonas ran the half marathon in Oldenburg on 9 March 2025.', 'Mara sold the kayak on 23 March 2025.',
    ]));
    expect(facts.filter((fact) => /How are you|Haha|Good night|What time/.test(fact))).toEqual([]);
  });

  test('leaves a changed mind as the past, pointing to what replaced it', async () => {
    const all = await memoriesOf(api, scope, true);
    const byValue = (value: string) => all.find((memory) => memory.value === value);
    for (const [before, after] of [['bremen', 'lisbon'], ['jasmine tea', 'mint tea']] as const) {
      expect(byValue(before)).toMatchObject({ supersededBy: byValue(after).id, validTo: '2025-03-24T18:00:00.000Z' });
      expect(byValue(after)).toMatchObject({ supersededBy: null, validTo: null });
    }
    expect(await factsOf(scope)).not.toContain('Mara lives in Bremen.');
  });

  test('can be traced from each memory to its revision, its session and the very events', async () => {
    const events = new Set((await eventsOf(api, sessionId)).map(({ id }) => id));
    for (const { id, fact } of await memoriesOf(api, scope)) {
      const { memory } = await api.ask('query($id: ID!) { memory(id: $id) { fact sessionId eventIds session { id } revisions { revision action fact eventIds generationId candidates } } }', { id });
      expect(memory).toMatchObject({ fact, sessionId, session: { id: sessionId } });
      expect(memory.eventIds.length).toBeGreaterThan(0);
      expect(memory.eventIds.every((event: string) => events.has(event))).toBe(true);
      expect(memory.revisions).toMatchObject([{ revision: 1, action: 'GENERATED_CREATED', fact, generationId: jobId, candidates: [fact] }]);
    }
  });

  test('generated twice at once and ten times in a row, leaves no two memories that say the same', async () => {
    const before = await factsOf(scope, true);
    const twice = await Promise.all([1, 2].map(() => generate(api, { sessionId })));
    for (const id of twice) expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED' });
    for (let n = 0; n < 10; n += 1) expect(await untilEnded(api, await generate(api, { sessionId }))).toMatchObject({ status: 'COMPLETED' });
    expect(repetitions(await memoriesOf(api, scope))).toEqual([]);
    expect(await factsOf(scope, true)).toEqual(before);
  }, 120_000);
});

test('the same conversation generated three times at once into an empty pool is remembered once', async () => {
  const scope = { user_id: 'at-once' };
  const sessionId = await hold(api, CONVERSATION, { userId: 'mara', scope });
  const jobs = await Promise.all([1, 2, 3].map(() => generate(api, { sessionId })));
  for (const id of jobs) expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED' });
  // The past is there once too.
  expect(repetitions(await memoriesOf(api, scope, true))).toEqual([]);
}, 60_000);

describe('other sources', () => {
  test('raw text is read under its speaker’s name', async () => {
    const scope = { user_id: 'raw' };
    const id = await generate(api, { scope, text: 'I work as a glass blower in Murano. I am allergic to shrimps.', speaker: 'Livia', occurredAt: '2025-05-02T08:00:00Z' });
    expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED', sessionId: null });
    expect(await factsOf(scope)).toEqual(['Livia is allergic to shrimps.', 'Livia works as a glass blower in Murano.']);
  });

  test('given facts are kept as they stand, each once', async () => {
    const scope = { user_id: 'given' };
    const facts = ['The archive is in the cellar.', 'The key hangs behind the door.', 'the archive is in the CELLAR'];
    const id = await generate(api, { scope, facts });
    await untilEnded(api, id);
    expect((await candidatesOf(api, id)).map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED', 'UNCHANGED']);
    expect(await factsOf(scope)).toEqual(facts.slice(0, 2));
  });

  test('a given fact that says nothing makes no memory, and its outcome says so', async () => {
    const scope = { user_id: 'mute' };
    const id = await generate(api, { scope, facts: ['… !', 'The archive is in the cellar.', '--'] });
    expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED' });
    expect((await candidatesOf(api, id)).map(({ outcome }) => outcome)).toEqual(['NOTHING_FOUND', 'CREATED', 'NOTHING_FOUND']);
    const nothing = await generate(api, { scope, facts: ['?'] });
    expect(await untilEnded(api, nothing)).toMatchObject({ status: 'COMPLETED', phase: 'DONE' });
    expect(await factsOf(scope)).toEqual(['The archive is in the cellar.']);
  });

  test('a range of events gives what these events say, and nothing else', async () => {
    const sessionId = await hold(api, CONVERSATION, { userId: 'range' });
    const id = await generate(api, { sessionId, fromSeq: 8, toSeq: 9 });
    expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED' });
    expect(await factsOf({ user_id: 'range' })).toEqual(["Jonas' favorite tea is jasmine tea.", 'Mara is allergic to walnuts.']);
  });

  test('text that came from recall is never extracted again', async () => {
    const sessionId = await newSession(api, { userId: 'recalled' });
    const content = [{ text: 'Mara is allergic to walnuts.', fromRecall: true }];
    await api.ask('mutation($sessionId: ID!, $event: EventInput!) { appendEvent(sessionId: $sessionId, event: $event) { id } }', { sessionId, event: { author: 'USER', authorName: 'Mara', content: [...content, { text: 'I play the oboe.' }] } });
    await api.ask('mutation($sessionId: ID!, $event: EventInput!) { appendEvent(sessionId: $sessionId, event: $event) { id } }', { sessionId, event: { author: 'USER', authorName: 'Mara', content } });
    await untilEnded(api, await generate(api, { sessionId }));
    expect(await factsOf({ user_id: 'recalled' })).toEqual(['Mara plays the oboe.']);
  });

  test('a session without events completes with nothing', async () => {
    const id = await generate(api, { sessionId: await newSession(api, { userId: 'silent' }) });
    expect(await untilEnded(api, id)).toMatchObject({ status: 'COMPLETED', outcomes: [] });
  });
});

test.each([
  ['no source', { scope: { user_id: 'x' } }, 'BAD_USER_INPUT', 'input'],
  ['two sources', { scope: { user_id: 'x' }, text: 'a', facts: ['b'] }, 'BAD_USER_INPUT', 'input'],
  ['text without a pool', { text: 'I play the oboe.' }, 'BAD_USER_INPUT', 'input.scope'],
  ['an empty text', { scope: { user_id: 'x' }, text: ' ' }, 'BAD_USER_INPUT', 'input.text'],
  ['an empty fact', { scope: { user_id: 'x' }, facts: ['fine', ''] }, 'BAD_USER_INPUT', 'input.facts.1'],
  ['an unknown session', { sessionId: '01900000-0000-7000-8000-000000000000' }, 'NOT_FOUND', undefined],
  ['an unknown bank', { bankId: 'attic', scope: { user_id: 'x' }, text: 'I play the oboe.' }, 'NOT_FOUND', undefined],
])('%s is refused before a job exists, naming the field', async (_, input, code, field) => {
  const { extensions } = await api.refusal('mutation($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id } }', { input });
  expect(extensions).toMatchObject({ code, traceId: expect.any(String) });
  expect(extensions.field).toBe(field);
});

test('an unknown job is null', async () => {
  expect(await jobOf(api, '01900000-0000-7000-8000-000000000000')).toBeNull();
});
