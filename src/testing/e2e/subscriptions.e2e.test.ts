import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { longConversation } from './conversation';
import { askSocket, dataOf, follow } from './follower';
import { eventsOf, generate, hold, newSession } from './memories';
import { withSeed } from './random';
import { followThroughCuts } from './resuming';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
let url: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  url = gateway.url;
  api = createApiClient(url);
});
afterAll(() => gateway.close());

const EVENTS = 'subscription($sessionId: ID!, $after: String) { sessionEvents(sessionId: $sessionId, after: $after) { cursor event { id seq content { text } } } }';
const CHANGES = 'subscription($scope: JSON!, $after: String) { memoryChanges(scope: $scope, after: $after) { cursor action memoryId revision memory { fact } } }';
const PROGRESS = 'subscription($jobId: ID!, $after: String) { memoryGenerationProgress(jobId: $jobId, after: $after) { cursor status phase done total progress } }';
const APPEND = 'mutation($sessionId: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $sessionId, events: $events) { id } }';

const append = async (sessionId: string, texts: readonly string[]): Promise<string[]> => {
  const { appendEvents } = await api.ask(APPEND, { sessionId, events: texts.map((text) => ({ author: 'USER', text })) });
  return appendEvents.map(({ id }: { id: string }) => id);
};
const increasing = (cursors: readonly string[]): boolean => cursors.every((cursor, index) => index === 0 || Number(cursor) > Number(cursors[index - 1]));

describe('a subscriber that is cut at random moments and resumes by its cursor', () => {
  test('sees each of many concurrent events once, in order', () => withSeed(async (random) => {
    const sessionId = await newSession(api, { userId: 'ada' });
    const total = 360;
    const follower = () => followThroughCuts({ url, query: EVENTS, variables: { sessionId }, field: 'sessionEvents', random, longestRun: 40, isDone: (items) => items.at(-1)?.cursor === String(total) });
    const following = [follower(), follower()];
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let left = 60; left > 0;) {
        const size = Math.min(left, 1 + random.int(4));
        await append(sessionId, Array.from({ length: size }, (__, n) => `writer ${writer}, ${left - n} left`));
        left -= size;
        // Slow enough that followers catch up between their cuts: then they are fed live, else only from the database.
        await pause(random.int(60));
      }
    });
    await Promise.all(writers);
    const stored = (await eventsOf(api, sessionId)).map(({ id }) => id);
    expect(stored).toHaveLength(total);
    for (const { seen, cuts } of await Promise.all(following)) {
      expect(seen.map(({ event }) => event.id)).toEqual(stored);
      expect(seen.map(({ event }) => event.seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
      expect(cuts).toBeGreaterThanOrEqual(8);
    }
  }), 120_000);

  test('sees each change of a pool once, though many write to it', () => withSeed(async (random) => {
    const scope = { user_id: `pool-${randomUUID()}` };
    const total = 120;
    const following = followThroughCuts({ url, query: CHANGES, variables: { scope }, field: 'memoryChanges', random, longestRun: 15, isDone: (items) => items.length >= total });
    const made = await Promise.all(Array.from({ length: 4 }, async (_, writer) => {
      const ids: string[] = [];
      for (let n = 0; n < total / 4; n += 1) {
        const { createMemory } = await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }', { input: { scope, fact: `Writer ${writer} owns the book ${n}` } });
        ids.push(createMemory.id);
        await pause(random.int(40));
      }
      return ids;
    }));
    const { seen } = await following;
    expect(seen.map(({ memoryId }) => memoryId).sort()).toEqual(made.flat().sort());
    expect(increasing(seen.map(({ cursor }) => cursor))).toBe(true);
    expect(new Set(seen.map(({ action }) => action))).toEqual(new Set(['CREATED']));
  }), 120_000);

  test('sees each step of a generation once, up to its last', () => withSeed(async (random) => {
    const sessionId = await hold(api, longConversation(60), { userId: `steps-${randomUUID()}` });
    const jobId = await generate(api, { sessionId });
    const isDone = (items: readonly object[]): boolean => { const last = items.at(-1); return last !== undefined && 'status' in last && last.status === 'COMPLETED'; };
    const { seen } = await followThroughCuts({ url, query: PROGRESS, variables: { jobId }, field: 'memoryGenerationProgress', random, longestRun: 2, isDone });
    const replay = follow(url, PROGRESS, { jobId });
    expect(await replay.end).toEqual({ error: null });
    await replay.close();
    expect(seen).toEqual(dataOf(replay, 'memoryGenerationProgress'));
  }), 120_000);
});

