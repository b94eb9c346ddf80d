import type { Gateway } from '../../gateway';
import { newId } from '../../kernel/ids';
import { planned } from '../../storage/sql';
import { startTestGateway } from '../gateway';
import { answer, newAgent, send } from './agents';
import type { ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { keyedClient } from './keyed-client';
import { eventsOf, generate, hold, memoriesOf, newSession, untilEnded } from './memories';
import { procedures, use } from './procedures';
import { addPart, bringIn, created, importOf, jsonLines, openImport, takeOut, untilOver } from './transfers';
import { until } from './until';

let gateway: Gateway;
let tenants = 0;
beforeAll(async () => { gateway = await startTestGateway({ auth: { kind: 'keys' }, payloadInlineBytes: 2000 }); }, 60_000);
afterAll(() => gateway.close());

const sql = (text: string, values: readonly unknown[] = []) => gateway.composition.platform.database.query<Record<string, unknown>>(planned('test.transfer', text), values);

async function newTenant(): Promise<{ tenant: string; api: ApiClient; key(limits: readonly object[], roles?: readonly ('admin' | 'writer')[]): Promise<ApiClient> }> {
  const tenant = `transfer-${(tenants += 1)}`;
  const key = (limits: readonly object[], roles?: readonly ('admin' | 'writer')[]): Promise<ApiClient> => keyedClient(gateway, tenant, limits, roles);
  return { tenant, api: await key([]), key };
}

/** Rows of a tenant, table by table; what only waits for work is left out. */
async function rowsOf(tenant: string): Promise<unknown> {
  const tables = (await sql(`select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id' order by 1`)).map(({ name }) => String(name));
  const kept = tables.filter((name) => !['jobs', 'imports', 'import_parts', 'idempotency_keys', 'leases', 'api_keys'].includes(name));
  return sql(kept.map((name) => `select '${name}' as name, count(*)::int as rows, md5(coalesce(string_agg(t::text, '' order by t::text), '')) as content from "${name}" t where tenant_id = $1`).join(' union all '), [tenant]);
}

const quiet = (tenant: string) => until('its jobs are done', async () => {
  const [row] = await sql(`select (select count(*) from jobs where tenant_id = $1 and dead_at is null)::int + (select count(*) from feed_items where tenant_id = $1 and position is null)::int
    + (select count(*) from tree_appends where tenant_id = $1 and position is null)::int as n`, [tenant]);
  return row?.['n'] === 0;
});

/** A tenant with something of everything. */
async function furnished() {
  const { tenant, api, key } = await newTenant();
  const scope = { user_id: 'mara' };
  await api.ask('mutation { saveMemoryBank(input: {id: "work", instructions: "Only work.", allowedScopeKeys: ["user_id"]}) { id } }');
  const session = await hold(api, CONVERSATION, { userId: 'mara', agentId: 'guide', state: { trip: 'Porto', 'user:language': 'English', 'app:motto': 'Onwards' }, metadata: { channel: 'web' } });
  await api.ask('mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }', { id: session, event: { author: 'TOOL', text: 'x'.repeat(5000), actions: { stateDelta: { trip: null, city: 'Lisbon', 'user:seen': 1 } } } });
  const child = await newSession(api, { userId: 'mara', parentId: session, handDown: ['city'] });
  await api.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: {author: AGENT, text: "Below."}) { id } }', { id: child });
  await untilEnded(api, await generate(api, { sessionId: session }));
  const { createMemory } = await api.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, bankId: "work", fact: "Mara carves scrolls.", topics: ["craft"], metadata: {a: [1]}, validFrom: "2024-01-01T00:00:00Z"}) { id } }');
  await api.ask('mutation($id: ID!) { updateMemory(id: $id, input: {fact: "Mara carves violin scrolls.", reason: "precise"}) { id } }', { id: createMemory.id });
  const gone = (await api.ask('mutation { createMemory(input: {scope: {user_id: "mara"}, fact: "Mara hides walnuts."}) { id } }')).createMemory.id;
  await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id: gone });
  const add = 'mutation($input: AddDocumentInput!) { addDocument(input: $input) { document { id } } }';
  await api.ask(add, { input: { scope, title: 'Guide', content: '# Lisbon\n\nTrams climb.\n\n## Food\n\nCustard tarts.' } });
  const { addDocument } = await api.ask(add, { input: { scope, title: 'Guide', content: '# Lisbon\n\nTrams climb.\n\n## Food\n\nGrilled sardines.' } });
  await api.ask('mutation { patchPreferences(input: {agentId: "guide", patch: {tone: "calm"}}) { version } }');
  const workflow = (await procedures.workflow(api, scope)).id;
  await api.ask('mutation($id: ID!) { updateWorkflow(id: $id, input: {description: "How it is done."}) { id } }', { id: workflow });
  await use(api, workflow, { sessionId: session });
  await procedures.skill(api, scope);
  await procedures.trajectory(api, scope, { sessionId: session });
  const agent = await newAgent(api, 'squirrel');
  const { taskId } = await send(api, { sessionId: session, toAgentId: agent, parts: [{ text: 'Where to?' }] });
  await answer(api, taskId, 'Upwards.');
  await quiet(tenant);
  return { tenant, api, key, scope, session, child, memory: createMemory.id, document: addDocument.document.id, workflow, agent, taskId };
}

