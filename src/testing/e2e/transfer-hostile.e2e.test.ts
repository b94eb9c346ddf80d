import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';
import { memoriesOf, newSession } from './memories';
import { bringIn, created, importOf, jsonLines, openImport, takeOut } from './transfers';
import { until } from './until';

let gateway: Gateway;
let tenants = 0;
beforeAll(async () => { gateway = await startTestGateway({ auth: { kind: 'keys' } }); }, 60_000);
afterAll(() => gateway.close());

const newTenant = (): Promise<ApiClient> => keyedClient(gateway, `hostile-${(tenants += 1)}`);

const AT = '2025-01-01T00:00:00Z';
const id = (n: number): string => `0190a5b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const memory = (n: number, fact: string, more: object = {}) => ({
  record: 'memory', id: id(n), bankId: 'default', scope: { user_id: 'u' }, fact, topics: [], confidence: 1, subject: null, attribute: null, value: null, exclusive: false, validFrom: null, validTo: null,
  sessionId: null, eventIds: [], evidenceCount: 1, statedAt: AT, metadata: {}, revision: 1, supersededBy: null, supersededAt: null, createdAt: AT, updatedAt: AT, expiresAt: null, ...more,
});
const revision = (n: number, number: number, fact: string) => ({
  record: 'memoryRevision', memoryId: id(n), revision: number, action: number === 1 ? 'CREATED' : 'UPDATED', fact,
  snapshot: { topics: [], confidence: 1, validFrom: null, validTo: null, metadata: {}, eventIds: [] }, reason: null, principalId: 'p', generationId: null, candidates: [], createdAt: AT, expiresAt: null,
});
const bank = (name: string, config: object) => ({ record: 'bank', id: name, config, createdAt: AT, updatedAt: AT });
const session = (n: number, more: object = {}) => ({ record: 'session', id: id(n), userId: 'u', agentId: null, parentId: null, rootId: null, ancestors: [], scope: { user_id: 'u' }, initialState: {}, metadata: {}, version: 1, createdAt: AT, updatedAt: AT, expiresAt: null, ...more });
const event = (n: number, of: number, seq: number, more: object = {}) => ({ record: 'event', id: id(n), sessionId: id(of), seq, author: 'USER', authorName: null, invocationId: null, content: [{ type: 'text', text: `turn ${seq}` }], actions: {}, metadata: {}, occurredAt: AT, createdAt: AT, ...more });

const wide = (chars: number): string => Array.from({ length: chars }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7919 + index * index * 31) % 20_000))).join('');
const lineOfKey = (key: string): string => JSON.stringify({ ...memory(1, 'Odd.'), [key]: 1 });

describe('one hostile line is told, and the rest goes on', () => {
  test.each<[string, string]>([
    ['a key with a NUL', lineOfKey('a\u0000b')],
    ['a key with half a surrogate pair', lineOfKey('a\ud800b')],
    ['a key of a hundred thousand characters', lineOfKey('k'.repeat(100_000))],
    ['__proto__ as a key', `{"record":"memory","__proto__":{"id":"x"}}`],
    ['a kind of the prototype', '{"record":"constructor"}'],
    ['a bank with a NUL in what it does not know', JSON.stringify(bank('odd', { color: 'a\u0000b' }))],
    ['a bank with a key that holds a NUL', JSON.stringify(bank('odd', { 'a\u0000': 1 }))],
    ['a bank with NULs in its settings', JSON.stringify(bank('odd', { instructions: 'a\u0000b' }))],
    ['a bank with NULs in its topics', JSON.stringify(bank('odd', { customTopics: [{ name: 'topic', description: 'a\u0000b' }] }))],
    ['a bank with NULs in its examples', JSON.stringify(bank('odd', { examples: [{ conversation: 'x', facts: ['\u0000'] }] }))],
    ['a bank with NULs in scope keys', JSON.stringify(bank('odd', { allowedScopeKeys: ['\ud800'] }))],
    ['a number beyond any', JSON.stringify(memory(1, 'Odd.')).replace('"confidence":1', '"confidence":1e999')],
    ['a seq beyond a bigint', JSON.stringify(event(1, 2, 1)).replace('"seq":1', '"seq":1e300')],
    ['nesting', `{"record":"memory","metadata":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['metadata that nests', JSON.stringify(memory(1, 'Odd.')).replace('"metadata":{}', `"metadata":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)],
    ['a parent that is not there', JSON.stringify(session(1, { parentId: id(77), rootId: id(78), ancestors: [id(79)] }))],
    ['a sender and message id that fill a page', JSON.stringify({ record: 'a2aMessage', id: id(1), sender: wide(600), messageId: wide(256), bodyHash: `\\x${'a'.repeat(64)}`, sessionId: id(2), seq: 1, taskId: null, kind: 'NOTIFICATION', fromAgent: null, toAgent: null, invocationId: null, parts: [], metadata: {}, createdAt: AT })],
    ['the earliest time', JSON.stringify(memory(1, 'Odd.', { createdAt: '0001-01-01T00:00:00+15:00', updatedAt: '0001-01-01T00:00:00+15:00' }))],
    ['the latest time', JSON.stringify(memory(1, 'Odd.', { createdAt: '9999-12-31T23:59:59-15:00', updatedAt: '9999-12-31T23:59:59-15:00' }))],
    ['a time of endless precision', JSON.stringify(memory(1, 'Odd.', { createdAt: `2025-01-01T00:00:00.${'0'.repeat(5000)}Z` }))],
    ['versions that no other can follow', jsonLines(session(4, { version: 9_007_199_254_740_991 }), { record: 'summary', sessionId: id(4), revision: 2_147_483_647, fromSeq: 9_007_199_254_740_991, toSeq: 9_007_199_254_740_991, points: [], tokens: 2_147_483_647, writer: 'w', createdAt: AT }).trimEnd()],
    ['a revision that none can follow', JSON.stringify(memory(1, 'Odd.', { revision: 2_147_483_647 }))],
    ['a patch of __proto__', JSON.stringify(session(3, {})).replace('"initialState":{}', '"initialState":{"__proto__":{"a":1},"user:x":1,"temp:y":2}')],
    ['a preference of everyone with an owner', JSON.stringify({ record: 'preference', kind: 'app', owner: 'x'.repeat(256), state: { a: 1 }, version: 9_007_199_254_740_991, updatedAt: AT })],
    ['an event that points outside', JSON.stringify(event(5, 2, 1, { body: '../../secret' }))],
  ])('%s', async (_, line) => {
    const api = await newTenant();
    const report = await bringIn(api, `${jsonLines(session(2))}${line}\n${jsonLines(memory(50, 'Kept.'))}`);
    expect([report.status, report.error]).toEqual(['COMPLETED', null]);
    expect(JSON.stringify(report).length).toBeLessThan(4000);
    expect((await memoriesOf(api, { user_id: 'u' })).map(({ fact }: { fact: string }) => fact)).toContain('Kept.');
    const out = await takeOut(api);
    expect((await bringIn(await newTenant(), out)).problems).toEqual([]);
  }, 30_000);
});

test('a later export does not break the history of a memory that is there', async () => {
  const api = await newTenant();
  await bringIn(api, jsonLines(memory(1, 'One.'), revision(1, 1, 'One.')));
  const report = await bringIn(api, jsonLines(memory(1, 'Three.', { revision: 3 }), revision(1, 1, 'One.'), revision(1, 2, 'Two.'), revision(1, 3, 'Three.')));
  await api.ask('mutation($id: ID!) { updateMemory(id: $id, input: {fact: "Changed here."}) { id } }', { id: id(1) });
  const { memory: read } = await api.ask('query($id: ID!) { memory(id: $id) { fact revisions { revision fact } } }', { id: id(1) });
  expect(report.problems.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual([['revision', 'REVISION_AHEAD'], ['revision', 'REVISION_AHEAD']]);
  expect(read).toEqual({ fact: 'Changed here.', revisions: [{ revision: 2, fact: 'Changed here.' }, { revision: 1, fact: 'One.' }] });
});

test('events come in beside live appends without a gap', async () => {
  const api = await newTenant();
  await bringIn(api, jsonLines(session(1)));
  const events = Array.from({ length: 300 }, (_, index) => event(1000 + index, 1, index + 1));
  const appends = (async () => { for (let n = 0; n < 30; n += 1) await api.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: {author: USER, text: "live"}) { seq } }', { id: id(1) }); })();
  const report = await bringIn(api, jsonLines(...events));
  await appends;
  const { session: read } = await api.ask('query($id: ID!) { session(id: $id) { lastSeq eventsConnection(first: 200) { nodes { seq } } } }', { id: id(1) });
  expect(read.lastSeq).toBe(30 + (created(report)['event'] ?? 0));
  expect(read.eventsConnection.nodes.map(({ seq }: { seq: number }) => seq)).toEqual(Array.from({ length: Math.min(200, read.lastSeq) }, (_, index) => index + 1));
});

test('what a canceled import has written to a tree of sessions is read with the tree', async () => {
  const api = await newTenant();
  const tree = [session(1), session(2, { parentId: id(1), rootId: id(1), ancestors: [id(1)] })];
  const data = jsonLines(...tree, ...Array.from({ length: 3000 }, (_, index) => event(1000 + index, 2, index + 1)));
  const { id: job } = await openImport(api, { data, isComplete: true });
  await until('it is under way', async () => (await importOf(api, job)).done > 200);
  await api.ask('mutation($id: ID!) { cancelImport(id: $id) { status } }', { id: job });
  const { session: child } = await api.ask('query($id: ID!) { session(id: $id) { lastSeq } }', { id: id(2) });
  expect(child.lastSeq).toBeGreaterThan(0);
  await until('its events have their places', async () => {
    const { session: root } = await api.ask('query($id: ID!) { session(id: $id) { treeEventsConnection(first: 200) { nodes { seq } } } }', { id: id(1) });
    return root.treeEventsConnection.nodes.length === Math.min(200, child.lastSeq);
  });
}, 30_000);

test('a session that came alone becomes the top of the tree that a later export has below it', async () => {
  const api = await newTenant();
  await bringIn(api, jsonLines(session(1), event(100, 1, 1)));
  const below = session(2, { parentId: id(1), rootId: id(1), ancestors: [id(1)] });
  await bringIn(api, jsonLines(session(1, { rootId: id(1) }), below, event(100, 1, 1), event(101, 2, 1)));
  const { sessionsConnection } = await api.ask('query($id: ID!) { sessionsConnection(ancestorId: $id) { nodes { id } } }', { id: id(1) });
  expect(sessionsConnection.nodes).toEqual([{ id: id(2) }]);
  const { session: top } = await api.ask('query($id: ID!) { session(id: $id) { treeEventsConnection { nodes { sessionId seq } } } }', { id: id(1) });
  const said = top.treeEventsConnection.nodes.map(({ sessionId }: { sessionId: string }) => sessionId);
  expect(said.sort()).toEqual([id(1), id(2)]);
});

test('a mapping with a NUL is refused', async () => {
  const api = await newTenant();
  const { extensions } = await api.refusal('mutation($input: ImportDataInput!) { importData(input: $input) { id } }', { input: { format: 'ROWS', data: 'x', scope: { user_id: 'u' }, mapping: { as: 'memory', columns: { text: 'a\u0000b' } } } });
  expect([extensions.code, extensions.field]).toEqual(['BAD_USER_INPUT', 'input.mapping']);
});

describe('an agent file', () => {
  const file = (agents: number, value: string) =>
    JSON.stringify({ agents: Array.from({ length: agents }, (_, index) => ({ name: `agent ${index}`, block_ids: ['b'], messages: [] })), blocks: [{ id: 'b', label: 'human', value }] });

  test('loses nothing of a line that has no words to cut it between', async () => {
    const api = await newTenant();
    const line = wide(4500);
    await bringIn(api, file(1, `${line}\n${'x'.repeat(200_000)}\n${'Two words '.repeat(300)}`), { format: 'LETTA', scope: { user_id: 'u' } });
    const facts: string[] = (await memoriesOf(api, { user_id: 'u' })).map(({ fact }: { fact: string }) => fact);
    expect(['x', 'Two words ', line].map((_, index) => facts.filter((fact) => (index === 0 ? fact.startsWith('x') : index === 1 ? fact.startsWith('Two') : line.includes(fact))).join('').length)).toEqual([2000, 2998, 4500]);
  });

  test('that names more than it holds is refused', async () => {
    const api = await newTenant();
    const report = await bringIn(api, file(2000, Array.from({ length: 2000 }, (_, index) => `Line ${index}.`).join('\n')), { format: 'LETTA', scope: { user_id: 'u' } });
    expect([report.status, report.problems.map(({ code }: { code: string }) => code)]).toEqual(['COMPLETED', ['TOO_MANY_RECORDS']]);
  });
});

describe('an export', () => {
  test('holds preferences that changed after it began', async () => {
    const api = await newTenant();
    await api.ask('mutation { patchPreferences(input: {agentId: "guide", patch: {tone: "calm"}}) { version } }');
    const session = await newSession(api, { userId: 'u' });
    const moment = JSON.stringify(['preference', new Date(Date.now() - 60_000).toISOString(), 'null']);
    const { exportTenant } = await api.ask('query($after: String) { exportTenant(after: $after) { text } }', { after: Buffer.from(moment).toString('base64url') });
    expect([exportTenant.text.includes('calm'), exportTenant.text.includes(session)]).toEqual([true, false]);
  });

  test('holds what bears a time that is yet to come', async () => {
    const api = await newTenant();
    await bringIn(api, jsonLines(memory(1, 'From the future.', { createdAt: '2999-01-01T00:00:00Z', updatedAt: '2999-01-01T00:00:00Z' })));
    expect(await takeOut(api)).toContain('From the future.');
  });
});
