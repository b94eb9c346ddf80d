import { createConnection } from 'node:net';
import { startDoor, type RunningDoor } from '../src/testing/test-door';

let running: RunningDoor;
beforeAll(async () => {
  running = await startDoor();
});
afterAll(() => running.stop());

const RESPONSE_TYPE = { accept: 'application/graphql-response+json' };

async function answer(response: Response): Promise<{ status: number; type: string | null; body: Record<string, unknown>; error: Record<string, unknown> }> {
  const body = (await response.json()) as Record<string, unknown>;
  const errors = body['errors'] as { message: string; extensions: Record<string, unknown> }[] | undefined;
  const [first] = errors ?? [];
  const error = first === undefined ? {} : { message: first.message, ...first.extensions };
  return { status: response.status, type: response.headers.get('content-type'), body, error };
}

describe('a well-formed request', () => {
  test('is answered with its data, a trace id and no caching', async () => {
    const response = await running.post({ query: 'query($n: String) { hello(name: $n) }', variables: { n: 'Ada' } });
    expect(response.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await answer(response)).toMatchObject({ status: 200, type: 'application/json; charset=utf-8', body: { data: { hello: 'hello Ada' } } });
  });

  test('is answered in the media type that the client accepts', async () => {
    const response = await running.post({ query: '{ hello }' }, RESPONSE_TYPE);
    expect(response.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
  });

  test('continues the caller trace', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const response = await running.post({ query: '{ conflicting }' }, { traceparent: `00-${trace}-b7ad6b7169203331-01` });
    expect(response.headers.get('x-trace-id')).toBe(trace);
    expect((await answer(response)).error).toMatchObject({ traceId: trace });
  });

  test('may be a GET with a preflight header, as long as it is a query', async () => {
    const headers = { 'apollo-require-preflight': '1' };
    const query = await fetch(`${running.url}?query=${encodeURIComponent('{ hello }')}`, { headers });
    expect(await answer(query)).toMatchObject({ status: 200, body: { data: { hello: 'hello world' } } });
    const mutation = await fetch(`${running.url}?query=${encodeURIComponent('mutation { create(input: {name: "x"}) }')}`, { headers });
    expect(mutation.headers.get('allow')).toBe('POST');
    expect(await answer(mutation)).toMatchObject({ status: 405, error: { code: 'BAD_USER_INPUT', reason: 'METHOD_NOT_ALLOWED' } });
  });
});

describe('a request whose document or variables are at fault', () => {
  const cases: [string, object, object][] = [
    ['a syntax error', { query: '{ hello' }, { reason: 'GRAPHQL_PARSE_FAILED' }],
    ['an unknown field', { query: '{ nothing }' }, { reason: 'GRAPHQL_VALIDATION_FAILED' }],
    ['an unknown operation', { query: 'query A { hello }', operationName: 'B' }, { reason: 'OPERATION_RESOLUTION_FAILURE' }],
    ['an ambiguous operation', { query: 'query A { hello } query B { hello }' }, { reason: 'OPERATION_RESOLUTION_FAILURE' }],
    [
      'a variable of the wrong type',
      { query: 'query($i: ItemInput!) { find(input: $i) { id } }', variables: { i: { name: 'a', scope: { userId: 7 } } } },
      { reason: 'VARIABLES_INVALID', field: 'i.scope.userId' },
    ],
    ['a missing variable', { query: 'query($i: ItemInput!) { find(input: $i) { id } }' }, { reason: 'VARIABLES_INVALID', field: 'i' }],
    [
      'a date that does not exist',
      { query: 'query($at: DateTime!) { instant(at: $at) }', variables: { at: '2026-02-30T00:00:00Z' } },
      { reason: 'VARIABLES_INVALID', field: 'at' },
    ],
  ];

  test.each(cases)('%s is BAD_USER_INPUT: 400 in the GraphQL media type, 200 in plain JSON', async (_name, body, error) => {
    const expected = { code: 'BAD_USER_INPUT', traceId: expect.stringMatching(/^[0-9a-f]{32}$/), ...error };
    expect(await answer(await running.post(body, RESPONSE_TYPE))).toMatchObject({ status: 400, error: expected });
    expect(await answer(await running.post(body))).toMatchObject({ status: 200, error: expected });
  });

  test('a huge value is not echoed in full', async () => {
    const body = { query: 'query($i: Int) { items(limit: $i) { id } }', variables: { i: 'x'.repeat(100_000) } };
    const { error } = await answer(await running.post(body));
    expect(String(error['message']).length).toBeLessThan(600);
  });

  test('a null for an argument that needs a value is the caller’s fault', async () => {
    const { error } = await answer(await running.post({ query: 'query($at: DateTime = "2026-01-01T00:00:00Z") { instant(at: $at) }', variables: { at: null } }));
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'ARGUMENT_INVALID' });
  });
});