describe('progress of a generation', () => {
  test('begins with its acceptance, never goes back, and completes after the last step', async () => {
    const sessionId = await hold(api, longConversation(20), { userId: `progress-${randomUUID()}` });
    const jobId = await generate(api, { sessionId });
    const follower = follow(url, PROGRESS, { jobId });
    expect(await follower.end).toEqual({ error: null });
    await follower.close();
    const steps = dataOf(follower, 'memoryGenerationProgress');
    expect(steps[0]).toMatchObject({ status: 'PENDING', phase: 'EXTRACT', progress: 0 });
    expect(steps.at(-1)).toMatchObject({ status: 'COMPLETED', phase: 'DONE', progress: 1 });
    expect(new Set(steps.map(({ phase }) => phase))).toEqual(new Set(['EXTRACT', 'CONSOLIDATE', 'EMBED', 'DONE']));
    const shares = steps.map(({ progress }) => progress);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    const resumed = await askSocket(url, PROGRESS, { jobId, after: steps.at(-1).cursor });
    expect(resumed).toEqual({ items: [], error: null });
  });
});

describe('a subscription that cannot go on', () => {
  test('ends with NOT_FOUND when its session is deleted', async () => {
    const sessionId = await newSession(api, { userId: 'ada' });
    const followers = [follow(url, EVENTS, { sessionId, after: '0' }), follow(url, EVENTS, { sessionId, after: '0' })];
    await append(sessionId, ['the last words']);
    await until('both have the event', () => followers.every(({ items }) => items.length === 1));
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: sessionId });
    for (const follower of followers) {
      expect(await follower.end).toMatchObject({ error: [{ extensions: { code: 'NOT_FOUND' } }] });
      await follower.close();
    }
  });

  test.each([
    ['an unknown session', EVENTS, { sessionId: randomUUID() }, 'NOT_FOUND'],
    ['a session id that is none', EVENTS, { sessionId: 'nobody' }, 'NOT_FOUND'],
    ['an unknown job', PROGRESS, { jobId: randomUUID() }, 'NOT_FOUND'],
    ['a scope that is none', CHANGES, { scope: [] }, 'BAD_USER_INPUT'],
    ['a cursor that is none', CHANGES, { scope: { user_id: 'ada' }, after: 'yesterday' }, 'BAD_USER_INPUT'],
  ])('is an error at once for %s', async (_, query, variables, code) => {
    expect(await askSocket(url, query, variables)).toMatchObject({ items: [{ errors: [{ extensions: { code, traceId: expect.any(String) } }] }], error: null });
  });
});

test('a client that stops reading holds up nobody, and has missed nothing when it resumes', async () => {
  const sessionId = await newSession(api, { userId: 'ada' });
  const total = 120;
  const text = 'x'.repeat(100_000);
  const stalled = follow(url, EVENTS, { sessionId, after: '0' });
  const others = Array.from({ length: 3 }, () => follow(url, EVENTS, { sessionId, after: '0' }));
  await append(sessionId, ['first']);
  await until('everybody listens', () => [stalled, ...others].every(({ items }) => items.length === 1));
  stalled.stall();
  for (let n = 1; n < total; n += 1) await append(sessionId, [text]);
  await until('the others have everything', () => others.every(({ items }) => items.length === total));
  // What it did not read is not piled up for it: sockets hold a few megabytes of the twelve, the gateway one message.
  expect(stalled.items.length).toBeLessThan(total);
  stalled.cut();
  await stalled.end;
  const after = dataOf(stalled, 'sessionEvents').at(-1).cursor;
  const resumed = follow(url, EVENTS, { sessionId, after });
  await until('it has caught up', () => stalled.items.length + resumed.items.length === total);
  const seqs = [stalled, resumed].flatMap((follower) => dataOf(follower, 'sessionEvents')).map(({ event }) => event.seq);
  expect(seqs).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  for (const follower of [stalled, resumed, ...others]) await follower.close();
}, 120_000);
