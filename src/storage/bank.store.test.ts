import { DEFAULT_BANK } from '../domain/bank/bank';
import { createBankService } from '../domain/bank/bank.service';
import { memoryTopic } from '../domain/feed/feed';
import { createMemoryService } from '../domain/memory/memory.service';
import { systemClock } from '../kernel/clock';
import { scopeHash } from '../kernel/scope';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { openTestDatabase } from '../testing/database';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';
import { stampFeed } from './feed.store';
import { planned } from './sql';
import { createStores, createTransact } from './stores';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const bus = createInProcessBus();
const services = () => {
  const stores = createStores(database, bus);
  const transact = createTransact(database, bus);
  return {
    feed: stores.feed,
    banks: createBankService({ banks: stores.banks, transact }),
    memories: createMemoryService({ memories: stores.memories, transact, clock: systemClock, retentionSeconds: 3600 }),
  };
};

const run = (text: string, values: readonly unknown[]) => database.query<Record<string, unknown>>(planned('test', text), values);

describe('banks', () => {
  it('show the default before it is saved, keep what a patch leaves out and guard their version', async () => {
    const { banks } = services();
    const actor = await newTenant(database);
    expect(await banks.get(actor, DEFAULT_BANK)).toMatchObject({ id: DEFAULT_BANK, consolidation: true, version: 1 });
    expect((await banks.list(actor)).map(({ id }) => id)).toEqual([DEFAULT_BANK]);
    const saved = await banks.save(actor, 'b', { instructions: 'Only food.' });
    expect(await banks.save(actor, 'b', { consolidation: false }, { expectedVersion: saved.version })).toMatchObject({ instructions: 'Only food.', consolidation: false, version: 2 });
    await expect(banks.save(actor, 'b', {}, { expectedVersion: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(banks.get(actor, 'never')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    ['an unknown managed topic', { managedTopics: ['weather'] }],
    ['a malformed topic name', { customTopics: [{ name: 'Bad Name', description: 'x' }] }],
    ['a topic named twice', { customTopics: [{ name: 'preferences', description: 'x' }] }],
    ['too many topics', { customTopics: Array.from({ length: 21 }, (_, n) => ({ name: `t${n}`, description: 'x' })) }],
    ['a long prompt', { customTopics: [{ name: 't', description: 'x', prompt: 'y'.repeat(4001) }] }],
    ['a TTL of nothing', { ttls: { created: 0, generatedCreated: null, generatedUpdated: null, revision: null } }],
  ])('refuse %s', async (_, patch) => {
    const actor = await newTenant(database);
    await expect(services().banks.save(actor, 'b', patch)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('go with their memories', async () => {
    const { memories, banks } = services();
    const actor = await newTenant(database);
    await banks.save(actor, 'gone', {});
    const { id } = await memories.create(actor, { bankId: 'gone', scope: { user_id: 'u1' }, fact: 'x' });
    await banks.remove(actor, 'gone');
    await expect(memories.get(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(memories.create(actor, { bankId: 'gone', scope: { user_id: 'u1' }, fact: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(banks.remove(actor, DEFAULT_BANK)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('tell each of their memories as deleted, once, to the feed of its pool, when they are removed', async () => {
    const { memories, banks, feed } = services();
    const actor = await newTenant(database);
    await banks.save(actor, 'gone', {});
    const pools = [{ user_id: 'u1' }, { user_id: 'u2' }];
    const topics = pools.map((pool) => memoryTopic(scopeHash(actor.tenantId, 'gone', pool)));
    const made: string[] = [];
    for (const pool of pools) for (const n of [1, 2]) made.push((await memories.create(actor, { bankId: 'gone', scope: pool, fact: `fact ${n}` })).id);
    await memories.remove(actor, made[0] ?? '');
    await run(`insert into memories (tenant_id, id, bank_id, scope, scope_hash, scope_sub, fact, fact_hash, confidence, tsv, length)
      select tenant_id, gen_random_uuid(), bank_id, scope, scope_hash, scope_sub, 'n' || n, sha256(n::text::bytea), 1, ''::tsvector, 0
      from memories, generate_series(1, 2500) n where tenant_id = $1 and id = $2`, [actor.tenantId, made[3]]);
    const ids = (await run('select id from memories where tenant_id = $1', [actor.tenantId])).map(({ id }) => id);
    expect(ids).toHaveLength(2504);
    await banks.remove(actor, 'gone');
    while ((await stampFeed(database, bus)) > 0);
    const told = await Promise.all(topics.map((topic) => feed.read(actor, topic, 0, 10_000)));
    expect(told.flat().filter(({ ref }) => ref['action'] === 'DELETED').map(({ ref }) => ref['memoryId']).sort()).toEqual(ids.sort());
  });
});
