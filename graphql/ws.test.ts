import { connect as dial } from 'node:net';
import { createClient, type Client, type ClientOptions, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startDoor, type RunningDoor } from '../src/testing/test-door';

let running: RunningDoor;
beforeAll(async () => {
  running = await startDoor();
});
afterAll(() => running.stop());

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

function connect(options: Partial<ClientOptions> = {}, door = running): Client {
  const client = createClient({ url: door.socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  clients.push(client);
  return client;
}

interface Outcome {
  readonly results: unknown[];
  readonly error: unknown;
}

/** Everything that an operation delivers until it completes or fails. */
function collect(client: Client, payload: SubscribePayload): Promise<Outcome> {
  return new Promise((resolve) => {
    const results: unknown[] = [];
    client.subscribe(payload, { next: (result) => results.push(result), error: (error) => resolve({ results, error }), complete: () => resolve({ results, error: null }) });
  });
}

/** Resolves when the condition holds, looked at on every turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const closeOf = (socket: WebSocket): Promise<{ code: number; reason: string }> =>
  new Promise((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));

const raw = (door = running, headers: Record<string, string> = {}): WebSocket => new WebSocket(door.socketUrl, 'graphql-transport-ws', { headers });

describe('operations', () => {
  test('a subscription delivers its items in order and completes', async () => {
    const { results, error } = await collect(connect(), { query: 'subscription($n: Int!) { ticks(upTo: $n) }', variables: { n: 3 } });
    expect(error).toBeNull();
    expect(results).toEqual([1, 2, 3].map((tick) => ({ data: { ticks: tick } })));
  });

  test('queries and mutations run on the socket too, with token and idempotency key', async () => {
    const client = connect();
    expect((await collect(client, { query: '{ hello }' })).results).toEqual([{ data: { hello: 'hello world' } }]);
    const mutation = { query: 'mutation { create(input: {name: "x"}) }', extensions: { idempotencyKey: 'k-9' } };
    expect((await collect(client, mutation)).results).toEqual([
      { data: { create: expect.stringContaining('x k-9') }, extensions: { consistencyToken: 'after-x' } },
    ]);
  });

  test('every event of a subscription is answered with loaders of its own', async () => {
    const { results } = await collect(connect(), { query: 'subscription { loaderNumbers }' });
    const numbers = results.map((result) => (result as { data: { loaderNumbers: number } }).data.loaderNumbers);
    expect(new Set(numbers).size).toBe(2);
  });

  test('an operation carries on the trace of its extensions', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const payload = { query: '{ conflicting }', extensions: { traceparent: `00-${trace}-b7ad6b7169203331-01` } };
    expect((await collect(connect(), payload)).results).toMatchObject([{ errors: [{ extensions: { traceId: trace } }] }]);
  });
});

describe('failures', () => {
  test.each([
    ['a syntax error', { query: '{ hello' }, { code: 'BAD_USER_INPUT', reason: 'GRAPHQL_PARSE_FAILED' }],
    ['an unknown field', { query: '{ nothing }' }, { code: 'BAD_USER_INPUT', reason: 'GRAPHQL_VALIDATION_FAILED' }],
    ['an unknown operation', { query: 'query A { hello }', operationName: 'B' }, { code: 'BAD_USER_INPUT', reason: 'OPERATION_RESOLUTION_FAILURE' }],
    ['a limit', { query: `{ ${'a: hello '.repeat(31)} }` }, { code: 'BAD_USER_INPUT', reason: 'TOO_MANY_ALIASES' }],
    ['a bad idempotency key', { query: '{ hello }', extensions: { idempotencyKey: 'a b' } }, { code: 'BAD_USER_INPUT', reason: 'IDEMPOTENCY_KEY_INVALID' }],
  ])('%s before execution is one error message', async (_name, payload, extensions) => {
    const { results, error } = await collect(connect(), payload);
    expect(results).toEqual([]);
    expect(error).toMatchObject([{ extensions: { ...extensions, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) } }]);
  });

  test.each([
    ['of a variable', { query: 'query($n: Int!) { items(limit: $n) { id } }', variables: { n: 'x' } }, { code: 'BAD_USER_INPUT', reason: 'VARIABLES_INVALID', field: 'n' }],
    ['of a resolver', { query: '{ conflicting }' }, { code: 'CONFLICT', reason: 'VERSION_MISMATCH' }],
    ['while opening a subscription', { query: 'subscription { ticks(upTo: 5000) }' }, { code: 'FORBIDDEN', reason: 'TOO_MANY_TICKS' }],
  ])('one %s is a result with errors', async (_name, payload, extensions) => {
    expect((await collect(connect(), payload)).results).toMatchObject([{ errors: [{ extensions }] }]);
  });

  test('a bug shows nothing but a trace id', async () => {
    const { results } = await collect(connect(), { query: '{ broken }' });
    expect(results).toEqual([
      { data: { broken: null }, errors: [{ message: 'internal error', path: ['broken'], locations: expect.anything(), extensions: { code: 'INTERNAL_SERVER_ERROR', traceId: expect.anything() } }] },
    ]);
  });

  test('a source that fails midway ends its subscription with the translated error, and the connection lives on', async () => {
    const client = connect();
    const { error } = await collect(client, { query: 'subscription { ticks(upTo: -1) }' });
    expect(error).toMatchObject([{ message: 'the feed is gone', extensions: { code: 'UNAVAILABLE', reason: 'FEED_CLOSED', retryAfterMs: 500, traceId: expect.anything() } }]);
    expect((await collect(client, { query: '{ hello }' })).error).toBeNull();
  });
});

describe('subscribers to the same', () => {
  const query = 'subscription($after: String, $kind: String) { announcements(after: $after, kind: $kind) { cursor reader execution } }';
  const subscribers = (keys: readonly string[], variablesOf: (n: number) => Record<string, unknown>, document = query) => {
    const got = keys.map((): unknown[] => []);
    keys.forEach((key, n) => {
      connect({ connectionParams: { authorization: `Bearer ${key}` } }).subscribe({ query: document, variables: variablesOf(n) }, {
        next: ({ data }) => got[n]?.push(data?.['announcements']), error: () => undefined, complete: () => undefined,
      });
    });
    return got;
  };
  const executionsOf = (got: readonly unknown[][]): Set<number> => new Set(got.flat().map((item) => (item as { execution: number }).execution));
  const announceTo = async (got: readonly unknown[][]): Promise<void> => {
    await until(() => running.app.open === got.length);
    running.app.announce();
    await until(() => got.every((items) => items.length === 1));
  };

  test('share one execution, wherever they resumed', async () => {
    const got = subscribers(Array.from({ length: 20 }, () => 'ada'), (n) => ({ kind: 'news', after: String(n) }));
    await announceTo(got);
    expect(executionsOf(got).size).toBe(1);
  });

  test('share none with another principal, other variables or another document', async () => {
    const got = [
      ...subscribers(['ada', 'ben'], () => ({ kind: 'news' })), ...subscribers(['ada'], () => ({ kind: 'gossip' })),
      ...subscribers(['ada'], () => ({ kind: 'news' }), query.replace('cursor reader', 'reader cursor')),
    ];
    await announceTo(got);
    expect(executionsOf(got).size).toBe(4);
    expect(got.map(([item]) => (item as { reader: string }).reader)).toEqual(['ada', 'ben', 'ada', 'ada']);
  });
});

describe('a source is closed', () => {
  test('when the client unsubscribes, while it waits for its next item', async () => {
    const unsubscribe = connect().subscribe({ query: 'subscription { ticks(upTo: 0) }' }, { next: () => undefined, error: () => undefined, complete: () => undefined });
    await until(() => running.app.open === 1);
    unsubscribe();
    await until(() => running.app.open === 0);
  });

  test('when the connection breaks', async () => {
    const client = connect();
    let socket: WebSocket | undefined;
    client.on('connected', (opened) => (socket = opened as WebSocket));
    void collect(client, { query: 'subscription { ticks(upTo: 0) }' });
    await until(() => running.app.open === 1);
    socket?.terminate();
    await until(() => running.app.open === 0);
  });

  test('when the process shuts down, which tells the client that it is going away', async () => {
    const door = await startDoor();
    const socket = raw(door);
    const closed = closeOf(socket);
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data) && data.toString().includes('connection_ack')) socket.send('{"id":"1","type":"subscribe","payload":{"query":"subscription { ticks(upTo: 0) }"}}');
    });
    await until(() => door.app.open === 1);
    await door.stop();
    expect(await closed).toMatchObject({ code: 1001 });
    expect(door.app.open).toBe(0);
  });
});

describe('the caller', () => {
  let guarded: RunningDoor;
  beforeAll(async () => {
    guarded = await startDoor();
    guarded.app.keys.add('k1');
  });
  afterAll(() => guarded.stop());

  test.each([{ authorization: 'Bearer k1' }, { Authorization: 'Bearer k1' }, { apiKey: 'k1' }, { 'x-api-key': 'k1' }])(
    'is taken from the connection parameters %j',
    async (connectionParams) => {
      expect((await collect(connect({ connectionParams }, guarded), { query: '{ whoami }' })).results).toEqual([{ data: { whoami: 'k1' } }]);
    },
  );

  test.each([
    [{}, 4401],
    [{ apiKey: 'wrong' }, 4401],
    [{ authorization: 'Basic abc' }, 4400],
  ])('with %j is closed', async (connectionParams, code) => {
    expect((await collect(connect({ connectionParams }, guarded), { query: '{ whoami }' })).error).toMatchObject({ code });
  });

  test('whose key is revoked is closed at the next operation', async () => {
    guarded.app.keys.add('k2');
    const client = connect({ connectionParams: { apiKey: 'k2' }, lazy: false, onNonLazyError: () => undefined }, guarded);
    expect((await collect(client, { query: '{ whoami }' })).error).toBeNull();
    guarded.app.keys.delete('k2');
    expect((await collect(client, { query: '{ whoami }' })).error).toMatchObject({ code: 4401, reason: 'Unauthorized' });
  });
});

test('a key that is revoked stops receiving on the subscription it has', async () => {
  const door = await startDoor({ sockets: { reauthenticateMs: 10 } });
  door.app.keys.add('k1');
  const outcome = collect(connect({ connectionParams: { apiKey: 'k1' } }, door), { query: 'subscription { ticks(upTo: 0) }' });
  await until(() => door.app.open === 1);
  door.app.keys.clear();
  door.app.keys.add('k2');
  expect((await outcome).error).toMatchObject({ code: 4401 });
  await until(() => door.app.open === 0);
  await door.stop();
});

describe('the protocol', () => {
  test.each([
    ['an operation before the connection is initialised', '{"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}', 4401],
    ['a message that is no message', 'hello', 4400],
  ])('%s closes the connection', async (_name, message, code) => {
    const socket = raw();
    socket.once('open', () => socket.send(message));
    expect(await closeOf(socket)).toMatchObject({ code });
  });

  test('a second initialisation closes the connection', async () => {
    const socket = raw();
    socket.once('open', () => {
      socket.send('{"type":"connection_init"}');
      socket.send('{"type":"connection_init"}');
    });
    expect(await closeOf(socket)).toMatchObject({ code: 4429 });
  });

  test('another subprotocol is not accepted', async () => {
    const socket = new WebSocket(running.socketUrl, 'graphql-ws');
    const failure = await new Promise((resolve) => socket.once('error', resolve));
    expect(String(failure)).toContain('no subprotocol');
  });

  test('a message over 1 MiB closes the connection', async () => {
    const socket = raw();
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { x: 'y'.repeat(1_100_000) } })));
    expect(await closeOf(socket)).toMatchObject({ code: 1009 });
  });

  test('a client that never initialises is let go', async () => {
    const impatient = await startDoor({ sockets: { connectionInitTimeoutMs: 20 } });
    expect(await closeOf(raw(impatient))).toMatchObject({ code: 4408 });
    await impatient.stop();
  });

  test('a peer that stops answering pings is cut off, and its sources are closed', async () => {
    const door = await startDoor({ sockets: { keepAliveMs: 30 } });
    const socket = new WebSocket(door.socketUrl, 'graphql-transport-ws', { autoPong: false });
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    expect(await closeOf(socket)).toMatchObject({ code: 1006 });
    await door.stop();
  });

  test('one connection carries a bounded number of operations at once', async () => {
    const door = await startDoor({ sockets: { maxOperationsPerConnection: 2 } });
    const client = connect({}, door);
    const forever = { query: 'subscription { ticks(upTo: 0) }' };
    void collect(client, forever);
    void collect(client, forever);
    await until(() => door.app.open === 2);
    expect((await collect(client, forever)).error).toMatchObject([{ extensions: { code: 'RATE_LIMITED', reason: 'TOO_MANY_OPERATIONS' } }]);
    await door.stop();
  });

  test('one process carries a bounded number of connections', async () => {
    const door = await startDoor({ sockets: { maxConnections: 1 } });
    const first = raw(door);
    await new Promise((resolve) => first.once('open', resolve));
    const second = raw(door);
    const status = await new Promise((resolve) => second.once('unexpected-response', (_request, response) => resolve(response.statusCode)));
    expect(status).toBe(503);
    first.close();
    await door.stop();
  });
});

test('a peer that pings without end and never reads the answers is cut off', async () => {
  const door = await startDoor({ sockets: { connectionInitTimeoutMs: 60_000, keepAliveMs: 60_000, maxBufferedBytes: 64 * 1024 } });
  const socket = dial(Number(new URL(door.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const pings = Buffer.concat(Array.from({ length: 500 }, () => Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)])));
  const flood = (): void => { if (!socket.destroyed) socket.write(pings, () => setImmediate(flood)); };
  flood();
  await closed;
  await door.stop();
});