/** A session counts its batches of imported events as appends, so its version goes on. */
const comparable = (text: string): unknown[] => text.trimEnd().split('\n').map((line) => {
  const { version, ...record } = JSON.parse(line);
  return record.record === 'session' ? record : { ...record, version };
});

const STORY = `query($session: ID!, $child: ID!, $memory: ID!, $document: ID!, $workflow: ID!, $task: ID!) {
  session(id: $session) { userId agentId scope state metadata lastSeq createdAt children { id state } messages { kind parts { text } task { state } } workflowsUsed { name usageCount successRate }
    treeEventsConnection { nodes { sessionId seq } } events(last: 5) { id seq content { text } createdAt } stateAt(seq: 31) memories(limit: 200) { id fact } }
  child: session(id: $child) { parentId depth state }
  memory(id: $memory) { fact bankId topics metadata validFrom createdAt revisions { revision action fact reason createdAt } }
  document(id: $document) { title version contentHash passagesConnection { nodes { id text headings start end } } versions { version keptCount } }
  workflow(id: $workflow) { name description revision usageCount revisions { revision action } }
  a2aTask(id: $task) { state response { parts { text } } messages { kind } }
  preferences(agentId: "guide") { values }
  memoryBank(id: "work") { instructions allowedScopeKeys }
  memories(scope: {user_id: "mara"}, includeSuperseded: true, limit: 200) { id fact supersededBy confidence evidenceCount eventIds }
}`;

let home: Awaited<ReturnType<typeof furnished>>;
let text: string;
beforeAll(async () => {
  home = await furnished();
  text = await takeOut(home.api);
}, 120_000);