describe('a resolver that fails', () => {
  test('with a foreseen failure shows its code, field and reason', async () => {
    const { status, body, error } = await answer(await running.post({ query: '{ conflicting }' }, RESPONSE_TYPE));
    expect(status).toBe(200);
    expect(body['data']).toEqual({ conflicting: null });
    expect(error).toMatchObject({ code: 'CONFLICT', field: 'expectedVersion', reason: 'VERSION_MISMATCH', message: 'the version has moved on' });
  });

  test.each(['broken', 'unserialisable'])('with a bug (%s) shows nothing but a trace id, under which the log has all of it', async (field) => {
    const response = await running.post({ query: `{ ${field} }` });
    const text = await response.clone().text();
    const { error } = await answer(response);
    expect(error).toEqual({ message: 'internal error', code: 'INTERNAL_SERVER_ERROR', traceId: response.headers.get('x-trace-id') });
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('stack');
    const logged = running.app.log.find(({ level, fields }) => level === 'error' && 'traceId' in fields && fields.traceId === error['traceId']);
    expect(logged?.fields).toMatchObject({ err: { message: expect.stringContaining('hunter2') } });
  });
});

describe('a request that is no GraphQL request', () => {
  test.each([
    ['broken JSON', '{"query":', 400, 'INVALID_JSON'],
    ['an empty object', '{}', 400, 'BAD_REQUEST'],
    ['no query', '{"variables":{}}', 400, 'BAD_REQUEST'],
    ['a query that is no string', '{"query":1}', 400, 'BAD_REQUEST'],
    ['variables that are no object', '{"query":"{ hello }","variables":[1]}', 400, 'BAD_REQUEST'],
    ['a batch', '[{"query":"{ hello }"}]', 400, 'BAD_REQUEST'],
  ])('%s is refused as JSON', async (_name, body, status, reason) => {
    expect(await answer(await running.post(body))).toMatchObject({ status, error: { code: 'BAD_USER_INPUT', reason } });
  });

  test('a body that is no UTF-8 is refused', async () => {
    const body = Buffer.concat([Buffer.from('{"query":"{ hello(name: \\"'), Buffer.from([0xff]), Buffer.from('\\") }"}')]);
    const response = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await answer(response)).toMatchObject({ status: 400, error: { reason: 'INVALID_JSON' } });
  });

  test('a form post from another site is stopped', async () => {
    const response = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ hello }"}' });
    expect(await answer(response)).toMatchObject({ status: 400, error: { message: expect.stringContaining('CSRF') } });
    expect((await fetch(`${running.url}?query={hello}`)).status).toBe(400);
  });

  test('another method is refused with those that are taken', async () => {
    const response = await fetch(running.url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(await answer(response)).toMatchObject({ status: 405, error: { reason: 'METHOD_NOT_ALLOWED' } });
  });

  test('a client that accepts no JSON is told so before anything runs', async () => {
    const before = running.app.executions;
    const response = await running.post({ query: 'mutation { create(input: {name: "x"}) }' }, { accept: 'text/html' });
    expect(await answer(response)).toMatchObject({ status: 406, error: { reason: 'NOT_ACCEPTABLE' } });
    expect(running.app.executions).toBe(before);
  });

  test('a subscription is sent to the WebSocket', async () => {
    const { status, error } = await answer(await running.post({ query: 'subscription { ticks(upTo: 1) }' }, RESPONSE_TYPE));
    expect(status).toBe(400);
    expect(error).toMatchObject({ reason: 'SUBSCRIPTION_OVER_HTTP', message: expect.stringContaining(running.socketUrl) });
  });

  test.each([true, false])('a body over 3 MiB is 413, with a length given: %s', async (known) => {
    const text = JSON.stringify({ query: '{ hello }', variables: { x: 'y'.repeat(4_000_000) } });
    const body = known ? text : new Blob([text]).stream();
    const response = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' });
    expect(await answer(response)).toMatchObject({ status: 413, error: { code: 'PAYLOAD_TOO_LARGE' } });
  });
});

