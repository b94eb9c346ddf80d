import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { createGraphiQL } from '../../graphql/graphiql';
import { startDoor } from '../testing/test-door';
import type { ComponentState } from './health';
import { createHost, type Host, type HostOptions } from './host';

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

interface Started {
  readonly host: Host;
  readonly url: string;
  readonly log: { fields: Record<string, unknown>; message: string }[];
  readonly components: Record<string, ComponentState>;
}

async function start(options: Partial<HostOptions> = {}): Promise<Started> {
  const log: Started['log'] = [];
  const write = (fields: object, message: string): void => void log.push({ fields: { ...fields }, message });
  const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const components: Record<string, ComponentState> = { database: { state: 'up' }, embedder: { state: 'degraded', detail: 'breaker open' } };
  const host = createHost({
    graphql: {
      handle: async (_request: IncomingMessage, response: ServerResponse, traceId: string) => void response.end(`graphql ${traceId}`),
      upgrade: (_request: IncomingMessage, socket: Duplex) => void socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
      close: async () => undefined,
    },
    health: { readiness: async () => components, modes: () => [] },
    logger,
    allow: { kind: 'loopback' },
    ...options,
  });
  hosts.push(host);
  const { port } = await host.listen(0, '127.0.0.1');
  return { host, url: `http://127.0.0.1:${port}`, log, components };
}

/** fetch sets Host and Origin by itself: this sends them as given. */
function send(url: string, headers: Record<string, string>, method = 'GET'): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers, method }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

const upgrade = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    httpRequest(url, { headers: { connection: 'upgrade', upgrade: 'websocket', ...headers } })
      .on('response', (response) => resolve(response.resume().statusCode))
      .on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });

describe('health', () => {
  test('alive says so', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'alive' });
  });

  test('ready names the state of each component, and is 503 as soon as a needed one is down', async () => {
    const { url, components } = await start();
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ ready: true, components, modes: [] });
    components['database'] = { state: 'down', detail: 'connection refused' };
    const unready = await fetch(`${url}/readyz`);
    expect(unready.status).toBe(503);
    expect(await unready.json()).toMatchObject({ ready: false, components: { database: { state: 'down', detail: 'connection refused' } } });
  });
});