describe('what a tenant has, taken out and brought into an empty tenant', () => {
  it('is the same in every answer, with its ids, and again changes nothing', async () => {
    const away = await newTenant();
    const ids = { session: home.session, child: home.child, memory: home.memory, document: home.document, workflow: home.workflow, task: home.taskId };
    const report = await bringIn(away.api, text);
    expect([report.status, report.problems, report.error, report.progress]).toEqual(['COMPLETED', [], null, 1]);
    await quiet(away.tenant);
    expect(await away.api.ask(STORY, ids)).toEqual(await home.api.ask(STORY, ids));
    expect(comparable(await takeOut(away.api))).toEqual(comparable(text));
    expect(await eventsOf(away.api, home.session)).toEqual(await eventsOf(home.api, home.session));
    const found = (api: ApiClient) => api.ask('{ recall(input: {scopes: [{scope: {user_id: "mara"}}], query: "sardines in Lisbon", kinds: [MEMORY, EVENT, DOCUMENT]}) { hits { kind memory { id } event { id } passage { id } } } searchProcedures(scope: {user_id: "mara"}, query: "refund") { hits { kind } } }');
    expect(await found(away.api)).toEqual(await found(home.api));

    const before = await rowsOf(away.tenant);
    const again = await bringIn(away.api, text);
    expect([again.status, again.problems, Object.values(created(again)).every((n) => n === 0)]).toEqual(['COMPLETED', [], true]);
    await quiet(away.tenant);
    expect(await rowsOf(away.tenant)).toEqual(before);
    // And the session goes on: nothing of it is closed.
    const { appendEvent } = await away.api.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: {author: USER, text: "Back again."}) { seq } }', { id: home.session });
    const { session }: { session: { lastSeq: number } } = await home.api.ask('query($id: ID!) { session(id: $id) { lastSeq } }', { id: home.session });
    expect(appendEvent.seq).toBe(session.lastSeq + 1);
  }, 120_000);

  it('holds every kind, and nothing that was deleted or is another tenant’s', () => {
    const kinds = new Set(comparable(text).map((line) => (line as { record: string }).record));
    expect([...kinds].sort()).toEqual(['a2aMessage', 'a2aTask', 'agent', 'bank', 'document', 'event', 'memory', 'memoryRevision', 'preference', 'procedure', 'procedureRevision', 'procedureUse', 'session', 'summary']);
    expect([text.includes('hides walnuts'), text.includes('x'.repeat(5000))]).toEqual([false, true]);
  });

  it('goes on after a break where the last page ended, in pages of whole lines', async () => {
    const kinds = ['memory', 'session'];
    const whole = await takeOut(home.api, kinds);
    const [first = ''] = whole.split('\n');
    expect(JSON.parse(first)).toMatchObject({ record: 'session' });
    const { exportTenant } = await home.api.ask('query { exportTenant(kinds: ["memory", "session"]) { counts { kind count } next } }');
    expect(exportTenant.counts.map(({ kind }: { kind: string }) => kind)).toEqual(['session', 'memory']);
    const big = await newTenant();
    const session = await newSession(big.api, { userId: 'u' });
    for (let index = 0; index < 6; index += 1) {
      await big.api.ask('mutation($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id } }', { id: session, events: [{ author: 'USER', text: `${index} ${'y'.repeat(240_000)}` }] });
    }
    const page = async (after: string | null) => (await big.api.ask('query($after: String) { exportTenant(after: $after) { text next } }', { after })).exportTenant;
    const one: { text: string; next: string } = await page(null);
    // What comes in meanwhile is left for the next export.
    await big.api.ask('mutation($id: ID!) { appendEvent(sessionId: $id, event: {author: USER, text: "late"}) { id } }', { id: session });
    const two: { text: string; next: string | null } = await page(one.next);
    expect([one.text.endsWith('\n'), two.next, two.text === (await page(one.next)).text, two.text.includes('late')]).toEqual([true, null, true, false]);
    expect(comparable(one.text + two.text).filter((line) => (line as { record: string }).record === 'event')).toHaveLength(6);
  }, 60_000);
});

describe('a dry run', () => {
  it('tells what the import then does, and writes nothing', async () => {
    const { tenant, api } = await newTenant();
    const before = await rowsOf(tenant);
    const told = await bringIn(api, text, { dryRun: true }, 20_000);
    expect([told.status, told.problems]).toEqual(['COMPLETED', []]);
    expect(await rowsOf(tenant)).toEqual(before);
    const done = await bringIn(api, text, {}, 20_000);
    expect(done.counts).toEqual(told.counts);
  }, 60_000);
});

