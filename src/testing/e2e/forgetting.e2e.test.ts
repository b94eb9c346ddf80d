import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Gateway } from '../../gateway';
import { ENTITIES } from '../../storage/entities';
import { planned } from '../../storage/sql';
import { startTestGateway } from '../gateway';
import { newTestObjects } from '../objects';
import { newAgent, send } from './agents';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';
import { hold, generate, memoriesOf, newSession, untilEnded } from './memories';
import { procedures, use } from './procedures';
import { until } from './until';

let gateway: Gateway;
let objects: Awaited<ReturnType<typeof newTestObjects>>;
let tenants = 0;
beforeAll(async () => {
  objects = await newTestObjects();
  gateway = await startTestGateway({ auth: { kind: 'keys' }, objects: objects.config, payloadInlineBytes: 2000 });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await objects.drop();
});

const sql = (text: string, values: readonly unknown[] = []) => gateway.composition.platform.database.query<Record<string, string>>(planned('test.forgetting', text), values);

async function newTenant(): Promise<{ tenant: string; api: ApiClient; key(limits: readonly object[], roles?: readonly ('admin' | 'writer')[]): Promise<ApiClient> }> {
  const tenant = `forgetting-${(tenants += 1)}`;
  const key = (limits: readonly object[], roles?: readonly ('admin' | 'writer')[]): Promise<ApiClient> => keyedClient(gateway, tenant, limits, roles);
  return { tenant, api: await key([]), key };
}

const COUNTS = '{ sessions events messages objects states documents procedures generations candidates memories revisions vectors tombstones ledgerRecords idempotentAnswers }';
const FIELDS = `id kind status scope done total error receiptCid finishedAt found ${COUNTS} erased ${COUNTS}`;
const PURGE = `mutation($filter: PurgeMemoriesInput!, $dryRun: Boolean!, $key: String) { purgeMemories(filter: $filter, dryRun: $dryRun, idempotencyKey: $key) { ${FIELDS} } }`;
const FORGET = `mutation($user: String!, $dryRun: Boolean!) { forgetUser(userId: $user, dryRun: $dryRun) { ${FIELDS} } }`;
const remember = async (api: ApiClient, fact: string, scope: object, rest: object = {}): Promise<string> =>
  (await api.ask('mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }', { input: { scope, fact, ...rest } })).createMemory.id;
const done = (api: ApiClient, id: string) => until('the erasure ends', async () => {
  const { forgetting } = await api.ask(`query($id: ID!) { forgetting(id: $id) { ${FIELDS} } }`, { id });
  return ['COMPLETED', 'FAILED'].includes(forgetting.status) ? forgetting : null;
}, 60_000);

