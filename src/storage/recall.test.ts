import type { RecallInput } from '../domain/search/recall';
import type { NewMemory } from '../domain/memory/memory';
import { encodeConsistencyToken } from '../kernel/consistency';
import { unavailable } from '../kernel/errors';
import { newId } from '../kernel/ids';
import type { Actor } from '../kernel/actor';
import type { Scope } from '../kernel/scope';
import { vectorSpaceOf, type Embedder } from '../platform/embedding/embedding.port';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import { retrievalOver } from '../testing/retrieval';
import { createApiKeyStore } from './api-key.store';
import { DEFAULT_BANK } from '../domain/bank/bank';
import type { Database } from './database';
import { planned } from './sql';

let database: Database;
let app: ReturnType<typeof retrievalOver>;
beforeAll(async () => {
  database = await openTestDatabase();
  app = retrievalOver(database);
});
afterAll(() => database.close());

let tenants = 0;
const newTenant = async (): Promise<Actor> => {
  const actor = adminOf(`r${(tenants += 1)}`);
  await createApiKeyStore(database).ensureTenant(actor.tenantId);
  return actor;
};
const run = <Row extends object>(text: string, values: readonly unknown[]) => database.query<Row>(planned('test', text), values);
const u1: Scope = { user_id: 'u1' };
const keep = (actor: Actor, fact: string, more: Partial<NewMemory> = {}) => app.memories.create(actor, { bankId: DEFAULT_BANK, scope: u1, fact, ...more });
const keepAll = async (actor: Actor, facts: readonly string[]) => {
  for (const fact of facts) await keep(actor, fact);
};
const recall = (actor: Actor, query: string, more: Partial<RecallInput> = {}) => app.recall.recall(actor, { scopes: [{ scope: u1 }], query, ...more });
const facts = async (actor: Actor, query: string, more: Partial<RecallInput> = {}) =>
  (await recall(actor, query, more)).hits.map((hit) => (hit.kind === 'MEMORY' ? hit.memory.fact : hit.kind === 'DOCUMENT' ? hit.passage.text : hit.event.content.map((part) => (part.type === 'text' ? part.text : '')).join(' ')));
const say = (text: string, authorName: string | null = null) => ({ author: 'USER' as const, authorName, content: [{ type: 'text' as const, text }] });

const HOBBIES = ['Plays the cello on Sundays', 'Has a sailing boat called Petrel', 'Grows tomatoes on the balcony', 'Works as a nurse in Lisbon'];

