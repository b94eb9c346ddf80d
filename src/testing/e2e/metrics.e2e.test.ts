import { JOB_NAMES } from '../../jobs/jobs';
import { request as httpRequest } from 'node:http';
import { METRICS, type MetricDeclaration } from '../../kernel/metrics';
import type { Gateway } from '../../gateway';
import { adminOf } from '../actors';
import { parseExposition, type Scrape } from '../exposition';
import { startTestGateway } from '../gateway';
import { startScriptedModel } from '../scripted-model';
import { createApiClient, type ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { follow } from './follower';
import { generate, hold, untilEnded } from './memories';
import { paraphrasingModel } from './paraphrasing-model';
import { seededRandom } from './random';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  const model = await startScriptedModel(paraphrasingModel(seededRandom(1)));
  gateway = await startTestGateway({ chat: { kind: 'openai', models: [{ baseUrl: model.url, apiKey: '', model: 'scripted' }], temperature: null, maxTokens: 4096, timeoutMs: 10_000 } });
  const { close } = gateway;
  gateway = { ...gateway, async close() { await close(); await model.close(); } };
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const read = (url: string, headers: Record<string, string> = {}) => fetch(`${url}/metrics`, { headers, signal: AbortSignal.timeout(10_000) });
const reasonOf = (text: string): unknown => JSON.parse(text).error.reason;
async function scrape(): Promise<Scrape> {
  const response = await read(gateway.url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return parseExposition(await response.text());
}

test('what is done through the API shows in the figures', async () => {
  const before = await scrape();
  const scope = { user_id: 'mara' };
  const sessionId = await hold(api, CONVERSATION, { userId: 'mara' });
  const follower = follow(gateway.url, 'subscription($id: ID!) { sessionEvents(sessionId: $id, after: "0") { cursor } }', { id: sessionId });
  await until('all events came', () => follower.items.length === CONVERSATION.length);
  const open = await scrape();
  await follower.close();
  await untilEnded(api, await generate(api, { sessionId }));
  await api.ask('query($scope: JSON!) { searchMemories(scope: $scope, query: "walnuts") { id } }', { scope });
  await api.ask('query($input: RecallInput!) { recall(input: $input) { hits { score } } }', { input: { scopes: [{ scope }], query: 'walnuts' } });
  const { context } = await api.ask('query($input: ContextInput!) { context(input: $input) { tokens } }', { input: { scopes: [{ scope }], query: 'walnuts' } });
  await api.refusal('{ noSuchField }');
  await api.refusal('mutation { deleteSession(id: "00000000-0000-7000-8000-000000000000") }');
  await fetch(`${gateway.url}/no/such/path`);
  const after = await until('the socket is closed and the last job settled', async () => {
    const now = await scrape();
    return now.value('contextiq_websockets_open') === 0 && now.sum('contextiq_jobs_total', { job: 'memory.embedding', outcome: 'done' }) > 0 ? now : null;
  });
  const grown = (name: string, labels: Record<string, string> = {}): number => after.sum(name, labels) - before.sum(name, labels);

  expect(grown('contextiq_http_requests_total', { route: '/graphql', method: 'POST', status: '200' })).toBeGreaterThan(5);
  expect(grown('contextiq_http_requests_total', { route: 'other', method: 'GET', status: '404' })).toBe(1);
  expect(grown('contextiq_http_request_duration_seconds_count', { route: '/graphql' })).toBeGreaterThan(5);
  expect(grown('contextiq_graphql_operations_total', { type: 'mutation', field: 'createSession', outcome: 'ok' })).toBe(1);
  expect(grown('contextiq_graphql_operations_total', { type: 'query', field: 'searchMemories', outcome: 'ok' })).toBe(1);
  expect(grown('contextiq_graphql_operations_total', { type: 'mutation', field: 'deleteSession', outcome: 'NOT_FOUND' })).toBe(1);
  expect(grown('contextiq_graphql_operations_total', { type: 'unknown', field: 'none', outcome: 'BAD_USER_INPUT' })).toBe(1);
  expect(grown('contextiq_errors_total', { door: 'graphql', code: 'NOT_FOUND' })).toBe(1);
  expect(grown('contextiq_errors_total', { door: 'graphql', code: 'BAD_USER_INPUT' })).toBe(1);
  expect(grown('contextiq_errors_total', { door: 'http', code: 'NOT_FOUND' })).toBe(1);
  expect(open.value('contextiq_websockets_open')).toBe(1);
  expect(open.value('contextiq_subscriptions_open', { field: 'sessionEvents' })).toBe(1);
  expect(grown('contextiq_subscription_items_total', { field: 'sessionEvents' })).toBe(CONVERSATION.length);
  expect(grown('contextiq_subscriptions_closed_total', { field: 'sessionEvents', reason: 'client' })).toBe(1);
  expect(after.value('contextiq_subscriptions_open', { field: 'sessionEvents' })).toBe(0);
  expect(grown('contextiq_append_flush_events_sum')).toBe(CONVERSATION.length);
  for (const kind of ['searchMemories', 'recall', 'context']) expect(grown('contextiq_search_duration_seconds_count', { kind, outcome: 'ok' })).toBe(1);
  expect(grown('contextiq_context_tokens_sum')).toBe(context.tokens);
  for (const job of ['memory.generation', 'memory.consolidation', 'memory.embedding']) expect(grown('contextiq_jobs_total', { job, outcome: 'done' })).toBeGreaterThan(0);
  expect(grown('contextiq_candidates_total')).toBe(5);
  expect(grown('contextiq_generations_finished_total', { status: 'COMPLETED' })).toBe(1);
  expect(grown('contextiq_model_calls_total', { model: after.values('contextiq_model_calls_total', 'model')[0] ?? '', outcome: 'ok' })).toBeGreaterThan(0);
  expect(grown('contextiq_model_tokens_total', { kind: 'prompt' })).toBeGreaterThan(0);
  expect(grown('contextiq_embedding_texts_total', { source: 'embedder' })).toBeGreaterThan(0);
  expect(after.values('contextiq_queue_jobs', 'queue')).toEqual(JOB_NAMES.toSorted());
  expect(after.sum('contextiq_database_connections')).toBeGreaterThan(0);
  expect(after.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(after.samples.has('nodejs_eventloop_lag_p99_seconds{}')).toBe(true);
}, 60_000);

test('a scrape holds every declared metric under its type', async () => {
  const { types } = await scrape();
  for (const [name, { type }] of Object.entries<MetricDeclaration>(METRICS)) expect([name, types.get(name)]).toEqual([name, type]);
});

test('no name, path, method or value of a caller becomes a label', async () => {
  const hostile = (n: number): string => `h0st1le${n}`;
  for (let n = 0; n < 60; n += 1) {
    await api.send(`query ${hostile(n)} { ${hostile(n)}: __typename ...f } fragment f on Query { ${hostile(n)}a: version }`);
    await api.send(`query ${hostile(n)} { ${hostile(n)} }`);
    await api.send(`query { session(id: "${hostile(n)}") { id } }`);
    await fetch(`${gateway.url}/${hostile(n)}?${hostile(n)}`, { headers: { traceparent: hostile(n) } });
    await fetch(`${gateway.url}/graphiql/${hostile(n)}`);
  }
  await raw('M-SEARCH', '/graphql');
  const after = await scrape();
  expect([...after.samples.keys()].filter((key) => key.includes('h0st1le'))).toEqual([]);
  expect(after.values('contextiq_graphql_operations_total', 'field')).toEqual(expect.arrayContaining(['none', 'session', 'several']));
  expect(after.values('contextiq_http_requests_total', 'method')).toEqual(['GET', 'POST', 'other']);
  for (const route of after.values('contextiq_http_requests_total', 'route')) expect(['/', '/graphql', '/graphiql', '/metrics', 'other']).toContain(route);
});

test('with keys only the token opens the figures: no API key does, whatever its role', async () => {
  const keyed = await startTestGateway({ auth: { kind: 'keys' }, metrics: { kind: 'on', token: 'scraper-token-0123456789' } });
  try {
    const { text } = await keyed.composition.app.access.createKey(adminOf('default'), { name: 'admin', roles: ['admin'] });
    for (const headers of [{}, { authorization: `Bearer ${text}` }, { authorization: 'Bearer scraper-token-012345678' }, { 'x-api-key': 'scraper-token-0123456789' }]) {
      const refused = await read(keyed.url, headers);
      expect([refused.status, reasonOf(await refused.text()), refused.headers.get('www-authenticate')]).toEqual([401, 'METRICS_TOKEN_REQUIRED', 'Bearer']);
    }
    const shown = await read(keyed.url, { authorization: 'Bearer scraper-token-0123456789' });
    expect([shown.status, parseExposition(await shown.text()).value('contextiq_websockets_open')]).toEqual([200, 0]);
  } finally {
    await keyed.close();
  }
});

test('with keys and without a token nobody reads them; switched off they are not there', async () => {
  const [closed, off] = await Promise.all([startTestGateway({ auth: { kind: 'keys' } }), startTestGateway({ metrics: { kind: 'off' } })]);
  try {
    const refused = await read(closed.url);
    expect([refused.status, reasonOf(await refused.text())]).toEqual([403, 'METRICS_TOKEN_UNSET']);
    expect((await read(off.url)).status).toBe(404);
  } finally {
    await closed.close();
    await off.close();
  }
});

/** fetch knows only the methods of browsers. */
const raw = (method: string, path: string): Promise<void> => new Promise((resolve, reject) => {
  httpRequest(`${gateway.url}${path}`, { method }, (response) => { response.resume().once('end', resolve); }).once('error', reject).end();
});