/** Where a word stands: every value of every table as text, and every object. */
async function whereIs(word: string): Promise<string[]> {
  const places: string[] = [];
  const found = (text: string): boolean => text.toLowerCase().includes(word) || text.includes(Buffer.from(word).toString('hex'));
  for (const { options } of ENTITIES) {
    const table = options.tableName ?? options.name;
    for (const row of await sql(`select to_jsonb(t)::text as row from "${table}" t`)) if (found(row['row'] ?? '')) places.push(table);
  }
  if (objects.config.kind === 'files') {
    for (const entry of readdirSync(objects.config.directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString() : bytes.toString();
      if (found(text)) places.push(entry.name);
    }
  }
  return [...new Set(places)].sort();
}

/** Everything that a person can leave behind, each with the word in it. */
async function live(api: ApiClient, user: string, word: string): Promise<{ session: string; decision: string }> {
  const scope = { user_id: user };
  const session = await newSession(api, { userId: user, agentId: 'guide', state: { note: word, 'user:note': word }, metadata: { note: word } });
  await newSession(api, { userId: 'worker', scope: { project: 'attic' }, parentId: session, state: { handed: word } });
  const turns = [`I live in ${word}town with my sister.`, `I am allergic to ${word}nuts.`, `My job is ${word} keeper.`];
  await api.ask('mutation($id: ID!, $events: [EventInput!]!, $key: String) { appendEvents(sessionId: $id, events: $events, idempotencyKey: $key) { id } }', {
    id: session, events: turns.map((text) => ({ author: 'USER', authorName: `${user} ${word}`, text, metadata: { word } })), key: `key-${word}`,
  });
  await api.ask('mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }', { id: session, event: { author: 'TOOL', text: `${word} `.repeat(1000) } });
  await untilEnded(api, await generate(api, { sessionId: session }));
  await untilEnded(api, await generate(api, { text: `${user} said: I adopted a dog called ${word}.`, scope }));
  await untilEnded(api, await generate(api, { facts: [`${user} collects ${word} stamps.`], scope }));
  await untilEnded(api, await generate(api, { sessionId: session, scope: { project: 'attic' } }));
  const fact = await remember(api, `${user} owns a ${word} boat.`, scope);
  await api.ask('mutation($id: ID!, $fact: String!) { updateMemory(id: $id, input: {fact: $fact, reason: $fact}) { id } }', { id: fact, fact: `${user} sold the ${word} boat.` });
  const hidden = await remember(api, `${user} hides ${word}.`, { ...scope, project: word }, { metadata: { word } });
  await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id: hidden });
  const { logDecision } = await api.ask('mutation($input: LogDecisionInput!) { logDecision(input: $input) { cid } }', { input: { sessionId: session, text: `Give ${word}.`, scope: { project: 'attic' } } });
  await api.ask('mutation($input: LogDecisionInput!, $key: String) { logDecision(input: $input, idempotencyKey: $key) { cid } }', { input: { scope, text: `Keep ${word}.` }, key: `decide-${word}` });
  await send(api, { messageId: `message-${word}`, sessionId: session, toAgentId: await newAgent(api, `agent-of-${user}`), parts: [{ text: `Fetch ${word}.` }] });
  await api.ask('mutation($input: AddDocumentInput!) { addDocument(input: $input) { document { id } } }', { input: { scope, title: `About ${word}`, content: `# ${word}\n\nThe ${word} is loud.` } });
  await procedures.workflow(api, scope, { name: `Feed the ${word}` });
  await procedures.trajectory(api, { project: 'attic' }, { sessionId: session, task: `Find the ${word}` });
  await use(api, (await procedures.skill(api, { project: 'attic' }, { name: 'find' })).id, { sessionId: session, note: `for ${word}` });
  await api.ask('query($input: RecallInput!) { recall(input: $input) { hits { score } } }', { input: { scopes: [{ scope }], query: word, kinds: ['MEMORY', 'EVENT'] } });
  const { purgeMemories } = await api.ask(PURGE, { filter: { scope, ids: [fact] }, dryRun: false });
  expect(purgeMemories).toMatchObject({ status: 'COMPLETED', erased: { memories: 1, revisions: 2 } });
  return { session, decision: logDecision.cid };
}

