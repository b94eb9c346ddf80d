import type { Gateway } from '../../src/gateway';
import { startTestGateway } from '../../src/testing/gateway';
import { appendEvent, connect, createSession, graphql, readSession, searchMemories, sessionEvents, textOf, type ContextIQ, type Event } from '../typescript-client';
import { assist } from './assistant';
import { schedule } from './scheduler';

let gateway: Gateway;
let client: ContextIQ;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = connect(gateway.url);
});
afterAll(async () => {
  await client.close();
  await gateway.close();
});

const newSession = async (userId: string): Promise<string> => (await client.request(createSession, { input: { userId } })).createSession.id;
const say = async (sessionId: string, text: string, occurredAt = new Date()): Promise<void> => {
  await client.request(appendEvent, { sessionId, event: { author: 'USER', text, occurredAt: occurredAt.toISOString() } });
};
const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
const stateOf = async (id: string) => (await client.request(readSession, { id })).session!.state;
const readEvents = graphql<{ session: { events: readonly Event[] } }, { id: string }>('query ($id: ID!) { session(id: $id) { events { authorName content { text } } } }');
const remindersIn = async (id: string) => (await client.request(readEvents, { id })).session.events.filter(({ authorName }) => authorName === 'reminder').map(textOf);

/** Runs parts of the program, each on a connection of its own, until the session has said so many things of this kind. */
async function run(sessionId: string, parts: readonly (typeof assist)[], author: string, count: number): Promise<string[]> {
  const stop = new AbortController();
  const own = parts.map(() => connect(gateway.url));
  const running = Promise.all(parts.map((part, n) => part(own[n]!, sessionId, stop.signal)));
  const heard: string[] = [];
  for await (const { event } of client.subscribe(sessionEvents, { sessionId })) {
    if (event.authorName === author) heard.push(textOf(event));
    if (heard.length === count) break;
  }
  stop.abort();
  await running;
  await Promise.all(own.map((each) => each.close()));
  return heard;
}

test('reminders, list items and calendar entries become state and memories', async () => {
  const sessionId = await newSession('ines');
  await say(sessionId, 'Remind me to call mum in two days');
  await say(sessionId, 'Add oat milk to my shopping list');
  await say(sessionId, 'Add bread to my shopping list');
  await say(sessionId, 'I have a meeting with Edda tomorrow at 14:00');
  await say(sessionId, 'Lovely weather');
  const replies = await run(sessionId, [assist, schedule], 'assistant', 5);
  expect(replies).toEqual([
    expect.stringContaining('call mum'), 'On your shopping list: oat milk.', 'On your shopping list: bread.', expect.stringContaining('meeting with Edda'), expect.stringContaining('Try'),
  ]);
  const { reminders, lists, calendar } = await stateOf(sessionId);
  expect(Object.values(reminders!)).toEqual([{ text: 'call mum', at: expect.any(String) }]);
  expect(Object.values((lists as { shopping: object }).shopping)).toEqual(['oat milk', 'bread']);
  expect(Object.values(calendar!)).toEqual([{ title: 'meeting with Edda', at: expect.stringContaining('T14:00:00') }]);
  // Not due yet: nothing was delivered.
  expect(await remindersIn(sessionId)).toEqual([]);
  const { searchMemories: found } = await client.request(searchMemories, { scope: { user_id: 'ines' }, query: 'When is the meeting with Edda?', topK: 1 });
  expect(found[0]?.fact).toMatch(/^ines has this in the calendar on .* 14:00 UTC: meeting with Edda\.$/);
});

test('a reminder comes by subscription when it is due', async () => {
  const sessionId = await newSession('tom');
  await say(sessionId, 'Remind me to stretch in 1 second');
  expect(await run(sessionId, [assist, schedule], 'reminder', 1)).toEqual(['stretch']);
  expect((await stateOf(sessionId))['reminders']).toEqual({});
});

test('what fell due while nothing ran is delivered once, by three schedulers at once and over restarts', async () => {
  const sessionId = await newSession('uma');
  await say(sessionId, 'Remind me in 10 minutes to water the plants', hoursAgo(3));
  await say(sessionId, 'Remind me in 20 minutes to feed the cat', hoursAgo(2));
  await run(sessionId, [assist, assist], 'assistant', 2);
  expect(await remindersIn(sessionId)).toEqual([]);
  const delivered = await run(sessionId, [schedule, schedule, schedule], 'reminder', 2);
  expect(delivered.sort()).toEqual(['feed the cat', 'water the plants']);
  await say(sessionId, 'Remind me in 30 minutes to lock the door', hoursAgo(1));
  await run(sessionId, [assist, schedule, assist, schedule], 'reminder', 3);
  expect((await remindersIn(sessionId)).sort()).toEqual(['feed the cat', 'lock the door', 'water the plants']);
});

test('each request is answered once, however often the assistant starts again', async () => {
  const sessionId = await newSession('vera');
  await say(sessionId, 'Add tea to my shopping list');
  await run(sessionId, [assist], 'assistant', 1);
  await say(sessionId, 'Add honey to my shopping list');
  const replies = await run(sessionId, [assist, assist, assist], 'assistant', 2);
  expect(replies).toEqual(['On your shopping list: tea.', 'On your shopping list: honey.']);
  expect(await stateOf(sessionId)).toMatchObject({ answered: 3 });
});