describe('routing', () => {
  test('hands /graphql over with the trace id that the answer carries', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/graphql?query=x`);
    expect(await response.text()).toBe(`graphql ${response.headers.get('x-trace-id')}`);
  });

  test('answers unknown paths and methods in the closed list of codes', async () => {
    const { url } = await start();
    const unknown = await fetch(`${url}/nothing`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({ error: { code: 'NOT_FOUND', reason: 'PATH_UNKNOWN', message: expect.any(String), traceId: unknown.headers.get('x-trace-id') } });
    const method = await fetch(`${url}/healthz`, { method: 'DELETE' });
    expect(method.headers.get('allow')).toBe('GET, HEAD');
    expect(method.status).toBe(405);
    expect((await fetch(`${url}/__proto__`)).status).toBe(404);
    expect((await fetch(`${url}/graphiql`)).status).toBe(404);
  });

  test('the root shows programs where things are and sends browsers to GraphiQL', async () => {
    const { url } = await start({ graphiql: createGraphiQL({ defaultQuery: '{ version }' }) });
    expect(await (await fetch(url)).json()).toMatchObject({ name: 'contextiq', graphql: '/graphql', graphiql: '/graphiql' });
    const browser = await fetch(url, { headers: { accept: 'text/html,*/*' } });
    expect(browser.url).toBe(`${url}/graphiql`);
    expect(browser.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await browser.text()).toContain('graphiql.js');
  });

  test('a handler that fails is 500 without a word about why, and the log has it', async () => {
    const { url, log } = await start({ graphql: { handle: () => Promise.reject(new Error('hunter2')), upgrade: () => undefined, close: async () => undefined } });
    const response = await fetch(`${url}/graphql`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: { code: 'INTERNAL_SERVER_ERROR', message: 'internal error', traceId: response.headers.get('x-trace-id') } });
    expect(log.map(({ fields }) => String(fields['err']))).toContain('Error: hunter2');
  });
});

describe('every answer', () => {
  test('carries security headers', async () => {
    const { headers } = await fetch(`${(await start()).url}/healthz`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('is one line in the log, without the query string', async () => {
    const { url, log } = await start();
    const response = await fetch(`${url}/graphql?query=secret`);
    await response.text();
    while (log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([
      { message: 'request', fields: { traceId: response.headers.get('x-trace-id'), method: 'GET', path: '/graphql', status: 200, ms: expect.any(Number) } },
    ]);
  });
});

describe('host and origin', () => {
  test('without a key, a rebound name and a foreign page are refused on every path and on upgrades', async () => {
    const { url } = await start();
    for (const path of ['/graphql', '/healthz', '/', '/nothing']) {
      expect((await send(url + path, { host: 'evil.example' })).status).toBe(403);
      expect((await send(url + path, { origin: 'https://evil.example' })).status).toBe(403);
    }
    expect(await upgrade(`${url}/graphql`, { host: 'evil.example' })).toBe(403);
    expect(await upgrade(`${url}/graphql`, { origin: 'https://evil.example' })).toBe(403);
    expect(await upgrade(`${url}/graphql`, { origin: 'http://localhost:1' })).toBe(101);
    expect(await upgrade(`${url}/elsewhere`, {})).toBe(404);
  });

  test('with keys, a listed origin may read answers and send what the API takes', async () => {
    const { url } = await start({ allow: { kind: 'keys', origins: ['https://app.example.com'] } });
    const origin = 'https://app.example.com';
    const preflight = await send(`${url}/graphql`, { origin, 'access-control-request-method': 'POST' }, 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect(preflight.headers['access-control-allow-headers']).toContain('idempotency-key');
    const answer = await send(`${url}/graphql`, { origin });
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
    expect((await send(`${url}/graphql`, { origin: 'https://evil.example' })).headers['access-control-allow-origin']).toBeUndefined();
    expect((await send(`${url}/graphql`, { host: 'api.example.com' })).status).toBe(200);
  });
});

describe('closing', () => {
  test('lets a request under way finish, refuses new ones, and then the port is free', async () => {
    let finish = (): void => undefined;
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const { host, url } = await start({
      graphql: {
        handle: (_request, response) =>
          new Promise((resolve) => {
            finish = () => resolve(void response.end('done'));
            entered();
          }),
        upgrade: () => undefined,
        close: async () => undefined,
      },
    });
    const answer = fetch(`${url}/graphql`);
    await inside;
    const closed = host.close();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    finish();
    expect(await (await answer).text()).toBe('done');
    await closed;
    hosts.splice(0);
  });

  test('cuts off what takes longer than the grace', async () => {
    const { host, url } = await start({ graceMs: 20, graphql: { handle: () => new Promise(() => undefined), upgrade: () => undefined, close: async () => undefined } });
    const answer = fetch(`${url}/graphql`);
    answer.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await host.close();
    hosts.splice(0);
    await expect(answer).rejects.toThrow();
  });

  test('ends subscriptions of the real door with 1001', async () => {
    const { door, stop } = await startDoor();
    const { host, url } = await start({ graphql: door });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const code = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));
    await host.close();
    hosts.splice(0);
    expect(await code).toBe(1001);
    await stop();
  });
});

describe('a peer that takes its time', () => {
  const patience = { headersMs: 100, requestMs: 200, checkMs: 20 };

  /** All that a raw connection is told until it is closed, when it sends `first` and then a byte now and then. */
  function trickle(url: string, first: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let told = '';
      const drip = setInterval(() => socket.write('x'), 10);
      socket.write(first);
      socket.on('data', (data) => (told += String(data))).on('error', () => undefined).once('close', () => {
        clearInterval(drip);
        resolve(told);
      });
    });
  }

  test('over its headers is told so and cut off, while others are answered', async () => {
    const { url } = await start({ patience });
    const slow = Array.from({ length: 50 }, () => trickle(url, 'POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-slow: '));
    expect((await send(`${url}/healthz`, {})).status).toBe(200);
    for (const told of await Promise.all(slow)) expect(told).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('over its body is cut off even when its answer is long given', async () => {
    const { url } = await start({ patience });
    expect(await trickle(url, 'POST /nowhere HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('over its first byte is cut off too', async () => {
    const { url } = await start({ patience });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
  });
});

test.each([
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00', 400],
  ['headers of 20,000 bytes', `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx', 400],
  ['a length and chunks', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400],
])('%s is refused and its connection closed', async (_, bytes, status) => {
  const { url } = await start();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let told = '';
  socket.on('data', (data) => (told += String(data))).on('error', () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  expect(told).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});
