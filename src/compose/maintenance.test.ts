import { DEFAULT_BANK, DEFAULT_BANK_CONFIG } from '../domain/bank/bank';
import { createEmbeddingPhase } from '../domain/generation/embedding.phase';
import { GatewayError } from '../kernel/errors';
import type { Actor } from '../kernel/actor';
import { noMetrics } from '../kernel/metrics-type';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import type { Embedder } from '../platform/embedding/embedding.port';
import { createHashEmbedder } from '../platform/embedding/hash.embedder';
import type { Database } from '../storage/database';
import { planned } from '../storage/sql';
import { createStores, createTransact } from '../storage/stores';
import { openTestDatabase, silentLogger } from '../testing/database';
import { retrievalOver } from '../testing/retrieval';
import { newTenant } from '../testing/tenant';
import { startMaintenance } from './maintenance';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const bus = createInProcessBus();
const scope = { user_id: 'u1' };
const run = <Row extends object>(text: string, values: readonly unknown[]) => database.query<Row>(planned('test', text), values);

/** One sweep of a gateway that was just started with this embedder. */
async function sweep(embedder: Embedder = createHashEmbedder(), retentionSeconds = 0): Promise<void> {
  const maintenance = startMaintenance({
    database, bus, embedder, logger: silentLogger, metrics: noMetrics, objects: null,
  }, retentionSeconds, null);
  try {
    await maintenance.sweep();
  } finally {
    await maintenance.stop();
  }
}

const remember = async (actor: Actor, facts: readonly string[]) => {
  const app = retrievalOver(database);
  const kept = [];
  for (const fact of facts) kept.push(await app.memories.create(actor, { bankId: DEFAULT_BANK, scope, fact }));
  return kept;
};
const say = (text: string) => ({ author: 'USER' as const, content: [{ type: 'text' as const, text }] });

describe('words of what was erased leave the lexicon', () => {
  const holds = async (actor: Actor, corpus: string, lexeme: string): Promise<boolean> =>
    (await run('select 1 from lexicon where tenant_id = $1 and corpus = $2 and lexeme = $3', [actor.tenantId, corpus, lexeme])).length > 0;
  const FACTS = ['Ann plays the theremin', ...Array.from({ length: 20 }, (_, n) => `Ann has met person ${n}`)];

  it('when a deleted memory is erased, though the corpus hardly changed', async () => {
    const actor = await newTenant(database);
    const app = retrievalOver(database);
    const [rare] = await remember(actor, FACTS);
    await app.lexicon.freshen(actor, 'memories');
    expect(await holds(actor, 'memories', 'theremin')).toBe(true);
    await app.memories.remove(actor, rare?.id ?? '');
    await sweep();
    expect(await holds(actor, 'memories', 'theremin')).toBe(false);
    expect(await holds(actor, 'memories', 'person')).toBe(true);
  });

  it('when a memory expires', async () => {
    const actor = await newTenant(database);
    const app = retrievalOver(database);
    const [rare] = await remember(actor, FACTS);
    await app.lexicon.freshen(actor, 'memories');
    await run(`update memories set expires_at = now() - interval '1 second' where tenant_id = $1 and id = $2`, [actor.tenantId, rare?.id]);
    await sweep();
    expect(await holds(actor, 'memories', 'theremin')).toBe(false);
  });

  it('when a bank is removed', async () => {
    const actor = await newTenant(database);
    const app = retrievalOver(database);
    const stores = createStores(database, bus);
    await stores.banks.insert(actor, 'work', DEFAULT_BANK_CONFIG);
    await remember(actor, FACTS.slice(1));
    await app.memories.create(actor, { bankId: 'work', scope, fact: FACTS[0] ?? '' });
    await app.lexicon.freshen(actor, 'memories');
    expect(await holds(actor, 'memories', 'theremin')).toBe(true);
    await stores.banks.remove(actor, 'work');
    await sweep();
    expect(await holds(actor, 'memories', 'theremin')).toBe(false);
  });

  it.each([['deleted', false], ['expired', true]])('when a session is %s', async (_, expired) => {
    const actor = await newTenant(database);
    const app = retrievalOver(database);
    const [gone, stays] = [await app.sessions.create(actor, { userId: 'u1' }), await app.sessions.create(actor, { userId: 'u1' })];
    await app.events.append(actor, gone.id, [say('I play the theremin')]);
    await app.events.append(actor, stays.id, FACTS.slice(1).map(say));
    await app.lexicon.freshen(actor, 'events');
    expect(await holds(actor, 'events', 'theremin')).toBe(true);
    if (expired) await run(`update sessions set expires_at = now() - interval '1 second' where tenant_id = $1 and id = $2`, [actor.tenantId, gone.id]);
    else await app.sessions.remove(actor, gone.id);
    await sweep();
    expect(await holds(actor, 'events', 'theremin')).toBe(false);
    expect(await holds(actor, 'events', 'person')).toBe(true);
  });

  it('and what is expired but not erased yet lends none', async () => {
    const actor = await newTenant(database);
    const app = retrievalOver(database);
    const session = await app.sessions.create(actor, { userId: 'u1' });
    await app.events.append(actor, session.id, [say('I play the theremin')]);
    const [rare] = await remember(actor, FACTS);
    await run(`update sessions set expires_at = now() - interval '1 second' where tenant_id = $1`, [actor.tenantId]);
    await run(`update memories set expires_at = now() - interval '1 second' where tenant_id = $1 and id = $2`, [actor.tenantId, rare?.id]);
    await app.lexicon.freshen(actor, 'events');
    await app.lexicon.freshen(actor, 'memories');
    expect(await run(`select 1 from lexicon where tenant_id = $1 and lexeme = 'theremin'`, [actor.tenantId])).toEqual([]);
  });
});

