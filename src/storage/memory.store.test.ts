import type { MemoryService } from '../domain/memory/memory.service';
import { createMemoryService } from '../domain/memory/memory.service';
import { createBankService } from '../domain/bank/bank.service';
import { DEFAULT_BANK } from '../domain/bank/bank';
import { memoryTopic } from '../domain/feed/feed';
import { idempotencyKey } from '../domain/idempotency/idempotency';
import { createMemorySweep } from '../domain/memory/memory-sweep.service';
import type { NewMemory } from '../domain/memory/memory';
import type { Actor } from '../kernel/actor';
import { systemClock } from '../kernel/clock';
import { scopeHash, type Scope } from '../kernel/scope';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { openTestDatabase } from '../testing/database';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';
import { createFeedStore, stampFeed } from './feed.store';
import { createLexiconStore } from './lexicon.store';
import { createMemoryStore } from './memory.store';
import { planned, type Sql } from './sql';
import { createStores, createTransact } from './stores';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const bus = createInProcessBus();
const services = (sql: Sql = database) => {
  const stores = createStores(sql, bus);
  const transact = createTransact(sql, bus);
  return {
    memories: createMemoryService({ memories: stores.memories, transact, clock: systemClock, retentionSeconds: 3600 }),
    banks: createBankService({ banks: stores.banks, transact }),
    sweep: createMemorySweep({ transact, retentionSeconds: 3600 }),
  };
};

const run = (text: string, values: readonly unknown[]) => database.query<Record<string, unknown>>(planned('test', text), values);
const scope: Scope = { user_id: 'u1' };
const saying = (fact: string, more: Partial<NewMemory> = {}): NewMemory => ({ bankId: DEFAULT_BANK, scope, fact, ...more });
const exact = { bankId: DEFAULT_BANK, scope, match: 'EXACT' as const, includeSuperseded: false };
const page = { limit: 50, after: null };
const facts = async (actor: Actor, filter: Parameters<MemoryService['list']>[1] = exact) =>
  (await services().memories.list(actor, filter, page)).items.map(({ fact }) => fact);