describe('purging memories', () => {
  it('counts first and changes nothing, then erases them with all that quotes them and leaves a receipt', async () => {
    const { tenant, api } = await newTenant();
    const scope = { user_id: 'mara' };
    const session = await hold(api, [{ author: 'USER', text: 'I live in Purpleville.' }] as never, { userId: 'mara' });
    await untilEnded(api, await generate(api, { sessionId: session }));
    await remember(api, 'Mara keeps a purplehorse.', scope, { topics: ['animals'] });
    const kept = await remember(api, 'Mara likes tea.', { user_id: 'mara', project: 'tea' });
    const { purgeMemories: counted } = await api.ask(PURGE, { filter: { scope }, dryRun: true });
    expect(counted).toMatchObject({ id: null, status: 'DRY_RUN', receiptCid: null, erased: { memories: 0 }, found: { memories: 2, sessions: 0 } });
    expect(counted.found.revisions).toBeGreaterThanOrEqual(2);
    expect(await memoriesOf(api, scope)).toHaveLength(2);

    const first = (await api.ask(PURGE, { filter: { scope }, dryRun: false, key: 'once' })).purgeMemories;
    expect(first).toMatchObject({ status: 'COMPLETED', scope, done: 2, total: 2, found: counted.found, erased: { memories: 2, revisions: counted.found.revisions, candidates: counted.found.candidates } });
    expect((await api.ask(PURGE, { filter: { scope }, dryRun: false, key: 'once' })).purgeMemories).toEqual(first);
    expect(await memoriesOf(api, scope, true)).toEqual([]);
    for (const table of ['memories', 'memory_revisions', 'generation_candidates']) {
      expect(await sql(`select * from ${table} t where tenant_id = $1 and to_jsonb(t)::text ilike '%purple%'`, [tenant])).toEqual([]);
    }
    expect((await memoriesOf(api, { user_id: 'mara', project: 'tea' })).map(({ id }: { id: string }) => id)).toEqual([kept]);

    const { erasureReceipt } = await api.ask(`query($cid: ID!) { erasureReceipt(cid: $cid) { cid kind principalId subjectHash erased ${COUNTS} } }`, { cid: first.receiptCid });
    expect(erasureReceipt).toMatchObject({ cid: first.receiptCid, kind: 'MEMORIES', subjectHash: null, erased: first.erased });
    expect((await api.ask('{ decisions { cid } verifyLedger { isValid checked } }'))).toEqual({ decisions: [], verifyLedger: { isValid: true, checked: 1 } });

    // The conversation is still there, and does not bring them back.
    await untilEnded(api, await generate(api, { sessionId: session }));
    expect(await memoriesOf(api, scope)).toEqual([]);
  });

  it('takes only what fits all of the filter', async () => {
    const { api } = await newTenant();
    const scope = { user_id: 'mara' };
    const animal = await remember(api, 'Mara keeps a goat.', scope, { topics: ['animals'] });
    const plant = await remember(api, 'Mara grows a palm.', scope, { topics: ['plants'] });
    await remember(api, 'Mara grows beans.', { ...scope, project: 'garden' }, { topics: ['plants'] });
    const found = async (filter: object): Promise<number> => (await api.ask(PURGE, { filter, dryRun: true })).purgeMemories.found.memories;
    expect(await found({ scope })).toBe(2);
    expect(await found({ scope, match: 'SUBSET' })).toBe(3);
    expect(await found({ scope, match: 'SUBSET', topic: 'plants' })).toBe(2);
    expect(await found({ scope, ids: [animal, plant], topic: 'plants' })).toBe(1);
    expect(await found({ scope, createdBefore: '2020-01-01T00:00:00Z' })).toBe(0);
    expect(await found({ scope, sessionId: animal })).toBe(0);
    expect(await api.refusal(PURGE, { filter: { scope, ids: ['x'] }, dryRun: true })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'filter.ids.0' } });
    expect(await api.refusal(PURGE, { filter: { scope: {} }, dryRun: true })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'filter.scope' } });
    expect(await api.refusal(PURGE, { filter: { scope, bankId: 'none' }, dryRun: true })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  it('stays within scope limits and the role of administrators', async () => {
    const { api, key } = await newTenant();
    await remember(api, 'Mara likes tea.', { user_id: 'mara' });
    await remember(api, 'Otto likes tea.', { user_id: 'otto', project: 'tea' });
    await remember(api, 'Mara drinks tea.', { user_id: 'mara', project: 'tea' });
    const limited = await key([{ user_id: 'mara' }]);
    expect(await limited.refusal(PURGE, { filter: { scope: { user_id: 'otto', project: 'tea' } }, dryRun: false })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await limited.refusal(PURGE, { filter: { scope: { project: 'tea' }, match: 'SUBSET' }, dryRun: true })).toMatchObject({ extensions: { code: 'FORBIDDEN', field: 'filter.scope' } });
    expect((await limited.ask(PURGE, { filter: { scope: { user_id: 'mara' }, match: 'SUBSET' }, dryRun: true })).purgeMemories.found.memories).toBe(2);
    expect(await limited.refusal(FORGET, { user: 'mara', dryRun: true })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await (await key([], ['writer'])).refusal(PURGE, { filter: { scope: { user_id: 'mara' } }, dryRun: true })).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    const { purgeMemories } = await api.ask(PURGE, { filter: { scope: { user_id: 'otto', project: 'tea' } }, dryRun: false });
    expect(await limited.ask('query($id: ID!, $cid: ID!) { forgetting(id: $id) { id } forgettings { id } erasureReceipt(cid: $cid) { cid } }', { id: purgeMemories.id, cid: purgeMemories.receiptCid }))
      .toEqual({ forgetting: null, forgettings: [], erasureReceipt: null });
  });
});

