import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { keyedClient } from './keyed-client';
import { generate, memoriesOf, untilEnded } from './memories';
import { until } from './until';

let gateway: Gateway;
beforeAll(async () => { gateway = await startTestGateway({ auth: { kind: 'keys' } }); }, 60_000);
afterAll(() => gateway.close());

test('a document of a megabyte is added, embedded and found, and the gateway answers meanwhile', async () => {
  const api = await keyedClient(gateway, 'documents');
  const scope = { project: 'apollo' };
  const content = Array.from({ length: 2900 }, (_, n) => `## Chapter ${n}\n\n${`Here stands what chapter number ${n} tells of item${n} and of its many properties. `.repeat(4)}\n`).join('\n').slice(0, 1_000_000);
  expect(content.length).toBeGreaterThan(900_000);
  const running = { done: false };
  let answers = 0;
  const adding = api.ask('mutation($input: AddDocumentInput!) { addDocument(input: $input) { document { id passageCount } } }', { input: { scope, title: 'Guide', content } })
    .finally(() => { running.done = true; });
  while (!running.done) {
    await api.ask('{ version }');
    answers += 1;
  }
  const { document } = (await adding).addDocument;
  expect(document.passageCount).toBeGreaterThan(2000);
  // A thread that is busy from beginning to end answers the one request that was there before.
  expect(answers).toBeGreaterThan(3);
  const { searchDocuments } = await api.ask('query($scope: JSON!) { searchDocuments(scope: $scope, query: "item1234") { hits { passage { headings } } } }', { scope });
  expect(searchDocuments.hits[0].passage.headings).toEqual(['Chapter 1234']);
  await until('vectors', async () => (await api.ask('query($id: ID!) { document(id: $id) { embedding } }', { id: document.id })).document.embedding === 'DONE', 60_000);
}, 120_000);

test('a purge of more than one batch is one job', async () => {
  const api = await keyedClient(gateway, 'forgetting');
  const scope = { user_id: 'mara' };
  await untilEnded(api, await generate(api, { facts: Array.from({ length: 200 }, (_, n) => `Mara owns stamp number ${n}.`), scope }));
  await untilEnded(api, await generate(api, { facts: Array.from({ length: 50 }, (_, n) => `Mara owns coin number ${n}.`), scope }));
  const { purgeMemories } = await api.ask('mutation($scope: JSON!) { purgeMemories(filter: {scope: $scope}, dryRun: false) { id status } }', { scope });
  expect(purgeMemories.status).toBe('PENDING');
  const forgetting = await until('the purge ends', async () => {
    const found = (await api.ask('query($id: ID!) { forgetting(id: $id) { status done total erased { memories } } }', { id: purgeMemories.id })).forgetting;
    return ['COMPLETED', 'FAILED'].includes(found.status) ? found : null;
  }, 60_000);
  expect(forgetting).toEqual({ status: 'COMPLETED', done: 250, total: 250, erased: { memories: 250 } });
  expect(await memoriesOf(api, scope, true)).toEqual([]);
  expect(await gateway.composition.platform.database.query({ text: `select ref from forgetting_sources where tenant_id = 'forgetting'` }, [])).toEqual([]);
}, 120_000);