describe('a memory written directly', () => {
  it('keeps what it was given, its first revision, a feed entry and an embedding job', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    const validFrom = new Date('2023-05-08T00:00:00Z');
    const memory = await memories.create(actor, saying('Likes tea', { topics: ['preferences'], metadata: { source: 'form' }, confidence: 0.5, validFrom }));
    expect(memory).toMatchObject({ fact: 'Likes tea', topics: ['preferences'], confidence: 0.5, metadata: { source: 'form' }, validFrom, revision: 1, evidenceCount: 1 });
    expect(await memories.get(actor, memory.id)).toEqual(memory);
    const { items } = await memories.revisions(actor, memory.id, { limit: 10, before: null });
    expect(items).toMatchObject([{ revision: 1, action: 'CREATED', fact: 'Likes tea', validFrom, topics: ['preferences'], principalId: 'test' }]);
    while ((await stampFeed(database, bus)) > 0);
    const topic = memoryTopic(scopeHash(actor.tenantId, DEFAULT_BANK, scope));
    expect(await createFeedStore(database, bus).read(actor, topic, 0, 10)).toMatchObject([{ ref: { memoryId: memory.id, revision: 1, action: 'CREATED' } }]);
    expect(await run('select payload from jobs where tenant_id = $1', [actor.tenantId]))
      .toEqual([{ payload: { tenantId: actor.tenantId, memoryIds: [memory.id], generationId: null } }]);
  });

  it('merges the same words, however they are written and however many writers come at once', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    const spellings = ['Likes  Café!', 'likes cafe', 'LIKES CAFÉ', '“Likes café.”'];
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => memories.create(actor, saying(spellings[n % 4] ?? ''))));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await memories.get(actor, made[0]?.id ?? '')).toMatchObject({ evidenceCount: 20, revision: 1 });
    await memories.create(actor, saying('likes cafe', { scope: { user_id: 'u2' } }));
    expect(await facts(actor)).toHaveLength(1);
  });

  it('answers a retried key with the same memory and refuses the key for another body', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    const input = saying('Plays the cello');
    const first = await memories.create(actor, input, { idempotency: idempotencyKey('createMemory', 'k1', input) });
    const second = await memories.create(actor, input, { idempotency: idempotencyKey('createMemory', 'k1', input) });
    expect(second).toEqual(first);
    await expect(memories.create(actor, saying('x'), { idempotency: idempotencyKey('createMemory', 'k1', 'other') })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['an empty fact', saying('  ')],
    ['a fact that is too long', saying('x'.repeat(2001))],
    ['NUL', saying('a\u0000b')],
    ['a lone surrogate', saying('a\ud800')],
    ['eleven topics', saying('x', { topics: Array.from({ length: 11 }, (_, n) => `t${n}`) })],
    ['large metadata', saying('x', { metadata: { text: 'y'.repeat(17_000) } })],
    ['a confidence above one', saying('x', { confidence: 1.1 })],
    ['a period that ends before it starts', saying('x', { validFrom: new Date(2), validTo: new Date(1) })],
    ['a TTL of nothing', saying('x', { ttlSeconds: 0 })],
    ['no scope', saying('x', { scope: {} })],
  ])('is refused with %s', async (_, input) => {
    const actor = await newTenant(database);
    await expect(services().memories.create(actor, input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('is listed newest first in pages, by topic, exactly or by part of its scope', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    for (const n of [1, 2, 3]) await memories.create(actor, saying(`fact ${n}`, { topics: n === 2 ? ['even'] : ['odd'] }));
    await memories.create(actor, saying('fact 4', { scope: { user_id: 'u1', project: 'p' } }));
    const first = await memories.list(actor, exact, { limit: 2, after: null });
    expect(first).toMatchObject({ items: [{ fact: 'fact 3' }, { fact: 'fact 2' }], hasMore: true });
    expect(await memories.list(actor, exact, { limit: 2, after: first.items[1]?.id ?? null })).toMatchObject({ items: [{ fact: 'fact 1' }], hasMore: false });
    expect(await facts(actor, { ...exact, topic: 'odd' })).toEqual(['fact 3', 'fact 1']);
    expect(await facts(actor, { ...exact, match: 'SUBSET' })).toEqual(['fact 4', 'fact 3', 'fact 2', 'fact 1']);
  });
});

describe('changing a memory', () => {
  it('writes a revision, forgets the claim of the old words and guards the expected revision', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    const { id } = await memories.create(actor, saying('Lives in Boston'));
    await run(`update memories set subject = 'ann', attribute = 'home', value = 'boston' where tenant_id = $1`, [actor.tenantId]);
    expect(await memories.patch(actor, id, { topics: ['places'] })).toMatchObject({ revision: 2, subject: 'ann', fact: 'Lives in Boston' });
    expect(await memories.patch(actor, id, { fact: 'Lives in Austin' }, { expectedRevision: 2 })).toMatchObject({ revision: 3, subject: null, topics: ['places'] });
    await expect(memories.patch(actor, id, { fact: 'x' }, { expectedRevision: 2 })).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'VERSION_MISMATCH' } });
    expect(await memories.patch(actor, id, {})).toMatchObject({ revision: 3 });
    const { items, hasMore } = await memories.revisions(actor, id, { limit: 2, before: null });
    expect(items.map(({ revision, fact }) => [revision, fact])).toEqual([[3, 'Lives in Austin'], [2, 'Lives in Boston']]);
    expect(hasMore).toBe(true);
  });

  it('never makes a second memory with the same words', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    const [a, b] = [await memories.create(actor, saying('One')), await memories.create(actor, saying('Two'))];
    await expect(memories.patch(actor, b.id, { fact: 'ONE.' })).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'DUPLICATE_FACT' } });
    const raced = await Promise.allSettled([memories.patch(actor, a.id, { fact: 'Three' }), memories.patch(actor, b.id, { fact: 'three' })]);
    expect(raced.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('keeps no revisions where the bank wants none, and lets them expire where it says so', async () => {
    const { memories, banks } = services();
    const actor = await newTenant(database);
    await banks.save(actor, 'plain', { revisions: false });
    const plain = await memories.create(actor, saying('x', { bankId: 'plain' }));
    expect(await memories.revisions(actor, plain.id, { limit: 10, before: null })).toEqual({ items: [], hasMore: false });
    await banks.save(actor, 'brief', { ttls: { created: null, generatedCreated: null, generatedUpdated: null, revision: 60 } });
    const brief = await memories.create(actor, saying('x', { bankId: 'brief' }));
    expect((await memories.revisions(actor, brief.id, { limit: 10, before: null })).items).toHaveLength(1);
    await run(`update memory_revisions set expires_at = now() where tenant_id = $1 and memory_id = $2`, [actor.tenantId, brief.id]);
    expect((await memories.revisions(actor, brief.id, { limit: 10, before: null })).items).toHaveLength(0);
  });
});

