import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { newSession } from './memories';
import { countRows } from './rows';

const times = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join(' ');
const chain = (depth: number, field: string, leaf: string): string => `${`${field} { `.repeat(depth)}${leaf}${' }'.repeat(depth)}`;
/** As text: what a server must be able to refuse, a client need not be able to build. */
const deep = (levels: number): string => `{"f": ${'{"not":'.repeat(levels)}{"topics":["a"]}${'}'.repeat(levels)}}`;
const list = (name: string, count: number, item: string): string => `{"${name}": [${Array.from({ length: count }, () => item).join(',')}]}`;
const RECALL = 'query($f: RecallFilterInput!) { recall(input: {query: "tea", scopes: [{scope: {user_id: "ada"}}], filter: $f}) { hits { score } } }';

/** With its variables as JSON, and the reason for which it is refused; null for a plain refusal of a field. */
type Attack = readonly [name: string, reason: string | null, query: string, variables?: string];

/** Documents and variables that would be dear to run, dear to validate, or endless; with the reason for which they are refused. */
const ATTACKS: readonly Attack[] = [
  ['200 aliases of a search', 'TOO_MANY_ALIASES', `{ ${times(200, (i) => `a${i}: searchMemories(scope: {user_id: "a"}, query: "x") { id }`)} }`],
  ['200 aliases of a mutation', 'TOO_MANY_ALIASES', `mutation { ${times(200, (i) => `a${i}: createSession(input: {userId: "u${i}"}) { id }`)} }`],
  ['31 mutations at once', 'TOO_MANY_ROOT_FIELDS', `mutation { ${times(31, (i) => `createSession(input: {userId: "u${i}"}) { id }`)} }`],
  ['a mutation aliased 30 times in a fragment spread twice', 'TOO_MANY_ROOT_FIELDS', `mutation { ...F ...F } fragment F on Mutation { ${times(30, (i) => `a${i}: createSession(input: {userId: "u"}) { id }`)} }`],
  ['a fragment that spreads itself', 'FRAGMENT_CYCLE', '{ sessions { ...F } } fragment F on Session { id parent { ...F } }'],
  ['fragments in a circle', 'FRAGMENT_CYCLE', '{ ...A } fragment A on Query { ...B } fragment B on Query { version ...A }'],
  ['fragments that double 20 times', 'TOO_MANY_FIELDS', `{ session(id: "1") { ...F0 } } ${times(20, (i) => `fragment F${i} on Session { ...F${i + 1} ...F${i + 1} }`)} fragment F20 on Session { id }`],
  ['parents 1,000 levels deep', 'QUERY_TOO_DEEP', `{ session(id: "1") { ${chain(1_000, 'parent', 'id')} } }`],
  ['inline fragments 1,500 levels deep', 'QUERY_TOO_DEEP', `{ ${chain(1_500, '...', 'version')} }`],
  // The parser gives up at a depth that depends on the stack it has left.
  ['brackets that never close', expect.stringMatching(/^(?:GRAPHQL_PARSE_FAILED|QUERY_TOO_DEEP)$/), `{ ${'a{'.repeat(2_400)}`],
  ['60 directives on one field', 'TOO_MANY_DIRECTIVES', `{ version ${times(60, () => '@include(if: true)')} }`],
  ['a million directives', 'GRAPHQL_PARSE_FAILED', `{ version ${'@a'.repeat(400_000)} }`],
  ['60 operations', 'TOO_MANY_OPERATIONS', times(60, (i) => `query Q${i} { version }`)],
  ['200 fragments', 'TOO_MANY_FRAGMENTS', `{ version } ${times(200, (i) => `fragment F${i} on Query { version }`)}`],
  ['lists within lists', 'QUERY_TOO_COSTLY', '{ sessions(limit: 200) { events(last: 200) { id content { text } } eventsConnection(first: 200) { nodes { id } } } }'],
  ['a size that is no size', 'QUERY_TOO_COSTLY', 'query($n: Int) { sessions(limit: $n) { id events(last: $n) { id } } }', '{"n": 2000000000}'],
  ['50,000 tokens', 'GRAPHQL_PARSE_FAILED', `{ ${'version '.repeat(50_000)} }`],
  ['a comment of 900,000 characters without a query', 'GRAPHQL_PARSE_FAILED', `#${'x'.repeat(900_000)}`],
  ['900,000 characters of a name', 'GRAPHQL_VALIDATION_FAILED', `{ ${'x'.repeat(900_000)} }`],
  ['a filter 10,000 levels deep', 'VALUE_TOO_DEEP', RECALL, deep(10_000)],
  ['a list 100,000 levels deep', 'VALUE_TOO_DEEP', 'query($s: JSON) { sessions(scope: $s) { id } }', `{"s": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['a literal 1,000 levels deep', 'VALUE_TOO_DEEP', `{ sessions(scope: ${'['.repeat(1_000)}${']'.repeat(1_000)}) { id } }`],
  ['introspection in circles', 'GRAPHQL_VALIDATION_FAILED', `{ __schema { types { ${chain(6, 'fields { type', 'name')}${' }'.repeat(6)} } } }`],
  ['40,000 conflicting fields', 'GRAPHQL_PARSE_FAILED', `{ ${times(40_000, (i) => `version: f${i}`)} }`],
  ['40,000 wrong values', 'VARIABLES_INVALID', 'query($ids: Int) { sessions(limit: $ids) { id } }', list('ids', 40_000, '"x"')],
  ['60,000 unknown fields', 'TOO_MANY_VALUES', RECALL, `{"f": {${Array.from({ length: 60_000 }, (_, i) => `"f${i}":1`).join(',')}}}`],
];

/** These pass as documents and are refused by the service that they reach, before it asks the database. */
const WIDE: readonly Attack[] = [
  ['a filter 20 levels deep', 'FILTER_TOO_DEEP', RECALL, deep(20)],
  ['a filter of 40,000 conditions', 'TOO_MANY_VALUES', RECALL, `{"f": ${list('or', 40_000, '{"topics":["a"]}')}}`],
  ['a filter of 100,000 topics', null, RECALL, `{"f": ${list('topics', 100_000, '"a"')}}`],
  ['500 events at once', null, 'mutation($e: [EventInput!]!) { appendEvents(sessionId: "01a1fcad-88ec-73c6-b234-7604dd779b3a", events: $e) { id } }', list('e', 500, '{"text":"x"}')],
  ['30,000 scopes', null, 'query($s: [RecallScopeInput!]!) { recall(input: {query: "x", scopes: $s}) { hits { score } } }', list('s', 30_000, '{"scope":{"u":"a"}}')],
];

let gateway: Gateway;
let api: ApiClient;
let port: number;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
  port = gateway.port;
  await newSession(api, { userId: 'ada' });
});
afterAll(() => gateway.close());

const rows = () => countRows(gateway.composition.platform.database);
const isWell = async (): Promise<boolean> => (await api.ask('{ sessions(userId: "ada") { userId } }')).sessions.length === 1;

/** A row of its own for each; spread out, those without variables would be handed jest's callback instead. */
const named = (attacks: readonly Attack[]): [string, Attack][] => attacks.map((attack) => [attack[0], attack]);

const payload = (query: string, variables = '{}'): string => `{"query": ${JSON.stringify(query)}, "variables": ${variables}}`;

/** The answer over HTTP, as text. */
async function post(query: string, variables?: string): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: payload(query, variables) });
  return response.text();
}

/** The first answer to a subscribe message. */
function say(query: string, variables?: string): Promise<string> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  return new Promise((resolve) => {
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    socket.once('close', (code) => resolve(`{"closed": ${code}}`));
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.includes('connection_ack')) return socket.send(`{"id":"1","type":"subscribe","payload":${payload(query, variables)}}`);
      resolve(text);
      socket.terminate();
    });
  });
}

describe('is refused before anything is executed, over HTTP and over WebSocket:', () => {
  test.each(named(ATTACKS))('%s', async (_, [, reason, query, variables]) => {
    const text = await post(query, variables);
    const answer = JSON.parse(text);
    const refusal = { extensions: { code: 'BAD_USER_INPUT', reason, traceId: expect.any(String) } };
    expect(answer.errors[0]).toMatchObject(refusal);
    expect('data' in answer).toBe(false);
    // An answer must not be a lever: never longer than a handful of clipped messages.
    expect(text.length).toBeLessThan(6_000);
    const message = JSON.parse(await say(query, variables));
    expect((message.type === 'error' ? message.payload : message.payload.errors)[0]).toMatchObject(refusal);
  });

  test.each(named(WIDE))('%s', async (_, [, reason, query, variables]) => {
    const [error] = JSON.parse(await post(query, variables)).errors;
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: expect.any(String), ...(reason === null ? {} : { reason }) });
  });

  test('and after all of them the gateway answers as before, with nothing written', async () => {
    const before = await rows();
    await Promise.all(ATTACKS.map(([, , query, variables]) => post(query, variables)));
    expect(await isWell()).toBe(true);
    expect(await rows()).toEqual(before);
  });
});

/** Bytes in use after a collection: heap, and buffers beside it. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') for (let n = 0; n < 3; n += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('repeating the attacks makes the process no larger', async () => {
  const round = () => Promise.all(ATTACKS.map(([, , query, variables]) => post(query, variables)));
  for (let n = 0; n < 2; n += 1) await round();
  const before = bytesInUse();
  for (let n = 0; n < 4; n += 1) await round();
  expect(bytesInUse() - before).toBeLessThan(30 * 1024 * 1024);
}, 120_000);

const HEAD = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const MUTATION = JSON.stringify({ query: 'mutation { createSession(input: {userId: "half"}) { id } }' });

describe('requests that never become whole', () => {
  test('keep nobody from being answered, and write nothing when they are cut', async () => {
    const before = await rows();
    const sockets = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write(`${HEAD}content-length: ${MUTATION.length}\r\n\r\n${MUTATION.slice(0, -1)}`);
    }
    expect(await isWell()).toBe(true);
    const gone = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of sockets) socket.resetAndDestroy();
    await Promise.all(gone);
    expect(await isWell()).toBe(true);
    expect(await rows()).toEqual(before);
  });

  test('are refused at 3 MiB when they say no length', async () => {
    const socket = connect(port, '127.0.0.1');
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.on('error', () => undefined);
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    for (let n = 0; n < 49; n += 1) socket.write(chunk);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 .*PAYLOAD_TOO_LARGE/s);
    socket.destroy();
  });

  test('are refused compressed, so that no bomb is unpacked', async () => {
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: Buffer.alloc(1_000) });
    expect(response.status).toBe(415);
    expect(JSON.parse(await response.text()).errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'UNSUPPORTED_ENCODING' });
  });
});
