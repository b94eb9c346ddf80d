import type { Gateway } from '../../gateway';
import { planned } from '../../storage/sql';
import { startTestGateway } from '../gateway';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';
import { until } from './until';

let gateway: Gateway;
let tenants = 0;
beforeAll(async () => { gateway = await startTestGateway({ auth: { kind: 'keys' } }); }, 60_000);
afterAll(() => gateway.close());

const sql = (text: string, values: readonly unknown[] = []) => gateway.composition.platform.database.query<Record<string, string>>(planned('test.documents', text), values);
const ADD = 'mutation($input: AddDocumentInput!, $key: String) { addDocument(input: $input, idempotencyKey: $key) { outcome document { id title format sourceUri metadata version length passageCount contentHash embedding } } }';
const SEARCH = 'query($scope: JSON!, $query: String!, $filter: RecallFilterInput) { searchDocuments(scope: $scope, query: $query, filter: $filter) { degraded hits { kind score explanation { matchedWords } passage { id documentId version title sourceUri headings start end text document { title } } } } }';
const SCOPE = { project: 'apollo' };

type Answer = Awaited<ReturnType<ApiClient['ask']>>;

async function newTenant(): Promise<{ tenant: string; api: ApiClient; add(input: object, key?: string): Promise<Answer>; search(query: string, more?: object): Promise<Answer[]>; key(limits: readonly object[]): Promise<ApiClient> }> {
  const tenant = `documents-${(tenants += 1)}`;
  const key = (limits: readonly object[]): Promise<ApiClient> => keyedClient(gateway, tenant, limits);
  const api = await key([]);
  return {
    tenant, api, key,
    add: async (input, idempotencyKey) => (await api.ask(ADD, { input: { scope: SCOPE, title: 'Guide', content: GUIDE, ...input }, key: idempotencyKey ?? null })).addDocument,
    search: async (query, more = {}) => (await api.ask(SEARCH, { scope: SCOPE, query, ...more })).searchDocuments.hits,
  };
}

const GUIDE = `# Rover

Drives on Mars.

## Batteries

The batteries are charged by solar panels.

## Wheels

Six wheels of aluminium.
`;