describe('gone means gone', () => {
  const everywhere = async (actor: Actor, id: string) => {
    const { memories } = services();
    const store = createMemoryStore(database);
    return [
      ...(await memories.getMany(actor, [id])),
      ...(await memories.list(actor, { ...exact, includeSuperseded: true }, page)).items,
      ...(await memories.list(actor, { ...exact, match: 'SUBSET' }, page)).items,
      ...(await memories.revisions(actor, id, { limit: 10, before: null })).items,
      ...(await store.neighbours(actor, exact, { fact: 'Has a parrot', subject: null, attribute: null, value: null }, 10)),
      await store.lock(actor, id),
    ].filter((found) => found !== null);
  };

  it('hides a deleted memory from every read at once, lets it come back, and erases it after the retention', async () => {
    const { memories, sweep } = services();
    const actor = await newTenant(database);
    const { id } = await memories.create(actor, saying('Has a parrot'));
    expect(await everywhere(actor, id)).toHaveLength(6);
    await memories.remove(actor, id);
    expect(await everywhere(actor, id)).toEqual([]);
    await expect(memories.remove(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await memories.restore(actor, id)).toMatchObject({ fact: 'Has a parrot', revision: 3 });
    await memories.remove(actor, id);
    await memories.create(actor, saying('Has a parrot'));
    await expect(memories.restore(actor, id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await sweep.run(actor, 100);
    expect(await run('select 1 from memories where tenant_id = $1 and id = $2', [actor.tenantId, id])).toHaveLength(1);
    await run(`update memories set deleted_at = now() - interval '2 hours' where tenant_id = $1 and id = $2`, [actor.tenantId, id]);
    await expect(memories.restore(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await sweep.run(actor, 100)).toBe(1);
    expect(await run('select 1 from memory_revisions where tenant_id = $1 and memory_id = $2', [actor.tenantId, id])).toEqual([]);
  });

  it('hides an expired memory at once and gives its place to the next who says it', async () => {
    const { memories, banks, sweep } = services();
    const actor = await newTenant(database);
    await banks.save(actor, DEFAULT_BANK, { ttls: { created: 3600, generatedCreated: null, generatedUpdated: null, revision: null } });
    const { id, expiresAt, createdAt } = await memories.create(actor, saying('Has a parrot'));
    expect(Number(expiresAt) - Number(createdAt)).toBe(3_600_000);
    await run(`update memories set expires_at = now() where tenant_id = $1`, [actor.tenantId]);
    expect(await everywhere(actor, id)).toEqual([]);
    const next = await memories.create(actor, saying('has a parrot', { ttlSeconds: null }));
    expect(next).toMatchObject({ evidenceCount: 1, expiresAt: null });
    expect(next.id).not.toBe(id);
    await run(`update memories set expires_at = now() where tenant_id = $1`, [actor.tenantId]);
    expect(await sweep.run(actor, 100)).toBe(1);
    expect(await run('select 1 from memories where tenant_id = $1', [actor.tenantId])).toEqual([]);
  });
});

describe('neighbours', () => {
  it('are found by the words that tell facts apart, not crowded out by a name that stands in all', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    await memories.create(actor, saying('Caroline plays the theremin'));
    await run(`insert into memories (tenant_id, id, bank_id, scope, scope_hash, scope_sub, fact, fact_hash, confidence, tsv, length)
      select tenant_id, gen_random_uuid(), bank_id, scope, scope_hash, scope_sub, 'Caroline met person ' || n, sha256(n::text::bytea), 1,
        ('''carolin'':1 ''met'':2 ''person'':3 ''' || n || ''':4')::tsvector, 4
      from memories, generate_series(1, 1500) n where tenant_id = $1`, [actor.tenantId]);
    await createLexiconStore(database).refresh(actor, 'memories');
    const found = await createMemoryStore(database).neighbours(actor, exact, { fact: 'Caroline met someone who repairs her theremin', subject: null, attribute: null, value: null }, 10);
    expect(found.map(({ fact }) => fact)).toEqual(['Caroline plays the theremin']);
  });

  it('include what the same subject says of the same attribute or value, likeliest first, never what is superseded', async () => {
    const { memories } = services();
    const actor = await newTenant(database);
    const claimed = async (fact: string, subject: string, attribute: string, value: string): Promise<string> => {
      const { id } = await memories.create(actor, saying(fact));
      await run('update memories set subject = $3, attribute = $4, value = $5 where tenant_id = $1 and id = $2', [actor.tenantId, id, subject, attribute, value]);
      return id;
    };
    await claimed('Rome is home', 'ann', 'home_city', 'rome');
    await claimed('Tea again', 'ann', 'dislikes', 'tea');
    await claimed('Oslo', 'bob', 'home_city', 'oslo');
    const past = await claimed('Bergen', 'ann', 'home_city', 'bergen');
    await run('update memories set superseded_by = id, superseded_at = now() where tenant_id = $1 and id = $2', [actor.tenantId, past]);
    const of = async (attribute: string, value: string) =>
      (await createMemoryStore(database).neighbours(actor, exact, { fact: 'Unheard', subject: 'ann', attribute, value }, 10)).map(({ fact }) => fact);
    expect(await of('home_city', 'oslo')).toEqual(['Rome is home']);
    expect(await of('likes', 'tea')).toEqual(['Tea again']);
  });
});

describe('nobody sees another’s data', () => {
  it('keeps tenants apart', async () => {
    const { memories } = services();
    const [mine, other] = [await newTenant(database), await newTenant(database)];
    const { id } = await memories.create(mine, saying('secret'));
    await expect(memories.get(other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(memories.patch(other, id, { fact: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(memories.remove(other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await memories.revisions(other, id, { limit: 10, before: null })).toEqual({ items: [], hasMore: false });
    expect(await facts(other)).toEqual([]);
    expect(await facts(mine)).toEqual(['secret']);
  });

  it('keeps a key within its scopes, and u1 is no prefix of u10', async () => {
    const { memories } = services();
    const admin = await newTenant(database);
    const limited: Actor = { ...admin, scopeLimits: [{ user_id: 'u1' }] };
    const own = await memories.create(limited, saying('own', { scope: { user_id: 'u1', project: 'p' } }));
    const foreign = await memories.create(admin, saying('foreign', { scope: { user_id: 'u10', project: 'p' } }));
    await memories.create(admin, saying('shared', { scope: { project: 'p' } }));
    await expect(memories.get(limited, foreign.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(memories.patch(limited, foreign.id, { fact: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(memories.remove(limited, foreign.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await memories.remove(admin, foreign.id);
    await expect(memories.restore(limited, foreign.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await memories.restore(admin, foreign.id);
    await expect(memories.create(limited, saying('x', { scope: { user_id: 'u10' } }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(memories.list(limited, { ...exact, scope: { project: 'p' } }, page)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await facts(limited, { ...exact, scope: { project: 'p' }, match: 'SUBSET' })).toEqual(['own']);
    expect(await memories.getMany(limited, [own.id, foreign.id])).toMatchObject([{ fact: 'own' }, null]);
  });

  it('allows only the scope keys of the bank', async () => {
    const { memories, banks } = services();
    const actor = await newTenant(database);
    await banks.save(actor, 'keyed', { allowedScopeKeys: ['user_id'] });
    await memories.create(actor, saying('x', { bankId: 'keyed' }));
    await expect(memories.create(actor, saying('y', { bankId: 'keyed', scope: { user_id: 'u', team: 't' } }))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

test('reading a memory is one statement, a page of them one, writing one at most ten', async () => {
  const actor = await newTenant(database);
  const { id } = await services().memories.create(actor, saying('counted'));
  let statements = 0;
  const counting = (sql: Sql): Sql => ({
    query: (statement, values) => { statements += 1; return sql.query(statement, values); },
    transact: (work) => sql.transact((tx) => work(counting(tx))),
    afterCommit: (callback) => { sql.afterCommit(callback); },
  });
  const counted = async (work: (service: MemoryService) => Promise<unknown>): Promise<number> => {
    statements = 0;
    await work(services(counting(database)).memories);
    return statements;
  };
  expect(await counted((service) => service.get(actor, id))).toBe(1);
  expect(await counted((service) => service.getMany(actor, [id, id, id]))).toBe(1);
  expect(await counted((service) => service.list(actor, exact, page))).toBe(1);
  expect(await counted((service) => service.revisions(actor, id, { limit: 5, before: null }))).toBe(1);
  expect(await counted((service) => service.create(actor, saying('counted too')))).toBeLessThanOrEqual(10);
});
