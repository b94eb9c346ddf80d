import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { follow } from './follower';
import { newSession } from './memories';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
let session: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
  session = await newSession(api, { userId: 'ada' });
});
afterAll(() => gateway.close());

const EVENTS = 'subscription($id: ID!, $after: String) { sessionEvents(sessionId: $id, after: $after) { cursor event { seq content { text } } } }';
const append = (id: string, text: string) => api.ask('mutation($id: ID!, $text: String!) { appendEvent(sessionId: $id, event: {text: $text}) { id } }', { id, text });
const subscribe = (id: string, sessionId: string): string => JSON.stringify({ id, type: 'subscribe', payload: { query: EVENTS, variables: { id: sessionId, after: '0' } } });
const isWell = async (): Promise<boolean> => (await api.ask('{ sessions(userId: "ada") { userId } }')).sessions.length > 0;

/** A socket past its handshake; `messages` grows, `end` tells how it was closed. */
async function open(initialise = true) {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const messages = [JSON.parse('null')].slice(1);
  const end = new Promise<{ code: number; reason: string }>((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()))).on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve));
  if (initialise) {
    socket.send('{"type":"connection_init"}');
    await until('acknowledged', () => messages.length === 1);
  }
  return { socket, messages, end };
}

/** A TCP connection upgraded by hand, to send what no library would. */
async function upgraded(): Promise<Socket> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
    `sec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

test('a subscriber that does not read is closed with a reason, and resumes by its cursor with nothing lost or doubled', async () => {
  const id = await newSession(api, { userId: 'slow' });
  const { socket, messages, end } = await open();
  const members = 60;
  for (let n = 0; n < members; n += 1) socket.send(subscribe(`s${n}`, id));
  await append(id, 'first');
  await until('all of them listen', () => messages.filter(({ type }) => type === 'next').length === members);
  socket.pause();
  const total = 12;
  for (let n = 2; n <= total; n += 1) await append(id, `${n} ${'x'.repeat(200_000)}`);
  await until('it is being closed', () => { socket.resume(); return socket.readyState !== WebSocket.OPEN; });
  expect(await end).toEqual({ code: 4008, reason: 'Slow consumer' });
  const mine = messages.filter((message) => message.id === 's0').map(({ payload }) => payload.data.sessionEvents);
  expect(mine.length).toBeLessThan(total);
  const resumed = follow(gateway.url, EVENTS, { id, after: mine.at(-1).cursor });
  await until('it has the rest', () => mine.length + resumed.items.length === total);
  expect([...mine, ...resumed.items.map(({ data }) => data.sessionEvents)].map(({ event }) => event.seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  await resumed.close();
});

test('of 300 subscriptions at once the first hundred are served, each other is refused with a reason', async () => {
  const id = await newSession(api, { userId: 'flood' });
  await append(id, 'hello');
  const { socket, messages } = await open();
  for (let n = 0; n < 300; n += 1) socket.send(subscribe(String(n), id));
  await until('all have their answer', () => messages.length === 301);
  const refused = messages.filter(({ type }) => type === 'error');
  expect(refused.map((message) => message.id)).toEqual(Array.from({ length: 200 }, (_, n) => String(n + 100)));
  for (const { payload } of refused) expect(payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED', reason: 'TOO_MANY_OPERATIONS', retryAfterMs: 1_000 } }]);
  expect(messages.filter(({ type }) => type === 'next')).toHaveLength(100);
  socket.terminate();
});

test.each([
  ['garbage', randomBytes(1_000)],
  ['an unmasked frame', Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
  ['a frame of an unknown kind', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
  ['a frame that claims 2 to the 62nd bytes', Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])],
  ['a continuation of nothing', Buffer.from([0x80, 0x81, 0, 0, 0, 0, 0x61])],
])('%s ends its connection and no other', async (_, bytes) => {
  const other = await open();
  const socket = await upgraded();
  socket.resume();
  socket.write(Buffer.concat([bytes, Buffer.alloc(16)]));
  await new Promise((resolve) => socket.once('close', resolve));
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  expect(await isWell()).toBe(true);
  other.socket.terminate();
});

test('a message in 20,000 fragments is refused', async () => {
  const { socket, end } = await open();
  for (let n = 0; n < 20_000 && socket.readyState === WebSocket.OPEN; n += 1) socket.send(' ', { fin: false });
  expect((await end).code).toBe(1008);
});

test.each([
  ['an operation id that is taken', [subscribe('1', ''), subscribe('1', '')], 4409],
  ['a message of an unknown type', ['{"type":"shutdown"}'], 4400],
  ['a message that is no object', ['[]'], 4400],
  ['a subscribe without a query', ['{"id":"1","type":"subscribe","payload":{}}'], 4400],
])('%s closes the connection with its code', async (_, texts, code) => {
  const { socket, end } = await open();
  for (const text of texts) socket.send(text);
  expect((await end).code).toBe(code);
});

test('300 connections that never say a word, some half open, keep nobody from being answered', async () => {
  const silent = await Promise.all(Array.from({ length: 300 }, () => open(false)));
  silent.slice(0, 100).forEach(({ socket }) => { socket.pause(); });
  expect(await isWell()).toBe(true);
  const follower = follow(gateway.url, EVENTS, { id: session });
  await append(session, 'live');
  await until('the live event arrives', async () => { await append(session, 'again'); return follower.items.length > 0; });
  await follower.close();
  silent.forEach(({ socket }) => { socket.terminate(); });
});