describe('documents', () => {
  it('are found by passage, with what a citation needs', async () => {
    const { search, add } = await newTenant();
    const { outcome, document } = await add({ sourceUri: 'https://example.com/rover', metadata: { team: 'power' } });
    expect([outcome, document]).toMatchObject(['CREATED', { title: 'Guide', format: 'MARKDOWN', version: 1, length: GUIDE.length, passageCount: 3, metadata: { team: 'power' } }]);
    const [hit, ...rest] = await search('How are the batteries charged?');
    expect(hit).toMatchObject({
      kind: 'DOCUMENT', explanation: { matchedWords: ['Batteries', 'batteries', 'charged'].slice(-2) },
      passage: { documentId: document.id, version: 1, title: 'Guide', sourceUri: 'https://example.com/rover', headings: ['Rover', 'Batteries'], text: 'The batteries are charged by solar panels.', document: { title: 'Guide' } },
    });
    expect(GUIDE.slice(hit.passage.start, hit.passage.end)).toBe(hit.passage.text);
    expect(rest).toEqual([]);
    expect(await search('batteries', { filter: { metadata: { path: ['team'], equals: 'power' } } })).toHaveLength(1);
    expect(await search('batteries', { filter: { metadata: { path: ['team'], equals: 'wheels' } } })).toEqual([]);
    expect((await search('wheel'))[0].passage.headings).toEqual(['Rover', 'Wheels']);
    expect((await search('bateries'))[0].passage.headings).toEqual(['Rover', 'Batteries']);
  });

  it('say so when they are the same, and keep what stays the same when they change', async () => {
    const { tenant, api, add, search } = await newTenant();
    const { document: { id } } = await add({}, 'first');
    expect(await add({}, 'first')).toMatchObject({ outcome: 'CREATED', document: { id } });
    expect(await add({})).toMatchObject({ outcome: 'UNCHANGED', document: { id, version: 1 } });
    const vectors = () => sql('select e.passage_id, e.xmin::text as written, p.text from passage_embeddings e join document_passages p on p.tenant_id = e.tenant_id and p.id = e.passage_id where e.tenant_id = $1 order by p.ordinal', [tenant]);
    const embedded = async (): Promise<boolean> => (await api.ask('query($id: ID!) { document(id: $id) { embedding } }', { id })).document.embedding === 'DONE';
    await until('vectors', embedded);
    const before = await vectors();
    expect(before).toHaveLength(3);

    expect(await add({ metadata: { seen: true } })).toMatchObject({ outcome: 'UPDATED', document: { id, version: 1, metadata: { seen: true } } });
    const changed = GUIDE.replace('solar panels', 'a small reactor');
    expect(await add({ content: `Foreword.\n\n${changed}` })).toMatchObject({ outcome: 'UPDATED', document: { id, version: 2, passageCount: 4, metadata: {} } });
    await until('new vectors', embedded);
    const after = await vectors();
    expect(after.map(({ text }) => text)).toEqual(['Foreword.', 'Drives on Mars.', 'The batteries are charged by a small reactor.', 'Six wheels of aluminium.']);
    expect([after[1], after[3]]).toEqual([before[0], before[2]]);
    expect(await search('solar panels')).toEqual([]);
    expect((await search('reactor'))[0].passage).toMatchObject({ version: 2, start: 'Foreword.\n\n'.length + changed.indexOf('The batteries') });
    const { document } = await api.ask('query($id: ID!) { document(id: $id) { versions { version passageCount keptCount } passagesConnection(first: 3) { nodes { ordinal } pageInfo { hasNextPage endCursor } } } }', { id });
    expect(document.versions).toEqual([{ version: 2, passageCount: 4, keptCount: 2 }, { version: 1, passageCount: 3, keptCount: 0 }]);
    const next = await api.ask('query($id: ID!, $after: String) { document(id: $id) { passagesConnection(after: $after) { nodes { ordinal } pageInfo { hasNextPage } } } }', { id, after: document.passagesConnection.pageInfo.endCursor });
    expect(next.document.passagesConnection).toEqual({ nodes: [{ ordinal: 3 }], pageInfo: { hasNextPage: false } });
  });

  it('added at once by many are one', async () => {
    const { add, api } = await newTenant();
    const added = await Promise.all(Array.from({ length: 12 }, (_, n) => add({ content: `Text ${n % 2}.` })));
    expect(new Set(added.map(({ document }) => document.id)).size).toBe(1);
    expect(added.filter(({ outcome }) => outcome === 'CREATED')).toHaveLength(1);
    const { documents: [document] } = await api.ask('{ documents { version passageCount versions { version } } }');
    expect(document).toMatchObject({ passageCount: 1, versions: Array.from({ length: document.version }, (_, n) => ({ version: document.version - n })) });
  });

  it('are a kind of recall and a layer of the context block, and are gone from both when deleted', async () => {
    const { tenant, api, add, search } = await newTenant();
    const { document: { id } } = await add({});
    const ask = async (): Promise<Answer> => api.ask(`{
      recall(input: {scopes: [{scope: {project: "apollo"}}], query: "batteries", kinds: [MEMORY, EVENT, DOCUMENT]}) { hits { kind passage { documentId } } }
      context(input: {scopes: [{scope: {project: "apollo"}}], query: "batteries"}) { text items { layer kind citation documentId } }
    }`);
    for (let twice = 0; twice < 2; twice += 1) {
      const { recall, context } = await ask();
      expect(recall.hits).toEqual([{ kind: 'DOCUMENT', passage: { documentId: id } }]);
      expect(context.items).toEqual([{ layer: 'KNOWLEDGE', kind: 'PASSAGE', citation: '[d1]', documentId: id }]);
      expect(context.text).toContain('## Documents\n[d1] Guide > Rover > Batteries: The batteries are charged by solar panels.\n');
    }
    await api.ask('mutation($id: ID!) { deleteDocument(id: $id) }', { id });
    const gone = await ask();
    expect([gone.recall.hits, gone.context.items, await search('batteries')]).toEqual([[], [], []]);
    expect(await sql('select id::text from document_passages where tenant_id = $1 union all select passage_id::text from passage_embeddings where tenant_id = $1', [tenant])).toEqual([]);
    expect(await api.refusal('mutation($id: ID!) { deleteDocument(id: $id) }', { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  it('stay in their pool, and within the limits of a key', async () => {
    const { api, add, key } = await newTenant();
    await add({});
    const other = await add({ scope: { project: 'gemini' }, content: 'Other batteries.' });
    const limited = await key([SCOPE]);
    const everything = '{ documents { title } recall(input: {scopes: [{scope: {project: "gemini"}, match: SUBSET}, {scope: {project: "apollo"}}], query: "batteries", kinds: [DOCUMENT]}) { hits { scopeIndex } } }';
    expect((await api.ask(everything)).recall.hits).toHaveLength(2);
    expect(await limited.ask(everything)).toEqual({ documents: [{ title: 'Guide' }], recall: { hits: [{ scopeIndex: 1 }] } });
    expect((await limited.ask('query($id: ID!) { document(id: $id) { id } }', { id: other.document.id })).document).toBeNull();
    expect(await limited.refusal('mutation($id: ID!) { deleteDocument(id: $id) }', { id: other.document.id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await limited.refusal(ADD, { input: { title: 'x', content: 'x', scope: { project: 'gemini' } } })).toMatchObject({ extensions: { code: 'FORBIDDEN', field: 'input.scope' } });
  });

  it.each([
    ['no title', { title: ' ' }, 'input.title', 'BAD_USER_INPUT'],
    ['no text', { content: '\n \n' }, 'input.content', 'BAD_USER_INPUT'],
    ['a source that is no URI', { sourceUri: 'page 3' }, 'input.sourceUri', 'BAD_USER_INPUT'],
    ['a NUL', { content: 'a\u0000b' }, 'input.content', 'BAD_USER_INPUT'],
    ['more than a mebibyte', { content: 'ä'.repeat(525_000) }, 'input.content', 'PAYLOAD_TOO_LARGE'],
    ['too many lines', { content: 'a\n'.repeat(50_001) }, 'input.content', 'PAYLOAD_TOO_LARGE'],
    ['an unknown bank', { bankId: 'none' }, undefined, 'NOT_FOUND'],
  ])('refuse %s and leave nothing', async (_, input, field, code) => {
    const { api } = await newTenant();
    const { extensions } = await api.refusal(ADD, { input: { title: 'Guide', content: GUIDE, scope: SCOPE, ...input } });
    expect([extensions.code, extensions.field]).toEqual([code, field]);
    expect((await api.ask('{ documents { id } }')).documents).toEqual([]);
  });
});