test('a body that trickles in too slowly is given up', async () => {
  const slow = await startDoor({ body: { timeoutMs: 50 } });
  const socket = createConnection(Number(new URL(slow.url).port), '127.0.0.1');
  const reply = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query":');
  expect(await reply).toMatch(/^HTTP\/1\.1 408 .*REQUEST_TIMEOUT/s);
  socket.destroy();
  await slow.stop();
});

describe('the caller', () => {
  test('is taken from a bearer token or from x-api-key, and refused with 401 before anything runs', async () => {
    const guarded = await startDoor();
    guarded.app.keys.add('k1');
    const whoami = { query: '{ whoami }' };
    expect(await answer(await guarded.post(whoami, { authorization: 'Bearer k1' }))).toMatchObject({ body: { data: { whoami: 'k1' } } });
    expect(await answer(await guarded.post(whoami, { 'x-api-key': 'k1' }))).toMatchObject({ body: { data: { whoami: 'k1' } } });
    const refused = await guarded.post(whoami, { 'x-api-key': 'k2' });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer(refused)).toMatchObject({ status: 401, error: { code: 'UNAUTHENTICATED', reason: 'KEY_UNKNOWN' } });
    expect(await answer(await guarded.post(whoami, { authorization: 'Basic abc' }))).toMatchObject({ status: 400, error: { field: 'authorization' } });
    await guarded.stop();
  });
});

describe('a mutation', () => {
  const create = (name: string, extra: object = {}) => ({ query: `mutation { create(input: {name: "${name}"}) }`, ...extra });

  test('answers with its consistency token in the extensions and in a header', async () => {
    const response = await running.post(create('a'));
    expect(response.headers.get('x-consistency-token')).toBe('after-a');
    expect(await answer(response)).toMatchObject({ body: { extensions: { consistencyToken: 'after-a' } } });
  });

  test('of several fields answers with one token for all', async () => {
    const response = await running.post({ query: 'mutation { a: create(input: {name: "a"}) b: create(input: {name: "b"}) }' });
    expect(response.headers.get('x-consistency-token')).toBe('after-a+after-b');
  });

  test('sees the idempotency key of the header or of the extensions', async () => {
    const byHeader = await answer(await running.post(create('a'), { 'idempotency-key': 'k-1' }));
    expect(byHeader.body).toMatchObject({ data: { create: expect.stringContaining('a k-1') } });
    const byExtension = await answer(await running.post(create('a', { extensions: { idempotencyKey: 'k-2' } })));
    expect(byExtension.body).toMatchObject({ data: { create: expect.stringContaining('a k-2') } });
  });

  test.each([
    ['longer than 255', { 'idempotency-key': 'x'.repeat(256) }, {}],
    ['with a space', { 'idempotency-key': 'a b' }, {}],
    ['not a string', {}, { extensions: { idempotencyKey: 5 } }],
    ['two different ones', { 'idempotency-key': 'a' }, { extensions: { idempotencyKey: 'b' } }],
  ])('does not run with a key that is %s', async (_name, headers: Record<string, string>, extra) => {
    const before = running.app.executions;
    const { error } = await answer(await running.post(create('a', extra), headers));
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'IDEMPOTENCY_KEY_INVALID' });
    expect(running.app.executions).toBe(before);
  });
});

test('without introspection the schema can be neither read nor guessed from suggestions', async () => {
  const closed = await startDoor({ introspection: false });
  expect((await answer(await closed.post({ query: '{ __schema { queryType { name } } }' }))).error).toMatchObject({ reason: 'GRAPHQL_VALIDATION_FAILED' });
  expect((await answer(await closed.post({ query: '{ helo }' }))).error['message']).not.toContain('hello');
  await closed.stop();
});