describe('another embedder', () => {
  const semantic = (model: string, dimension: number): Embedder => ({
    model, dimension, semantic: true,
    embed: (texts) => Promise.resolve(texts.map((text) => Array.from({ length: dimension }, (_, n) => text.charCodeAt(n % Math.max(1, text.length)) || 1))),
  });
  const waiting = (actor: Actor) => run<{ id: string; payload: { memoryIds: string[] } }>(
    `select id, payload from jobs where tenant_id = $1 and name = 'memory.embedding' and dead_at is null order by id`, [actor.tenantId]);
  /** Runs this tenant's embedding jobs until there are none. @returns how many ran */
  const embedAll = async (actor: Actor, embedder: Embedder): Promise<number> => {
    const phase = createEmbeddingPhase({ embeddings: createStores(database, bus).embeddings, embedder, transact: createTransact(database, bus) });
    for (let ran = 0; ; ran += 1) {
      const [job] = await run<{ id: string; payload: { memoryIds: string[]; catchUp?: true } }>('select id, payload from jobs where tenant_id = $1 and dead_at is null order by id limit 1', [actor.tenantId]);
      if (job === undefined) return ran;
      await phase.run(actor, { memoryIds: job.payload.memoryIds, generationId: null, catchUp: job.payload.catchUp }, new AbortController().signal);
      await run('delete from jobs where tenant_id = $1 and id = $2', [actor.tenantId, job.id]);
    }
  };
  const age = (actor: Actor) => run(`update memories set updated_at = now() - interval '1 hour' where tenant_id = $1`, [actor.tenantId]);
  const degraded = async (actor: Actor, embedder: Embedder) =>
    (await retrievalOver(database, embedder).recall.recall(actor, { scopes: [{ scope }], query: 'Where does Ann play?' })).degraded;

  it.each([
    ['of another model', createHashEmbedder(), semantic('acme/e1', 8)],
    ['of the same model with another dimension', semantic('acme/e1', 8), semantic('acme/e1', 16)],
  ])('%s gives what was remembered before its vectors', async (_, before, after) => {
    const actor = await newTenant(database);
    await remember(actor, ['Ann plays the cello', 'Ann has a dog']);
    await embedAll(actor, before);
    await age(actor);
    expect(await degraded(actor, after)).toEqual(['VECTOR']);
    await sweep(after);
    await sweep(after);
    expect(await waiting(actor)).toHaveLength(1);
    await embedAll(actor, after);
    expect(await degraded(actor, after)).toEqual([]);
    await sweep(after);
    expect(await waiting(actor)).toEqual([]);
  });

  it('gives them in batches, one job at a time, and leaves out what is superseded, deleted or has a job of its own', async () => {
    const actor = await newTenant(database);
    const [model] = await remember(actor, ['Ann plays the cello']);
    await embedAll(actor, createHashEmbedder());
    await run(`insert into memories (tenant_id, id, bank_id, scope, scope_hash, scope_sub, fact, fact_hash, confidence, tsv, length)
      select tenant_id, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, bank_id, scope, scope_hash, scope_sub, 'fact ' || n, sha256(convert_to('fact ' || n, 'UTF8')), 1, tsv, length
      from memories, generate_series(1, 600) n where tenant_id = $1 and id = $2`, [actor.tenantId, model?.id]);
    await age(actor);
    const embedder = semantic('acme/e2', 4);
    await run(`update memories set superseded_at = now(), superseded_by = id where tenant_id = $1 and fact = 'fact 1'`, [actor.tenantId]);
    await run(`update memories set deleted_at = now() where tenant_id = $1 and fact = 'fact 2'`, [actor.tenantId]);
    await run(`update memories set updated_at = now() where tenant_id = $1 and fact = 'fact 3'`, [actor.tenantId]);
    await sweep(embedder, 3600);
    expect((await waiting(actor)).map(({ payload }) => payload.memoryIds.length)).toEqual([500]);
    expect(await embedAll(actor, embedder)).toBe(2);
    const [{ vectors } = { vectors: 0 }] = await run<{ vectors: number }>(`select count(*)::int as vectors from memory_embeddings where tenant_id = $1 and model = 'acme/e2@4'`, [actor.tenantId]);
    expect(vectors).toBe(598);
  });

  it('that had refused for good is asked again', async () => {
    const actor = await newTenant(database);
    const down: Embedder = { ...semantic('acme/e3', 4), embed: () => Promise.reject(new GatewayError('UNAVAILABLE', 'down')) };
    await remember(actor, ['Ann plays the cello']);
    await run(`update jobs set dead_at = now() where tenant_id = $1`, [actor.tenantId]);
    await age(actor);
    await sweep(down);
    await expect(embedAll(actor, down)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await run(`update jobs set dead_at = now() where tenant_id = $1`, [actor.tenantId]);
    const up = semantic('acme/e3', 4);
    await sweep(up);
    await embedAll(actor, up);
    expect(await degraded(actor, up)).toEqual([]);
  });
});

it('more expired revisions and old tombstones than one round takes are all gone after a sweep', async () => {
  const actor = await newTenant(database);
  const [memory] = await remember(actor, ['Ann plays the cello']);
  await run(`insert into memory_revisions (tenant_id, memory_id, revision, action, fact, snapshot, principal_id, expires_at)
    select $1, $2, n, 'UPDATED', 'fact ' || n, '{}', 'p', now() - interval '1 second' from generate_series(2, 1202) n`, [actor.tenantId, memory?.id]);
  await run(`insert into memory_tombstones (tenant_id, memory_id, fact_hash, deleted_at, bank_id, scope_hash)
    select $1, $2, sha256(n::text::bytea), now() - interval '500 days', 'default', 1 from generate_series(1, 1201) n`, [actor.tenantId, memory?.id]);
  await sweep();
  expect(await run('select 1 from memory_revisions where tenant_id = $1 and expires_at is not null', [actor.tenantId])).toEqual([]);
  expect(await run('select 1 from memory_tombstones where tenant_id = $1', [actor.tenantId])).toEqual([]);
});
