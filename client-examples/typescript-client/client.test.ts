import type { Gateway } from '../../src/gateway';
import { startTestGateway } from '../../src/testing/gateway';
import { startTcpProxy, type TcpProxy } from '../../src/testing/tcp-proxy';
import { appendEvent, connect, createSession, generateMemories, generationProgress, readSession, searchMemories, sessionEvents, textOf, type ContextIQ } from '.';

let gateway: Gateway;
let network: TcpProxy;
let client: ContextIQ;
beforeAll(async () => {
  gateway = await startTestGateway();
  network = await startTcpProxy(gateway.url);
  client = connect(network.url);
});
afterAll(async () => {
  await client.close();
  await network.close();
  await gateway.close();
});

const newSession = async (userId: string): Promise<string> => (await client.request(createSession, { input: { userId } })).createSession.id;
const say = async (sessionId: string, text: string, key?: string) => (await client.request(appendEvent, { sessionId, event: { author: 'USER', text } }, key)).appendEvent;

test('a subscriber whose socket is cut again and again sees each event once and in order', async () => {
  const sessionId = await newSession('cut');
  const texts = Array.from({ length: 60 }, (_, n) => `turn ${n + 1}`);
  const appended = (async () => { for (const text of texts) await say(sessionId, text); })();
  const seen: string[] = [];
  for await (const { event } of client.subscribe(sessionEvents, { sessionId })) {
    seen.push(textOf(event));
    if (seen.length % 7 === 0) network.cut();
    if (event.seq === texts.length) break;
  }
  await appended;
  expect(seen).toEqual(texts);
  expect(network.accepted).toBeGreaterThan(8);
});

test('a subscriber goes on when its network has gone silent without a word', async () => {
  const sessionId = await newSession('silent');
  const radio = await startTcpProxy(gateway.url);
  const listener = connect(radio.url, { timeoutMs: 300 });
  const seen: string[] = [];
  await say(sessionId, 'before');
  for await (const { event } of listener.subscribe(sessionEvents, { sessionId })) {
    seen.push(textOf(event));
    if (seen.length === 2) break;
    radio.freeze();
    await say(sessionId, 'meanwhile');
  }
  await listener.close();
  await radio.close();
  expect(seen).toEqual(['before', 'meanwhile']);
});

test('what is sent again because its answer was lost happens once', async () => {
  const sessionId = await newSession('lost');
  let answered = 0;
  const appends = Array.from({ length: 40 }, async (_, n) => {
    const event = await say(sessionId, `turn ${n}`);
    answered += 1;
    if (answered % 5 === 0) network.cut();
    return event;
  });
  const seqs = (await Promise.all(appends)).map(({ seq }) => seq);
  expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  expect((await client.request(readSession, { id: sessionId })).session?.version).toBe(41);
});

test('asking twice with one key of one’s own gives the same event', async () => {
  const sessionId = await newSession('twice');
  const [first, second] = [await say(sessionId, 'once', 'my-key'), await say(sessionId, 'once', 'my-key')];
  expect(second.id).toBe(first.id);
  await expect(say(sessionId, 'something else', 'my-key')).rejects.toMatchObject({ code: 'CONFLICT', reason: 'IDEMPOTENCY_KEY_REUSED' });
});

test('a subscription goes on after a cursor, completes with its job and ends with its signal', async () => {
  const sessionId = await newSession('rui');
  await say(sessionId, 'Hello.');
  await say(sessionId, 'I am allergic to hazelnuts.');
  const leave = new AbortController();
  const heard: string[] = [];
  for await (const { event } of client.subscribe(sessionEvents, { sessionId }, { after: '1', signal: leave.signal })) {
    heard.push(textOf(event));
    leave.abort();
  }
  expect(heard).toEqual(['I am allergic to hazelnuts.']);

  const { generateMemories: job } = await client.request(generateMemories, { input: { sessionId } });
  const steps: string[] = [];
  for await (const { status } of client.subscribe(generationProgress, { jobId: job.id })) steps.push(status);
  expect(steps.at(-1)).toBe('COMPLETED');
  const { searchMemories: found } = await client.request(searchMemories, { scope: { user_id: 'rui' }, query: 'allergic' });
  expect(found.map(({ fact }) => fact)).toEqual([expect.stringContaining('allergic to hazelnuts')]);
});

test('what cannot succeed fails at once with the gateway’s code', async () => {
  const nowhere = '01890a5d-ac96-774b-bcce-b302099a8057';
  await expect(say(nowhere, 'hello?')).rejects.toMatchObject({ name: 'ContextIQError', code: 'NOT_FOUND' });
  await expect(client.subscribe(sessionEvents, { sessionId: nowhere }).next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('closing the client ends what it follows', async () => {
  const sessionId = await newSession('closing');
  await say(sessionId, 'Hello.');
  const own = connect(gateway.url);
  const heard: string[] = [];
  for await (const { event } of own.subscribe(sessionEvents, { sessionId })) {
    heard.push(textOf(event));
    await own.close();
  }
  expect(heard).toEqual(['Hello.']);
});
