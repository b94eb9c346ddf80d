import type { Gateway } from '../../src/gateway';
import { startTestGateway } from '../../src/testing/gateway';
import { connect, createSession, graphql, readSession, searchMemories, type ContextIQ, type Event } from '../typescript-client';
import { createDiscountBot } from './bot';

let gateway: Gateway;
let clients: readonly ContextIQ[];
let client: ContextIQ;
beforeAll(async () => {
  gateway = await startTestGateway();
  clients = Array.from({ length: 20 }, () => connect(gateway.url));
  client = connect(gateway.url);
});
afterAll(async () => {
  await Promise.all([client, ...clients].map((each) => each.close()));
  await gateway.close();
});

const visit = async (userId: string): Promise<string> => (await client.request(createSession, { input: { userId } })).createSession.id;
const readEvents = graphql<{ session: { events: readonly Pick<Event, 'author'>[] } }, { id: string }>('query ($id: ID!) { session(id: $id) { events { author } } }');
const offersIn = async (sessionId: string) => (await client.request(readEvents, { id: sessionId })).session.events.filter(({ author }) => author === 'AGENT').length;

test('twenty offers at once in one session are one offer', async () => {
  const before = (await createDiscountBot(client).counts()).offers;
  const sessionId = await visit('ada');
  const offers = await Promise.all(clients.map((each) => createDiscountBot(each).offer(sessionId)));
  expect(new Set(offers.map(({ code }) => code)).size).toBe(1);
  expect(await offersIn(sessionId)).toBe(1);
  expect((await createDiscountBot(client).counts()).offers).toBe(before + 1);
});

test('twenty offers at once in twenty sessions of one user are one offer', async () => {
  const sessions = await Promise.all(clients.map(() => visit('bela')));
  const offers = await Promise.all(clients.map((each, n) => createDiscountBot(each).offer(sessions[n]!)));
  expect(new Set(offers.map(({ code }) => code)).size).toBe(1);
  const made = await Promise.all(sessions.map(offersIn));
  expect(made.reduce((sum, n) => sum + n)).toBe(1);
});

test('users who buy at the same time are counted once each, however often it is told', async () => {
  const bot = createDiscountBot(client);
  const before = await bot.counts();
  await Promise.all(clients.slice(0, 8).map(async (each, n) => {
    const own = createDiscountBot(each);
    const sessionId = await visit(`buyer-${n}`);
    await own.offer(sessionId);
    const both = await Promise.all([own.convert(sessionId), own.convert(sessionId)]);
    expect(both.map(({ used }) => used)).toEqual([true, true]);
  }));
  expect(await bot.counts()).toEqual({ offers: before.offers + 8, conversions: before.conversions + 8 });
});

test('an offer is remembered, and known in the user’s next session', async () => {
  const bot = createDiscountBot(client);
  const { code } = await bot.offer(await visit('carla'));
  const later = await visit('carla');
  expect((await client.request(readSession, { id: later })).session?.state['user:discount']).toEqual({ code, used: false });
  expect(await bot.offer(later)).toEqual({ code, used: false });
  expect(await offersIn(later)).toBe(0);
  const { searchMemories: found } = await client.request(searchMemories, { scope: { user_id: 'carla' }, query: 'discount code offered' });
  expect(found.map(({ fact }) => fact)).toEqual([`carla was offered 10 % off with the code ${code}.`]);
});

test('without an offer there is nothing to convert', async () => {
  await expect(createDiscountBot(client).convert(await visit('dora'))).rejects.toThrow('dora was never offered a discount');
});
