import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBodies } from '../../compose/objects';
import { parseConfig } from '../../config/schema';
import type { Gateway } from '../../gateway';
import { planned } from '../../storage/sql';
import { parseExposition } from '../exposition';
import { startTestGateway } from '../gateway';
import { createApiClient, type ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { dataOf, follow } from './follower';
import { eventsOf, generate, hold, memoriesOf, untilEnded } from './memories';
import { until } from './until';

const DAYS = 30;
let directory: string;
let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'contextiq-objects-')), 'objects');
  gateway = await startTestGateway({ database: { kind: 'pglite', dataDir: null }, objects: { kind: 'files', directory }, payloadInlineBytes: 1000, archiveAfterDays: DAYS });
  api = createApiClient(gateway.url);
});
afterAll(async () => {
  await gateway.close();
  await rm(join(directory, '..'), { recursive: true });
});

const LONG = 'and so on '.repeat(500);
const scope = { user_id: 'mara' };
const READ = `query($id: ID!) { session(id: $id) { lastSeq state stateBefore: stateAt(seq: 3) events(last: 200) { id seq content { text } actions { stateDelta } } } }`;
const RECALL = 'query($scope: JSON!) { recall(input: { scopes: [{ scope: $scope }], query: "Where does Mara live?", kinds: [EVENT] }) { hits { score event { seq content { text } } } } }';
const ready = async () => (await fetch(`${gateway.url}/readyz`)).json();

async function archive(sessionId: string): Promise<void> {
  const { platform, maintenance } = gateway.composition;
  await platform.database.query(planned('test', `update sessions set updated_at = now() - interval '${DAYS + 1} days' where id = $1`), [sessionId]);
  await maintenance?.sweep();
}

test('an archived session is read by query, page, subscription and recall as before, and memories are made of it', async () => {
  const id = await hold(api, CONVERSATION, { userId: 'mara', scope });
  await api.ask('mutation($id: ID!, $text: String!) { appendEvent(sessionId: $id, event: { author: USER, text: $text }) { id } }', { id, text: LONG });
  const before = [await api.ask(READ, { id }), await eventsOf(api, id), await api.ask(RECALL, { scope })];
  await archive(id);
  const left = await gateway.composition.platform.database.query(planned('test', 'select from events where session_id = $1 and body is null'), [id]);
  expect(left).toEqual([]);
  expect([await api.ask(READ, { id }), await eventsOf(api, id), await api.ask(RECALL, { scope })]).toEqual(before);

  const follower = follow(gateway.url, 'subscription($id: ID!) { sessionEvents(sessionId: $id, after: "2") { cursor event { seq content { text } } } }', { id });
  await until('the archived events came', () => follower.items.length === CONVERSATION.length - 1);
  await api.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: { author: USER, text: "I am back." }) { id } }', { id });
  await until('the new one too', () => follower.items.length === CONVERSATION.length);
  expect(dataOf(follower, 'sessionEvents').map(({ cursor }) => Number(cursor))).toEqual(CONVERSATION.map((_, index) => index + 3));
  await follower.close();

  expect(await untilEnded(api, await generate(api, { sessionId: id }))).toMatchObject({ status: 'COMPLETED' });
  expect((await memoriesOf(api, scope)).length).toBeGreaterThan(5);
});

test('while the store is away /readyz and the figures say so, what needs it is UNAVAILABLE with the reason, and the rest goes on', async () => {
  const archived = await hold(api, CONVERSATION, { userId: 'u' });
  await archive(archived);
  const live = await hold(api, CONVERSATION.slice(0, 3), { userId: 'u' });
  expect(await ready()).toMatchObject({ ready: true, components: { objects: { state: 'up' } } });
  const append = 'mutation($id: ID!, $text: String!) { appendEvent(sessionId: $id, event: { author: USER, text: $text }) { seq } }';

  await rename(directory, `${directory}.away`);
  const refusal = { extensions: { code: 'UNAVAILABLE', reason: 'OBJECTS_UNAVAILABLE', retryAfterMs: 5000 } };
  expect(await api.refusal(append, { id: live, text: `${LONG}!` })).toMatchObject(refusal);
  expect(await api.refusal('query($id: ID!) { session(id: $id) { events(last: 1) { id } } }', { id: archived })).toMatchObject(refusal);
  expect(await ready()).toMatchObject({ ready: true, components: { objects: { state: 'degraded', detail: expect.stringContaining('does not answer') } } });
  expect(await api.ask(append, { id: live, text: 'short' })).toEqual({ appendEvent: { seq: 4 } });
  expect((await api.ask(READ, { id: live })).session.events).toHaveLength(4);
  const { recall } = await api.ask('query($scope: JSON!) { recall(input: { scopes: [{ scope: $scope }], query: "Where does Mara live?", kinds: [EVENT] }) { degraded hits { event { sessionId } } } }', { scope: { user_id: 'u' } });
  expect(recall.degraded).toEqual(['OBJECTS']);
  expect(new Set(recall.hits.map((hit: { event: { sessionId: string } }) => hit.event.sessionId))).toEqual(new Set([live]));
  await rename(`${directory}.away`, directory);

  await until('it is read again', async () => (await api.send(READ, { id: archived })).body.data?.session?.events?.length === CONVERSATION.length);
  expect(await ready()).toMatchObject({ components: { objects: { state: 'up' } } });
  const figures = parseExposition(await (await fetch(`${gateway.url}/metrics`)).text());
  expect(figures.sum('contextiq_object_operations_total', { operation: 'put', outcome: 'UNAVAILABLE' })).toBeGreaterThan(0);
  expect(figures.sum('contextiq_object_operations_total', { operation: 'get', outcome: 'ok' })).toBeGreaterThan(0);
  expect(figures.sum('contextiq_archived_events_total')).toBeGreaterThan(CONVERSATION.length);
});

test('a folder that cannot be used keeps the gateway from starting, with the name of the variable', async () => {
  const wrong = parseConfig({ CONTEXTIQ_DATA_DIR: '/dev/null/data' });
  await expect(openBodies(wrong)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('CONTEXTIQ_DATA_DIR: /dev/null/data/objects'), details: { reason: 'OBJECTS_UNUSABLE' } });
});
