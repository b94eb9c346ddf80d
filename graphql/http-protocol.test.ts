import { get as send } from 'node:http';
import { startDoor, type RunningDoor } from '../src/testing/test-door';

let direct: RunningDoor;
let strict: RunningDoor;
beforeAll(async () => {
  direct = await startDoor({ protocol: { directGet: true, specStatus: false } });
  strict = await startDoor();
});
afterAll(async () => {
  await direct.stop();
  await strict.stop();
});

/** `fetch` keeps Sec-Fetch-* and Origin to itself: what a browser sends is sent by node:http. */
function get(door: RunningDoor, headers: Record<string, string>, query = '{ hello }'): Promise<number> {
  return new Promise((resolve, reject) => {
    send(`${door.url}?query=${encodeURIComponent(query)}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).once('error', reject);
  });
}

describe('a GET without a preflight header', () => {
  const SENT: [string, Record<string, string>, boolean][] = [
    ['a program', {}, true],
    ['the address bar', { 'sec-fetch-site': 'none' }, true],
    ['a page of this gateway', { 'sec-fetch-site': 'same-origin', referer: 'http://127.0.0.1/graphiql' }, true],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['a page of a sibling host', { 'sec-fetch-site': 'same-site' }, false],
    ['an old browser with an origin', { origin: 'http://evil.example' }, false],
    ['an old browser that names its page', { referer: 'http://evil.example/page' }, false],
  ];

  test.each(SENT)('sent by %s is answered only when that is allowed and no other site is behind it', async (_, headers, harmless) => {
    expect(await get(direct, headers)).toBe(harmless ? 200 : 400);
    expect(await get(strict, headers)).toBe(400);
  });

  test('never runs a mutation', async () => {
    const before = direct.app.executions;
    expect(await get(direct, {}, 'mutation { create(input: {name: "x"}) }')).toBe(405);
    expect(direct.app.executions).toBe(before);
  });
});

test('a document at fault is 400 under application/json where clients go by the status', async () => {
  expect((await direct.post({ query: '{ nothing }' })).status).toBe(400);
  expect((await strict.post({ query: '{ nothing }' })).status).toBe(200);
});

describe('the usual request, which is not handed to Apollo', () => {
  const BODIES: [string, object][] = [
    ['a query', { query: '{ hello }' }],
    ['a named one with variables', { query: 'query A($n: String) { hello } query B { hello }', operationName: 'A', variables: { n: 'x' } }],
    ['nulls', { query: '{ hello }', operationName: null, variables: null, extensions: null }],
    ['a mutation', { query: 'mutation { create(input: {name: "x"}) }', extensions: { idempotencyKey: 'k' } }],
    ['a key that is none', { query: 'mutation { create(input: {name: "x"}) }', extensions: { idempotencyKey: 7 } }],
    ['an unknown field', { query: '{ nothing }' }],
    ['broken syntax', { query: '{' }],
    ['an empty document', { query: '' }],
    ['no document', { variables: {} }],
    ['a variable of the wrong type', { query: 'query($n: Int!) { hello }', variables: { n: 'x' } }],
    ['variables that are no object', { query: '{ hello }', variables: [] }],
    ['a subscription', { query: 'subscription { ticks }' }],
    ['an unknown operation', { query: '{ hello }', operationName: 'B' }],
    ['a persisted query', { query: '{ hello }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
    ['a part of its own', { query: '{ hello }', more: 1 }],
  ];
  const traceparent = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
  const ACCEPTED = ['*/*', 'application/json', 'application/graphql-response+json', 'application/graphql-response+json,application/json;q=0.9'];

  test.each(BODIES)('is answered as Apollo would: %s', async (_, sent) => {
    for (const accept of ACCEPTED) {
      const ask = async (contentType: string) => {
        const answer = await fetch(strict.url, { method: 'POST', headers: { 'content-type': contentType, accept, traceparent }, body: JSON.stringify(sent) });
        return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
      };
      expect(await ask('application/json')).toEqual(await ask('application/json;charset=UTF-8'));
    }
  });
});
