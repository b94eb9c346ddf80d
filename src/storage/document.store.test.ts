import { randomUUID } from 'node:crypto';
import { createDocumentService } from '../domain/document/document.service';
import type { Scope } from '../kernel/scope';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createO200kTokenizer } from '../platform/tokenizer/o200k.tokenizer';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';
import { createStores, createTransact } from './stores';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const bus = createInProcessBus();
const tokenizer = createO200kTokenizer();
const ANN: Scope = { user_id: 'ann' };
const SPACE = 'test/3';
const page = (...sections: readonly string[]): string => sections.map((text, n) => `## Part ${n}\n\n${text}\n`).join('\n');

async function start() {
  const actor = await newTenant(database);
  const { documents } = createStores(database, bus);
  const service = createDocumentService({ documents, tokenizer, transact: createTransact(database, bus) });
  const add = (content: string, title = 'Rules') => service.add(actor, { title, content, scope: ANN, sourceUri: 'https://example.com/rules' });
  const passagesOf = async (id: string) => (await documents.passagesOfMany(actor, [id], { limit: 100, after: -1 }))[0] ?? [];
  return { actor, documents, service, add, passagesOf };
}

test('of many who add the same for the first time at once, one makes it', async () => {
  const { documents, actor, add } = await start();
  const added = await Promise.all(Array.from({ length: 10 }, () => add(page('One.', 'Two.'))));
  expect(new Set(added.map(({ document }) => document.id)).size).toBe(1);
  expect(added.map(({ outcome }) => outcome).sort()).toEqual(['CREATED', ...Array<string>(9).fill('UNCHANGED')]);
  expect(await documents.list(actor, { bankId: 'default', match: 'EXACT' }, { limit: 10, after: null })).toHaveLength(1);
});

test('versions that are written at once come one after the other, and the passages are those of the last', async () => {
  const { documents, actor, add, passagesOf } = await start();
  const { document } = await add(page('Stays.', 'Version 0.'));
  const [stays] = await passagesOf(document.id);
  await Promise.all(Array.from({ length: 8 }, (_, n) => add(page('Stays.', `Version ${n + 1}.`))));
  const [after] = await documents.getMany(actor, [document.id]);
  expect(after).toMatchObject({ version: 9, passageCount: 2 });
  const [versions = []] = await documents.versionsOfMany(actor, [document.id], { limit: 20, before: null });
  expect(versions.map(({ version }) => version)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(versions.slice(0, -1).every(({ keptCount }) => keptCount === 1)).toBe(true);
  const passages = await passagesOf(document.id);
  expect(passages[0]).toMatchObject({ id: stays?.id, ordinal: 0 });
  expect(passages[1]?.text).toMatch(/Version [1-8]\./);
});

test('a vector is kept with the words it was made of, and goes with them', async () => {
  const { documents, actor, add, passagesOf } = await start();
  const { document } = await add(page('Stays.', 'Goes.'));
  const lacking = await documents.unembedded(actor, document.id, SPACE, 10);
  expect(lacking).toHaveLength(2);
  await add(page('Stays.', 'Comes.'));
  // The embedder was slow: one of these passages is no more.
  await documents.putVectors(actor, SPACE, lacking.map((item) => ({ ...item, vector: [1, 0, 0] })));
  const [stays, comes] = await passagesOf(document.id);
  expect((await documents.unembedded(actor, document.id, SPACE, 10)).map(({ passageId }) => passageId)).toEqual([comes?.id]);
  await documents.settleEmbedding(actor, document.id, SPACE, 'DONE');
  expect((await documents.getMany(actor, [document.id]))[0]?.embedding).toBe('PENDING');
  await documents.putVectors(actor, SPACE, (await documents.unembedded(actor, document.id, SPACE, 10)).map((item) => ({ ...item, vector: [0, 1, 0] })));
  await documents.settleEmbedding(actor, document.id, SPACE, 'DONE');
  expect((await documents.getMany(actor, [document.id]))[0]?.embedding).toBe('DONE');
  expect((await documents.getPassages(actor, [stays?.id ?? '', lacking[1]?.passageId ?? ''])).map((found) => found?.id ?? null)).toEqual([stays?.id, null]);
});

test('nobody sees, changes or removes documents of another tenant or beyond the limits', async () => {
  const { documents, actor, add, passagesOf } = await start();
  const { document } = await add(page('One.'));
  const [passage] = await passagesOf(document.id);
  for (const stranger of [adminOf(randomUUID()), { ...actor, scopeLimits: [{ user_id: 'ben' }] }]) {
    expect(await documents.getMany(stranger, [document.id])).toEqual([null]);
    expect(await documents.getPassages(stranger, [passage?.id ?? ''])).toEqual([null]);
    expect(await documents.passagesOfMany(stranger, [document.id], { limit: 10, after: -1 })).toEqual([[]]);
    expect(await documents.versionsOfMany(stranger, [document.id], { limit: 10, before: null })).toEqual([[]]);
    expect(await database.transact((tx) => createStores(tx, bus).documents.remove(stranger, document.id))).toBe(false);
  }
  expect(await documents.remove(actor, document.id)).toBe(true);
  expect(await documents.getPassages(actor, [passage?.id ?? ''])).toEqual([null]);
});