describe('what cannot be taken', () => {
  const memory = (key: string, fact: string, more: object = {}) => ({
    record: 'memory', id: key, bankId: 'default', scope: { user_id: 'u' }, fact, topics: [], confidence: 1, subject: null, attribute: null, value: null, exclusive: false, validFrom: null, validTo: null,
    sessionId: null, eventIds: [], evidenceCount: 1, statedAt: '2025-01-01T00:00:00Z', metadata: {}, revision: 1, supersededBy: null, supersededAt: null,
    createdAt: '2025-01-01T00:00:00Z', updatedAt: '2025-01-01T00:00:00Z', expiresAt: null, ...more,
  });
  const id = (n: number): string => `0190a5b0-0000-7000-8000-${String(n).padStart(12, '0')}`;

  it('is told by line, field and code, and the rest goes on', async () => {
    const { api } = await newTenant();
    const data = [
      jsonLines(memory(id(1), 'Kept.')), '{"record": "memory", \n', jsonLines({ record: 'ghost' }, memory(id(2), 'No pool.', { scope: {} }), memory(id(3), 'No bank.', { bankId: 'nowhere' }), memory(id(4), '\u0000'),
        memory(id(5), 'kept'), memory(id(6), 'When?', { createdAt: '0000-01-01T00:00:00Z' }), memory(id(7), 'Kept too.'), memory('x', 'No id.'), memory(id(8), 'Extra.', { color: 'red' }),
        { record: 'memoryRevision', memoryId: id(99), revision: 1, action: 'CREATED', fact: 'x', snapshot: { topics: [], confidence: 1, validFrom: null, validTo: null, metadata: {}, eventIds: [] }, reason: null, principalId: 'p', generationId: null, candidates: [], createdAt: '2025-01-01T00:00:00Z', expiresAt: null }),
    ].join('');
    const report = await bringIn(api, data);
    expect(report.status).toBe('COMPLETED');
    expect(report.counts).toEqual(expect.arrayContaining([{ kind: 'memory', created: 2, existing: 1, refused: 1 }, { kind: 'line', created: 0, existing: 0, refused: 7 }, { kind: 'memoryRevision', created: 0, existing: 0, refused: 1 }]));
    expect(report.problems.map(({ line, field, code }: { line: number; field: string; code: string }) => [line, field, code])).toEqual([
      [2, null, 'NOT_JSON'], [3, 'record', 'UNKNOWN_RECORD'], [4, 'scope', 'INVALID_VALUE'], [6, 'fact', 'INVALID_VALUE'], [8, 'createdAt', 'INVALID_VALUE'], [10, 'id', 'INVALID_VALUE'],
      [11, '', 'INVALID_VALUE'].map((part) => (part === '' ? null : part)), [5, 'bank_id', 'PARENT_MISSING'], [12, 'memory_id', 'PARENT_MISSING'],
    ]);
    expect((await memoriesOf(api, { user_id: 'u' })).map(({ fact }: { fact: string }) => fact).sort()).toEqual(['Kept too.', 'Kept.']);
  });

  it('never makes a gap in a session, and a number stays what it was', async () => {
    const { api } = await newTenant();
    const at = '2025-01-01T00:00:00Z';
    const session = { record: 'session', id: id(1), userId: 'u', agentId: null, parentId: null, rootId: null, ancestors: [], scope: { user_id: 'u' }, initialState: {}, metadata: {}, version: 1, createdAt: at, updatedAt: at, expiresAt: null };
    const event = (seq: number, n = 100 + seq, more: object = {}) => ({ record: 'event', id: id(n), sessionId: id(1), seq, author: 'USER', authorName: null, invocationId: null, content: [{ type: 'text', text: `turn ${seq}` }], actions: {}, metadata: {}, occurredAt: at, createdAt: at, ...more });
    const report = await bringIn(api, jsonLines(event(1), session, event(1), event(3), event(2), event(2), event(2, 500), event(3, 101), event(3, 103, { actions: { stateDelta: { done: true, 'user:x': 1 } } })));
    expect(report.counts.find(({ kind }: { kind: string }) => kind === 'event')).toEqual({ kind: 'event', created: 3, existing: 2, refused: 3 });
    expect(report.problems.map(({ code }: { code: string }) => code)).toEqual(['SEQ_GAP', 'SEQ_TAKEN', 'ID_TAKEN']);
    const { session: read } = await api.ask('query($id: ID!) { session(id: $id) { lastSeq state events { seq content { text } } } }', { id: id(1) });
    expect(read).toEqual({ lastSeq: 3, state: { done: true }, events: [1, 2, 3].map((seq) => ({ seq, content: [{ text: `turn ${seq}` }] })) });
  });

  it('obeys the rules of banks, and keeps ids of passages apart', async () => {
    const { api } = await newTenant();
    await api.ask('mutation { saveMemoryBank(input: {id: "narrow", allowedScopeKeys: ["user_id"]}) { id } }');
    const at = '2025-01-01T00:00:00Z';
    const document = (n: number, passage: number) => ({
      record: 'document', id: id(n), bankId: 'default', scope: { user_id: 'u' }, title: `Page ${n}`, format: 'TEXT', sourceUri: null, metadata: {}, contentHash: 'a'.repeat(64), version: 1, length: 4, createdAt: at, updatedAt: at,
      passages: [{ id: id(passage), headings: [], start: 0, end: 4, text: 'Text', tokens: 1 }], versions: [],
    });
    const data = jsonLines(memory(id(1), 'Wide.', { bankId: 'narrow', scope: { project: 'x' } }), memory(id(2), 'Right.', { bankId: 'narrow' }), document(10, 20), document(11, 20), document(12, 21));
    const report = await bringIn(api, data);
    expect([created(report), report.problems.map(({ code }: { code: string }) => code)]).toEqual([{ memory: 1, document: 2 }, ['SCOPE_KEY_NOT_ALLOWED', 'PASSAGE_TAKEN']]);
    expect((await bringIn(api, data)).problems.map(({ code }: { code: string }) => code)).toEqual(['SCOPE_KEY_NOT_ALLOWED', 'PASSAGE_TAKEN']);
  });

  it('leaves what was deleted here deleted', async () => {
    const { api } = await newTenant();
    await bringIn(api, jsonLines(memory(id(1), 'Gone.')));
    await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id: id(1) });
    const report = await bringIn(api, jsonLines(memory(id(1), 'Gone.')));
    expect(report.problems).toMatchObject([{ code: 'DELETED' }]);
    expect(await memoriesOf(api, { user_id: 'u' })).toEqual([]);
  });

  it.each([
    ['no data', { data: '' }, 'input.data', 'BAD_USER_INPUT'],
    ['more than a part may hold', { data: 'ä'.repeat(530_000) }, 'input.data', 'BAD_USER_INPUT'],
    ['a scope that is none', { scope: { user_id: 1 } }, 'input.scope.user_id', 'BAD_USER_INPUT'],
    ['a bank that is not there', { bankId: 'nowhere' }, undefined, 'NOT_FOUND'],
    ['a mapping where none is taken', { mapping: {} }, 'input.mapping', 'BAD_USER_INPUT'],
  ])('refuses %s at once', async (_, input, field, code) => {
    const { api } = await newTenant();
    const { extensions } = await api.refusal('mutation($input: ImportDataInput!) { importData(input: $input) { id } }', { input: { format: 'CONTEXTIQ', data: 'x', ...input } });
    expect([extensions.code, extensions.field]).toEqual([code, field]);
  });
});