describe('forgetting a person', () => {
  it('leaves not one of the person’s words in any table or object, and nobody else’s touched', async () => {
    const { api } = await newTenant();
    const other = await newTenant();
    const otto = await live(api, 'otto', 'quokka');
    const twin = await live(other.api, 'zelda', 'narwhal');
    const before = [await whereIs('quokka'), await whereIs('narwhal')];
    const { session, decision } = await live(api, 'zelda', 'xylophone');
    expect(await whereIs('xylophone')).toEqual(expect.arrayContaining(['events', 'sessions', 'memories', 'memory_revisions', 'ledger_records', 'a2a_messages', 'shared_states', 'idempotency_keys', 'generation_candidates', 'documents', 'document_passages', 'procedures', 'procedure_uses']));

    const counted = (await api.ask(FORGET, { user: 'zelda', dryRun: true })).forgetUser;
    expect(counted).toMatchObject({ id: null, status: 'DRY_RUN', found: { sessions: 2, states: 1, generations: 4, documents: 1, procedures: 2, ledgerRecords: 3, messages: 1, objects: 1 } });
    const accepted = (await api.ask(FORGET, { user: 'zelda', dryRun: false })).forgetUser;
    expect(accepted.found).toEqual(counted.found);
    const forgotten = await done(api, accepted.id);
    expect(forgotten).toMatchObject({
      status: 'COMPLETED', error: null, done: forgotten.total, erased: { ...counted.found, candidates: expect.any(Number), tombstones: expect.any(Number), idempotentAnswers: expect.any(Number) },
    });
    expect(forgotten.erased.idempotentAnswers).toBeGreaterThanOrEqual(2);

    expect(await whereIs('xylophone')).toEqual([]);
    expect((await api.ask('query($s: ID!, $d: ID!) { session(id: $s) { id } decision(cid: $d) { text isErased } sessions(userId: "zelda") { id } }', { s: session, d: decision })))
      .toEqual({ session: null, decision: { text: null, isErased: true }, sessions: [] });
    expect([await whereIs('quokka'), await whereIs('narwhal')]).toEqual(before);
    expect((await api.ask('query($s: ID!) { session(id: $s) { lastSeq state } }', { s: otto.session })).session).toMatchObject({ state: { note: 'quokka', 'user:note': 'quokka' } });
    expect((await other.api.ask('query($s: ID!) { session(id: $s) { userId } }', { s: twin.session })).session).toEqual({ userId: 'zelda' });

    const { verifyLedger } = await api.ask('{ verifyLedger { isValid erased checked } }');
    expect(verifyLedger).toEqual({ isValid: true, erased: 3, checked: 7 });
    const { erasureReceipt: receipt } = await api.ask('query($cid: ID!) { erasureReceipt(cid: $cid) { kind subjectHash subjectSalt } }', { cid: forgotten.receiptCid });
    expect(receipt.subjectHash).toBe(createHash('sha256').update(`${receipt.subjectSalt}:zelda`).digest('hex'));
    expect(await sql(`select tenant_id from forgettings where to_jsonb(forgettings)::text like '%zelda%' and tenant_id <> $1`, [other.tenant])).toEqual([]);

    // Once more: there is nothing left, and it ends the same.
    const again = (await api.ask(FORGET, { user: 'zelda', dryRun: false })).forgetUser;
    expect(await done(api, again.id)).toMatchObject({ status: 'COMPLETED', total: 0, erased: { sessions: 0, memories: 0 } });
  }, 120_000);
});

/** What becomes of each table's rows when a person is forgotten. A new table without a line fails the test. */
const TABLES: Readonly<Record<string, string>> = {
  sessions: 'erased', events: 'with their sessions', a2a_tasks: 'with their sessions', a2a_messages: 'with their sessions', objects: 'keys are checksums; their objects are removed',
  shared_states: 'the person’s are erased', generations: 'erased', generation_candidates: 'with their generations', memories: 'erased', memory_revisions: 'with their memories',
  memory_embeddings: 'with their memories', memory_tombstones: 'erased', embedding_cache: 'vectors of the memories’ words are erased', lexicon: 'counted anew', corpus_stats: 'numbers',
  ledger_records: 'erased', ledger_entries: 'hold salted commitments', ledger_heads: 'hold hashes', idempotency_keys: 'those that name what is erased', jobs: 'hold ids',
  feed_items: 'hold ids', feed_head: 'a number', leases: 'hold hashes', pool_versions: 'hold hashes', forgettings: 'the subject is emptied', forgetting_sources: 'erased when done',
  documents: 'erased', document_passages: 'with their documents', document_versions: 'with their documents', passage_embeddings: 'with their documents',
  procedures: 'erased', procedure_revisions: 'with their procedures', procedure_stats: 'with their procedures', procedure_uses: 'with their procedures or sessions',
  procedure_embeddings: 'with their procedures', procedure_tombstones: 'hashes; the person’s pool’s are erased', procedure_candidates: 'erased, or unquoted', distillations: 'erased',
  imports: 'all of the tenant’s are dropped, whosever data they hold', import_parts: 'with their imports',
  session_summaries: 'with their sessions', tree_appends: 'with their sessions',
  tenants: 'no person’s', api_keys: 'no person’s', model_usage: 'sums of the tenant', agents: 'no person’s', banks: 'no person’s',
};

test('every table is accounted for', () => {
  expect(ENTITIES.map(({ options }) => options.tableName ?? options.name).sort()).toEqual(Object.keys(TABLES).sort());
});
