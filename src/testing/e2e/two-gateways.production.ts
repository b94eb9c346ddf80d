import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseConfig, type Config } from '../../config/schema';
import { startGateway, type Gateway } from '../../gateway';
import { newTestDatabase } from '../database';
import { openTap, type Tap } from '../production/tap';
import { requireRedisUrl } from '../services';
import { silentLogger } from '../silent-logger';
import { createApiClient } from './client';
import { dataOf, follow } from './follower';
import { newSession } from './memories';
import { procedures, use } from './procedures';
import { withSeed } from './random';
import { followThroughCuts } from './resuming';
import { until } from './until';

const EVENTS = 'subscription($sessionId: ID!, $after: String) { sessionEvents(sessionId: $sessionId, after: $after) { cursor event { id seq } } }';
const CHANGES = 'subscription($scope: JSON!, $after: String) { memoryChanges(scope: $scope, after: $after) { cursor memoryId } }';
const APPEND = 'mutation($sessionId: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $sessionId, events: $events) { id } }';

let gateways: readonly Gateway[];
let redis: Tap;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await newTestDatabase();
  drop = database.drop;
  redis = await openTap(requireRedisUrl());
  const config: Config = { ...parseConfig({ CONTEXTIQ_PORT: '0' }), database: database.config, redis: { url: redis.url, prefix: `test-${randomUUID()}` }, rateLimit: 100_000 };
  gateways = [await startGateway(config, silentLogger), await startGateway(config, silentLogger)];
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await redis.close();
  await drop();
});

const api = (at: number) => createApiClient(gateways[at]?.url ?? '');
const append = (at: number, sessionId: string, texts: readonly string[]) => api(at).ask(APPEND, { sessionId, events: texts.map((text) => ({ author: 'USER', text })) });
const readiness = async (at: number): Promise<{ ready: boolean; components: { redis: { state: string } } }> =>
  JSON.parse(await (await fetch(`${gateways[at]?.url ?? ''}/readyz`)).text());

describe('two gateways on one database, with Redis', () => {
  it('an event appended through one reaches a subscriber of the other, pushed and not polled', async () => {
    const sessionId = await newSession(api(0), { userId: 'ada' });
    const follower = follow(gateways[1]?.url ?? '', EVENTS, { sessionId, after: '0' });
    await append(0, sessionId, ['first']);
    await until('the first event', () => follower.items.length === 1);
    for (let n = 2; n <= 20; n += 1) {
      await append(0, sessionId, [`event ${n}`]);
      await until(`event ${n}`, () => follower.items.length === n, 1500); // a poll comes after 2 s
    }
    expect(dataOf(follower, 'sessionEvents').map(({ event }) => event.seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    await follower.close();
  });

  it('a procedure changed through one shows at once in the context block that the other had kept', async () => {
    const scope = { user_id: randomUUID() };
    const sessionId = await newSession(api(0), { userId: scope.user_id });
    const shown = async (at: number): Promise<string> => (await api(at).ask('query($id: ID!) { context(input: {sessionId: $id, query: "refund"}) { text } }', { id: sessionId })).context.text;
    const { id } = await procedures.workflow(api(0), scope);
    for (let n = 0; n < 20; n += 1) {
      const [writer, reader] = [n % 2, (n + 1) % 2];
      await shown(reader);
      await api(writer).ask('mutation($id: ID!, $name: String!) { updateWorkflow(id: $id, input: {name: $name}) { id } }', { id, name: `Refund of kind ${n}` });
      expect(await shown(reader)).toContain(`“Refund of kind ${n}”`);
      await use(api(writer), id);
      expect(await shown(reader)).toContain(`Went well ${n + 1} of ${n + 1} time`);
    }
    await api(0).ask('mutation($id: ID!) { deleteProcedure(id: $id) }', { id });
    expect(await shown(1)).not.toContain('Refund');
  });

  it('a subscriber that is cut and goes on at any of them sees each event of writers at both once, in order', () => withSeed(async (random) => {
    const sessionId = await newSession(api(0), { userId: 'ada' });
    const total = 240;
    const following = followThroughCuts({
      url: gateways.map(({ url }) => url), query: EVENTS, variables: { sessionId }, field: 'sessionEvents', random, longestRun: 30, isDone: (items) => items.at(-1)?.cursor === String(total),
    });
    await Promise.all([0, 1, 0, 1].map(async (at) => {
      for (let n = 0; n < total / 4; n += 1) {
        await append(at, sessionId, [`through ${at}, ${n}`]);
        await pause(random.int(30));
      }
    }));
    const { seen } = await following;
    expect(seen.map(({ event }) => event.seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  }), 120_000);

  it('changes of memories have one order, whichever gateway is asked', async () => {
    const scope = { user_id: `pool-${randomUUID()}` };
    const followers = gateways.map(({ url }) => follow(url, CHANGES, { scope, after: '0' }));
    await Promise.all([0, 1, 0, 1].map(async (at, writer) => {
      for (let n = 0; n < 15; n += 1) await api(at).ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }', { input: { scope, fact: `Writer ${writer} owns the book ${n}` } });
    }));
    await until('all changes at both', () => followers.every(({ items }) => items.length === 60));
    const [one, two] = followers.map((follower) => dataOf(follower, 'memoryChanges').map(({ cursor, memoryId }) => `${cursor} ${memoryId}`));
    expect(one).toEqual(two);
    expect(new Set(one).size).toBe(60);
    for (const follower of followers) await follower.close();
  });

  it('while Redis is away subscribers still get everything, `/readyz` says so, and it recovers by itself', async () => {
    const sessionId = await newSession(api(0), { userId: 'ada' });
    const follower = follow(gateways[1]?.url ?? '', EVENTS, { sessionId, after: '0' });
    await append(0, sessionId, ['before']);
    await until('the event before', () => follower.items.length === 1);
    await redis.down();
    await until('the outage in /readyz', async () => (await readiness(0)).components.redis.state === 'degraded');
    expect((await readiness(1)).ready).toBe(true);
    for (let n = 0; n < 5; n += 1) await append(n % 2, sessionId, [`meanwhile ${n}`]);
    await until('the events meanwhile', () => follower.items.length === 6);
    await redis.open();
    await until('Redis in /readyz', async () => (await Promise.all([readiness(0), readiness(1)])).every(({ components }) => components.redis.state === 'up'));
    await append(0, sessionId, ['after']);
    await until('the event after', () => follower.items.length === 7);
    expect(dataOf(follower, 'sessionEvents').map(({ event }) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await follower.close();
  });
});