describe('an upload', () => {
  it('comes in parts, each as often as one likes, and can be given up', async () => {
    const { tenant, api } = await newTenant();
    const { id } = await openImport(api, { data: text.slice(0, 30_000), isComplete: false });
    const more = text.slice(30_000, 60_000);
    expect(await api.refusal('mutation($id: ID!) { addImportPart(id: $id, part: 3, data: "x", isLast: true) { id } }', { id })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'PART_MISSING' } });
    await addPart(api, id, 2, more, false);
    expect((await addPart(api, id, 2, more, false)).parts).toBe(2);
    expect(await api.refusal('mutation($id: ID!) { addImportPart(id: $id, part: 2, data: "other", isLast: false) { id } }', { id })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'PART_TAKEN' } });
    expect(await sql('select count(*)::int as n from import_parts where tenant_id = $1', [tenant])).toEqual([{ n: 2 }]);
    await api.ask('mutation($id: ID!) { cancelImport(id: $id) { status } }', { id });
    expect([(await importOf(api, id)).status, await sql('select count(*)::int as n from import_parts where tenant_id = $1', [tenant])]).toEqual(['CANCELED', [{ n: 0 }]]);
    expect(await api.refusal('mutation($id: ID!) { addImportPart(id: $id, part: 3, data: "x", isLast: true) { id } }', { id })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'IMPORT_IS_COMPLETE' } });
  });

  it('is gone when the import is done, and when a person is forgotten', async () => {
    const { tenant, api } = await newTenant();
    const parts = async () => (await sql('select count(*)::int as n from import_parts where tenant_id = $1', [tenant]))[0]?.['n'];
    await bringIn(api, text);
    expect(await parts()).toBe(0);
    const { id } = await openImport(api, { data: 'of somebody', isComplete: false });
    expect(await parts()).toBe(1);
    const { forgetUser } = await api.ask('mutation { forgetUser(userId: "mara", dryRun: false) { id } }');
    await until('she is forgotten', async () => (await api.ask('query($id: ID!) { forgetting(id: $id) { status } }', { id: forgetUser.id })).forgetting.status === 'COMPLETED');
    expect([await parts(), await importOf(api, id), (await takeOut(api)).includes('violin')]).toEqual([0, null, false]);
  }, 60_000);

  it('is swept when nobody goes on with it for a day', async () => {
    const { tenant, api } = await newTenant();
    const { id } = await openImport(api, { data: 'x', isComplete: false });
    await sql(`update imports set updated_at = now() - interval '25 hours' where tenant_id = $1`, [tenant]);
    await gateway.composition.maintenance?.sweep();
    expect(await importOf(api, id)).toBeNull();
  });
});