describe('finding memories by their words', () => {
  it('puts the memory that answers first and says why', async () => {
    const actor = await newTenant();
    await keepAll(actor, HOBBIES);
    const before = new Date();
    const { hits, degraded, indexedThrough } = await recall(actor, 'Which boats does she sail?');
    expect(hits[0]).toMatchObject({ kind: 'MEMORY', memory: { fact: HOBBIES[1] }, scopeIndex: 0 });
    expect(hits[0]?.explanation).toMatchObject({ vector: null, rrf: 1, confidence: 1, matchedWords: ['sailing', 'boat'] });
    expect(hits[0]?.explanation.notes.join()).toContain('do not count');
    expect(hits[0]?.score).toBeLessThanOrEqual(1);
    expect(degraded).toEqual([]);
    expect(indexedThrough.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect((await app.recall.searchMemories(actor, { scope: u1, query: 'nurse' })).map(({ fact }) => fact)).toEqual([HOBBIES[3]]);
  });

  it('finds what was written a moment ago', async () => {
    const actor = await newTenant();
    await keepAll(actor, HOBBIES);
    expect(await facts(actor, 'zeppelin')).toEqual([]);
    await keep(actor, 'Once flew in a zeppelin');
    expect(await facts(actor, 'zeppelin')).toEqual(['Once flew in a zeppelin']);
  });

  it('forgives slips of the pen and shows the word as the hit has it', async () => {
    const actor = await newTenant();
    await keepAll(actor, HOBBIES);
    for (const query of ['tomatos', 'tomatoez', 'tomatose']) expect(await facts(actor, query)).toEqual([HOBBIES[2]]);
    const { hits } = await recall(actor, 'balcnoy');
    expect(hits[0]?.explanation).toMatchObject({ fuzzy: 1, matchedWords: ['balcony'] });
  });

  it.each([
    ['accents', 'Loves crème brûlée at the Café Müller', 'creme brulee'],
    ['accents in the query', 'Orders a creme brulee', 'Crème Brûlée'],
    ['Chinese', '她住在上海，喜欢弹钢琴', '钢琴'],
    ['Japanese', '東京に住んでいます', '東京'],
    ['Cyrillic', 'Живёт в Новгороде', 'новгороде'],
  ])('reads %s', async (_, fact, query) => {
    const actor = await newTenant();
    await keepAll(actor, HOBBIES);
    await keep(actor, fact);
    expect((await facts(actor, query))[0]).toBe(fact);
  });

  it('gives the newest first when the query has no word to search for', async () => {
    const actor = await newTenant();
    await keepAll(actor, HOBBIES);
    const { hits } = await recall(actor, 'What is it?', { topK: 2 });
    expect(hits.map((hit) => hit.kind === 'MEMORY' && hit.memory.fact)).toEqual([HOBBIES[3], HOBBIES[2]]);
    expect(hits[0]?.explanation.notes[0]).toContain('newest first');
    expect(await facts(await newTenant(), '?!')).toEqual([]);
  });

  it('lets certainty decide between equals', async () => {
    const actor = await newTenant();
    await keep(actor, 'Likes green tea', { confidence: 0.9 });
    await keep(actor, 'Likes black tea', { confidence: 0.4 });
    expect(await facts(actor, 'tea')).toEqual(['Likes green tea', 'Likes black tea']);
  });
});

describe('what must not be found', () => {
  it('keeps tenants apart, in results and in corrections', async () => {
    const [mine, other] = [await newTenant(), await newTenant()];
    await keep(other, 'The password is xylophone');
    await keepAll(mine, HOBBIES);
    expect(await facts(mine, 'password xylophone')).toEqual([]);
    expect(JSON.stringify(await recall(mine, 'xylophne'))).not.toContain('xylophone');
  });

  it('keeps pools apart: u1 is no prefix of u10, a wider pool is no part of an exact one', async () => {
    const actor = await newTenant();
    await keep(actor, 'cello of one');
    await keep(actor, 'cello of ten', { scope: { user_id: 'u10' } });
    await keep(actor, 'cello in the project', { scope: { user_id: 'u1', project: 'p' } });
    await keep(actor, 'cello of the project', { scope: { project: 'p' } });
    expect(await facts(actor, 'cello')).toEqual(['cello of one']);
    expect((await facts(actor, 'cello', { scopes: [{ scope: u1, match: 'SUBSET' }] })).sort()).toEqual(['cello in the project', 'cello of one']);
    expect(await facts(actor, 'cello', { bankId: 'other' })).toEqual([]);
  });

  it('keeps a key within its scopes', async () => {
    const admin = await newTenant();
    const limited: Actor = { ...admin, scopeLimits: [u1] };
    await keep(admin, 'own cello', { scope: { user_id: 'u1', project: 'p' } });
    await keep(admin, 'foreign cello', { scope: { user_id: 'u10', project: 'p' } });
    await keep(admin, 'shared cello', { scope: { project: 'p' } });
    for (const query of ['cello', 'the']) expect(await facts(limited, query, { scopes: [{ scope: { project: 'p' }, match: 'SUBSET' }] })).toEqual(['own cello']);
    await expect(recall(limited, 'cello', { scopes: [{ scope: { project: 'p' } }] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(recall({ ...admin, roles: [] }, 'cello')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('never shows what is deleted, expired or superseded', async () => {
    const actor = await newTenant();
    const [a, b, c] = [await keep(actor, 'cello one'), await keep(actor, 'cello two'), await keep(actor, 'cello three')];
    await keep(actor, 'cello four');
    await app.memories.remove(actor, a.id);
    await run('update memories set expires_at = now() where tenant_id = $1 and id = $2', [actor.tenantId, b.id]);
    await run('update memories set superseded_by = $2, superseded_at = now() where tenant_id = $1 and id = $3', [actor.tenantId, newId(), c.id]);
    for (const query of ['cello', 'the', 'celo']) expect(await facts(actor, query)).toEqual(['cello four']);
  });

  it('never shows events of expired or removed sessions, or of other pools', async () => {
    const actor = await newTenant();
    const make = async (text: string, userId: string) => {
      const session = await app.sessions.create(actor, { userId });
      await app.events.append(actor, session.id, [say(text)]);
      return session.id;
    };
    const [expired, removed] = [await make('a comet seen on Monday', 'u1'), await make('a comet seen on Tuesday', 'u1')];
    await make('a comet seen on Friday', 'u10');
    await make('a comet seen on Sunday', 'u1');
    await run('update sessions set expires_at = now() where tenant_id = $1 and id = $2', [actor.tenantId, expired]);
    await app.sessions.remove(actor, removed);
    for (const query of ['comet', 'the']) expect(await facts(actor, query, { kinds: ['EVENT'] })).toEqual(['a comet seen on Sunday']);
    expect(await facts({ ...actor, scopeLimits: [{ user_id: 'u10' }] }, 'comet', { kinds: ['EVENT'], scopes: [{ scope: u1, match: 'SUBSET' }] })).toEqual([]);
  });
});

describe('several pools and kinds at once', () => {
  it('says which scope a hit came from', async () => {
    const actor = await newTenant();
    await keep(actor, 'cello alone');
    await keep(actor, 'cello together with the whole band', { scope: { project: 'p' } });
    const { hits } = await recall(actor, 'cello', { scopes: [{ scope: { project: 'p' } }, { scope: { user_id: 'nobody' } }, { scope: u1, match: 'SUBSET' }] });
    expect(new Map(hits.map((hit) => [hit.kind === 'MEMORY' ? hit.memory.fact : '', hit.scopeIndex])))
      .toEqual(new Map([['cello alone', 2], ['cello together with the whole band', 0]]));
  });

  it('finds turns beside memories, and the turn that answers before the one that asks', async () => {
    const actor = await newTenant();
    const { id } = await app.sessions.create(actor, { userId: 'u1' });
    await app.events.append(actor, id, [
      say('Good morning', 'Ann'), say('What boat did you buy, Tom?', 'Ann'), say('A red sloop with two masts.', 'Tom'), say('Great choice!', 'Ann'),
    ]);
    await keep(actor, 'Tom owns a boat');
    const { hits } = await recall(actor, 'Which boat did Tom buy?', { kinds: ['EVENT', 'MEMORY'] });
    expect(new Set(hits.map(({ kind }) => kind))).toEqual(new Set(['MEMORY', 'EVENT']));
    const first = hits.find((hit) => hit.kind === 'EVENT');
    expect(first).toMatchObject({ event: { seq: 3, authorName: 'Tom' }, scopeIndex: 0 });
    expect(Object.keys(first?.explanation.parts ?? {})).toContain('speaker');
    expect((await recall(actor, 'boat', { kinds: ['EVENT', 'MEMORY'], topK: 1 })).hits).toHaveLength(1);
  });

  it('finds what a tool said', async () => {
    const actor = await newTenant();
    const { id } = await app.sessions.create(actor, { userId: 'u1' });
    await app.events.append(actor, id, [{ author: 'TOOL', actions: { toolOutputs: [{ toolCallId: 'c1', output: { flight: 'LX318 to Zurich' } }] } }]);
    expect((await recall(actor, 'Zurich flight', { kinds: ['EVENT'] })).hits).toMatchObject([{ event: { author: 'TOOL', seq: 1 } }]);
  });
});

describe('vectors', () => {
  const semantic = (embed: Embedder['embed']): Embedder => ({ model: 'test/two', dimension: 2, semantic: true, embed });
  const meaning = semantic(async (texts) => texts.map((text) => (/puppy|hound/i.test(text) ? [1, 0] : [0, 1])));
  const embedAll = async (actor: Actor) => {
    const { stores } = app;
    const ids = (await run<{ id: string }>('select id from memories where tenant_id = $1', [actor.tenantId])).map(({ id }) => id);
    const pending = await stores.embeddings.pending(actor, vectorSpaceOf(meaning), { memoryIds: ids }, 100);
    const vectors = await meaning.embed(pending.map(({ fact }) => fact), new AbortController().signal);
    await stores.embeddings.put(actor, vectorSpaceOf(meaning), pending.map((item, index) => ({ ...item, vector: vectors[index] ?? [] })));
  };

  it('of a model with meaning count, and say when some are missing', async () => {
    const actor = await newTenant();
    const other = retrievalOver(database, meaning);
    await keepAll(actor, ['A hound sleeps in the hall', ...HOBBIES]);
    const input = { scopes: [{ scope: u1 }], query: 'our puppy' };
    expect((await other.recall.recall(actor, input)).degraded).toEqual(['VECTOR']);
    await embedAll(actor);
    const { hits, degraded } = await other.recall.recall(actor, input);
    expect(degraded).toEqual([]);
    expect(hits[0]).toMatchObject({ memory: { fact: 'A hound sleeps in the hall' }, explanation: { vector: 1 } });
    await keepAll(actor, ['A puppy came home']);
    expect((await other.recall.recall(actor, input)).degraded).toEqual(['VECTOR']);
    await embedAll(actor);
    expect((await other.recall.recall(actor, input)).degraded).toEqual([]);
  });

  it('that cannot be had leave the answer to the words, openly', async () => {
    const actor = await newTenant();
    await keepAll(actor, HOBBIES);
    const broken = retrievalOver(database, semantic(() => Promise.reject(unavailable('the embedder is down', 'EMBEDDER_DOWN'))));
    const { hits, degraded } = await broken.recall.recall(actor, { scopes: [{ scope: u1 }], query: 'cello' });
    expect(hits).toMatchObject([{ memory: { fact: HOBBIES[0] } }]);
    expect(degraded).toEqual(['VECTOR']);
  });

  it('of superseded memories or former words are left alone', async () => {
    const actor = await newTenant();
    const other = retrievalOver(database, meaning);
    const hound = await keep(actor, 'A hound sleeps in the hall');
    await embedAll(actor);
    await app.memories.patch(actor, hound.id, { fact: 'A cat sleeps in the hall' });
    expect((await other.recall.recall(actor, { scopes: [{ scope: u1 }], query: 'puppy' })).hits.filter(({ explanation }) => explanation.vector !== null)).toEqual([]);
  });
});

describe('read your writes', () => {
  it('waits for generations, and says so when they do not end in time', async () => {
    const actor = await newTenant();
    await keepAll(actor, HOBBIES);
    const generation = await app.stores.generations.insert(actor, { id: newId(), bankId: DEFAULT_BANK, scope: u1, sessionId: null, source: { kind: 'facts', facts: ['x'] }, total: 1, priority: 'INTERACTIVE' });
    const token = encodeConsistencyToken({ tenantId: actor.tenantId, at: new Date(), generations: [generation.id] });
    expect((await recall(actor, 'cello', { waitFor: token, waitMs: 1 })).degraded).toEqual(['PENDING_WRITES']);
    const waiting = recall(actor, 'cello', { waitFor: token, waitMs: 30_000 });
    await app.stores.generations.change(actor, generation.id, { status: 'COMPLETED', phase: 'DONE', finished: true });
    expect((await waiting).degraded).toEqual([]);
  });

  it('refuses tokens of others and what is none', async () => {
    const actor = await newTenant();
    const foreign = encodeConsistencyToken({ tenantId: 'else', at: new Date(), generations: [] });
    for (const waitFor of [foreign, 'nonsense']) await expect(recall(actor, 'x', { waitFor })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

test.each([
  ['no scope', { scopes: [] }],
  ['eleven scopes', { scopes: Array.from({ length: 11 }, () => ({ scope: u1 })) }],
  ['an empty query', { query: '' }],
  ['a long query', { query: 'x'.repeat(2001) }],
  ['NUL in the query', { query: 'a\u0000b' }],
  ['too many results', { topK: 101 }],
  ['no kind', { kinds: [] }],
  ['a long wait', { waitMs: 30_001 }],
])('%s is refused', async (_, more: Partial<RecallInput>) => {
  await expect(recall(await newTenant(), 'x', more)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});