describe('the job of an import', () => {
  const deadJob = async (tenant: string, importId: string): Promise<string> => {
    const id = newId();
    await sql(`insert into jobs (tenant_id, id, name, payload, dead_at) values ($1, $2, 'data.import', $3, now())`, [tenant, id, JSON.stringify({ tenantId: tenant, importId })]);
    return id;
  };

  it('goes on when it is retried after it was given up', async () => {
    const { tenant, api } = await newTenant();
    const { id } = await openImport(api, { data: text, isComplete: false });
    await sql(`update imports set status = 'FAILED', error = 'x' where tenant_id = $1`, [tenant]);
    await api.ask('mutation($id: ID!) { retryJob(id: $id) { id } }', { id: await deadJob(tenant, id) });
    const report = await until('it is done', async () => { const found = await importOf(api, id); return found.status === 'COMPLETED' ? found : null; });
    expect([report.error, created(report)['memory']]).toEqual([null, (await memoriesOf(home.api, home.scope, true)).length + 1]);
  });

  it('takes the import and its data along when it is discarded', async () => {
    const { tenant, api } = await newTenant();
    const { id } = await openImport(api, { data: text, isComplete: false });
    await api.ask('mutation($id: ID!) { discardJob(id: $id) }', { id: await deadJob(tenant, id) });
    expect([(await importOf(api, id)).status, await sql('select count(*)::int as n from import_parts where tenant_id = $1', [tenant])]).toEqual(['CANCELED', [{ n: 0 }]]);
  });
});

test('only administrators without scope limits take data out or bring it in', async () => {
  const { key } = await newTenant();
  for (const api of [await key([], ['writer']), await key([{ user_id: 'mara' }])]) {
    for (const ask of ['{ exportTenant { text } }', '{ dataImports { id } }', 'mutation { importData(input: {format: CONTEXTIQ, data: "x"}) { id } }']) {
      expect(await api.refusal(ask)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    }
  }
});

test('an import that is opened twice with one key is one import', async () => {
  const { api } = await newTenant();
  const open = (): Promise<{ importData: { id: string } }> => api.ask('mutation { importData(input: {format: CONTEXTIQ, data: "{}"}, idempotencyKey: "once") { id } }');
  const { importData } = await open();
  expect((await open()).importData).toEqual(importData);
  expect((await untilOver(api, importData.id)).status).toBe('COMPLETED');
});
