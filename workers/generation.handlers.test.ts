import { DEFAULT_BANK } from '../src/domain/bank/bank';
import { generationTopic } from '../src/domain/feed/feed';
import { progressOf } from '../src/domain/generation/progress';
import type { Event, NewEvent } from '../src/domain/session/event';
import { createOfflineExtractor } from '../src/domain/extraction/offline/offline-extractor';
import { GatewayError } from '../src/kernel/errors';
import type { Actor } from '../src/kernel/actor';
import { createInProcessBus } from '../src/platform/bus/in-process.bus';
import type { Database } from '../src/storage/database';
import { stampFeed } from '../src/storage/feed.store';
import { planned } from '../src/storage/sql';
import { openTestDatabase } from '../src/testing/database';
import { createGenerationWorld, scriptedExtractor, tinyEmbedder, type GenerationWorld } from '../src/testing/generation-world';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const scope = { user_id: 'u1' };
const at = (day: number): Date => new Date(Date.UTC(2024, 0, day));
const say = (text: string, day = 1, more: Partial<NewEvent> = {}): NewEvent => ({ author: 'USER', authorName: 'Ann', content: [{ type: 'text', text }], occurredAt: at(day), ...more });

async function conversation(world: GenerationWorld, actor: Actor, events: readonly NewEvent[]): Promise<{ sessionId: string; events: readonly Event[] }> {
  const session = await world.sessions.create(actor, { userId: 'u1' });
  return { sessionId: session.id, events: await world.events.append(actor, session.id, events) };
}
const generate = async (world: GenerationWorld, actor: Actor, sessionId: string) => {
  const { id } = await world.generations.generate(actor, { source: { sessionId } });
  await world.runJobs(actor);
  return world.generations.get(actor, id);
};
const memoriesOf = async (world: GenerationWorld, actor: Actor, includeSuperseded = false) =>
  (await world.memoryService.list(actor, { bankId: DEFAULT_BANK, scope, match: 'EXACT', includeSuperseded }, { limit: 200, after: null })).items;
const outcomesOf = async (world: GenerationWorld, actor: Actor, id: string) =>
  (await world.generations.candidates(actor, id, { limit: 200, after: 0 })).items.map(({ outcome }) => outcome);

const MOVES = [
  say('Ann: home_city=boston; Ann lives in Boston', 1),
  say('How are you?', 1),
  say('Ann: likes+tea; Ann likes tea', 2),
  say('Ann has a dog', 2),
  say('Ann: home_city=seattle; Ann lives in Seattle', 3),
  say('Ann has a dog named Max', 4),
  say('Ann: likes+tea; Ann is fond of tea', 4),
];

describe('a generation', () => {
  it('turns a session into memories, with an outcome for every candidate', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    const { sessionId, events } = await conversation(world, actor, MOVES);
    const job = await generate(world, actor, sessionId);
    expect(job).toMatchObject({
      status: 'COMPLETED', phase: 'DONE', sessionId, scope, leftOutCount: 1, leftOut: [{ eventId: events[1]?.id, reason: 'question' }],
      extractor: 'test/script', usage: [{ model: 'test/script', calls: 2, promptTokens: 7, completionTokens: 2 }], error: null,
    });
    expect(job.finishedAt).not.toBeNull();
    expect(await outcomesOf(world, actor, job.id)).toEqual(['CREATED', 'CREATED', 'CREATED', 'CREATED', 'UPDATED', 'UNCHANGED']);
    const all = await memoriesOf(world, actor, true);
    expect(all.map(({ fact }) => fact).sort()).toEqual(['Ann has a dog named Max', 'Ann likes tea', 'Ann lives in Boston', 'Ann lives in Seattle']);
    const [boston, seattle] = [all.find(({ fact }) => fact.includes('Boston')), all.find(({ fact }) => fact.includes('Seattle'))];
    expect(boston).toMatchObject({ supersededBy: seattle?.id, validTo: at(3), revision: 2 });
    expect(seattle).toMatchObject({ supersededBy: null, sessionId, eventIds: [events[4]?.id] });
    expect(all.find(({ fact }) => fact.includes('tea'))).toMatchObject({ evidenceCount: 2, revision: 1, eventIds: [events[2]?.id, events[6]?.id] });
    const { items } = await world.memoryService.revisions(actor, boston?.id ?? '', { limit: 10, before: null });
    expect(items.map(({ action, generationId }) => [action, generationId])).toEqual([['SUPERSEDED', job.id], ['GENERATED_CREATED', job.id]]);
    expect(items[1]?.candidates).toEqual(['Ann lives in Boston']);
    expect(items[0]?.reason).toBe('replaced by “Ann lives in Seattle”');
    const vectors = await database.query(planned('test', 'select 1 from memory_embeddings where tenant_id = $1'), [actor.tenantId]);
    expect(vectors).toHaveLength(4);
    await world.memoryService.remove(actor, seattle?.id ?? '');
    const after = await world.memoryService.revisions(actor, boston?.id ?? '', { limit: 10, before: null });
    expect(after.items[0]?.reason).toBe('replaced by a newer statement');
  });

  it('tells its progress in order, never falling, from nothing to the whole', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    const { sessionId } = await conversation(world, actor, MOVES);
    const { id } = await generate(world, actor, sessionId);
    while ((await stampFeed(database, createInProcessBus())) > 0);
    const steps = (await world.feed.read(actor, generationTopic(id), 0, 100)).map((entry) => progressOf(id, entry));
    expect(steps[0]).toMatchObject({ status: 'PENDING', phase: 'EXTRACT', done: 0, total: 7, progress: 0 });
    expect(steps.at(-1)).toMatchObject({ status: 'COMPLETED', phase: 'DONE', progress: 1 });
    expect(steps.map(({ phase }) => phase)).toEqual(['EXTRACT', 'EXTRACT', 'EXTRACT', 'CONSOLIDATE', 'CONSOLIDATE', 'EMBED', 'EMBED', 'DONE']);
    expect(steps.every(({ progress }, index) => index === 0 || progress >= (steps[index - 1]?.progress ?? 0))).toBe(true);
  });

  it('changes nothing when the same conversation comes again, ten times and twice at once', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    const { sessionId } = await conversation(world, actor, MOVES);
    await generate(world, actor, sessionId);
    const once = await memoriesOf(world, actor, true);
    for (let n = 0; n < 10; n += 1) {
      const again = await generate(world, actor, sessionId);
      expect(new Set(await outcomesOf(world, actor, again.id))).toEqual(new Set(['UNCHANGED']));
    }
    await Promise.all([world.generations.generate(actor, { source: { sessionId } }), world.generations.generate(actor, { source: { sessionId } })]);
    await world.runJobs(actor);
    expect(await memoriesOf(world, actor, true)).toEqual(once);
  });

  it('records an older contradiction as already superseded', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    await generate(world, actor, (await conversation(world, actor, [say('Ann: home_city=rome; Ann lives in Rome', 9)])).sessionId);
    const old = await conversation(world, actor, [say('Ann: home_city=oslo; Ann lives in Oslo', 2)]);
    expect(await outcomesOf(world, actor, (await generate(world, actor, old.sessionId)).id)).toEqual(['CREATED']);
    const all = await memoriesOf(world, actor, true);
    const rome = all.find(({ fact }) => fact.includes('Rome'));
    expect(rome).toMatchObject({ supersededBy: null, revision: 1 });
    expect(all.find(({ fact }) => fact.includes('Oslo'))).toMatchObject({ supersededBy: rome?.id, validTo: at(9) });
    expect((await memoriesOf(world, actor)).map(({ fact }) => fact)).toEqual(['Ann lives in Rome']);
  });

  it('leaves recalled text out, and ends well when nothing is found', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    const recalled = { content: [{ type: 'text' as const, text: 'Ann likes tea', fromRecall: true }] };
    const { sessionId, events } = await conversation(world, actor, [say('', 1, recalled), say('And you?')]);
    const job = await generate(world, actor, sessionId);
    expect(job).toMatchObject({ status: 'COMPLETED', phase: 'DONE', leftOutCount: 2 });
    expect(job.leftOut).toEqual([{ eventId: events[0]?.id, reason: 'text from recall' }, { eventId: events[1]?.id, reason: 'question' }]);
    expect(await world.generations.outcomes(actor, job.id)).toEqual(new Map());
  });

  it.each([
    ['that forgets turns', () => scriptedExtractor(3)],
    ['of rules', createOfflineExtractor],
  ])('accounts for every event, with an extractor %s', async (_, extractor) => {
    const inner = extractor();
    const world = createGenerationWorld(database, { extractor: { ...inner, extract: async (request) => ({ ...await inner.extract(request), leftOut: [] }) } });
    const actor = await world.newTenant();
    const { sessionId, events } = await conversation(world, actor, [
      ...MOVES, say(''), say('Hm.'), say('ok', 2, { author: 'AGENT' }), say('{"x": 1}', 2, { author: 'TOOL' }), say('x', 3, { content: [{ type: 'data', mediaType: 'image/png', data: 'y' }] }),
      say('Ann likes tea', 3, { content: [{ type: 'text', text: 'Ann likes tea', fromRecall: true }] }), say('I love hiking with my dog Max.', 4),
    ]);
    const job = await generate(world, actor, sessionId);
    const { items } = await world.generations.candidates(actor, job.id, { limit: 200, after: 0 });
    const cited = new Set(items.flatMap(({ candidate }) => candidate.eventIds));
    expect(job.leftOutCount).toBe(job.leftOut.length);
    expect(job.leftOut.every(({ reason }) => reason !== '')).toBe(true);
    expect([...cited, ...job.leftOut.map(({ eventId }) => eventId)].sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('takes given facts as they stand and raw text in parts, and keeps neither text once it is extracted', async () => {
    const extractor = scriptedExtractor(2);
    const world = createGenerationWorld(database, { extractor });
    const actor = await world.newTenant();
    const given = await world.generations.generate(actor, { scope, source: { facts: ['Ann plays chess', 'ann plays CHESS', 'Ann has two cats'] } });
    await world.runJobs(actor);
    expect(extractor.calls()).toBe(0);
    expect(await outcomesOf(world, actor, given.id)).toEqual(['CREATED', 'UNCHANGED', 'CREATED']);
    const text = Array.from({ length: 9 }, (_, n) => `Ann visited place number ${n} `.repeat(25).trim()).join('\n\n');
    const raw = await world.generations.generate(actor, { scope, source: { text, speaker: 'Ann', occurredAt: at(1) } });
    expect(raw.total).toBeGreaterThan(2);
    await world.runJobs(actor);
    expect(extractor.calls()).toBe(Math.ceil(raw.total / 2));
    expect(await world.generations.get(actor, raw.id)).toMatchObject({ status: 'COMPLETED', source: { kind: 'text', text: '' } });
    expect(await world.generations.get(actor, given.id)).toMatchObject({ source: { kind: 'facts', facts: [] } });
    expect((await memoriesOf(world, actor)).every(({ eventIds }) => eventIds.length === 0)).toBe(true);
  });

  it('works with the offline extractor from end to end', async () => {
    const world = createGenerationWorld(database, { extractor: createOfflineExtractor() });
    const actor = await world.newTenant();
    const { sessionId } = await conversation(world, actor, [
      say('I moved to Lisbon last month and I work as a nurse.', 10), say('I love hiking with my dog Max.', 11), say('I moved to Porto last week.', 20),
    ]);
    const job = await generate(world, actor, sessionId);
    expect(job.status).toBe('COMPLETED');
    const first = await memoriesOf(world, actor);
    expect(first.length).toBeGreaterThanOrEqual(3);
    expect(first.filter(({ attribute }) => attribute === 'home_city').map(({ value }) => value)).toEqual(['porto']);
    await generate(world, actor, sessionId);
    expect(await memoriesOf(world, actor)).toEqual(first);
  });

  it('answers a retried key with the same job', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    const key = { field: 'generateMemories', key: 'k', bodyHash: Buffer.from('body') };
    const input = { scope, source: { facts: ['Ann plays chess'] } };
    const [one, two] = [await world.generations.generate(actor, input, { idempotency: key }), await world.generations.generate(actor, input, { idempotency: key })];
    expect(two.id).toBe(one.id);
    expect(await world.jobsOf(actor)).toHaveLength(1);
  });

  it('merges only the same words where the bank does not consolidate', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    await world.banksService.save(actor, DEFAULT_BANK, { consolidation: false });
    const { sessionId } = await conversation(world, actor, [...MOVES, say('ann LIKES tea')]);
    await generate(world, actor, sessionId);
    expect((await memoriesOf(world, actor)).map(({ fact }) => fact).sort()).toEqual([
      'Ann has a dog', 'Ann has a dog named Max', 'Ann is fond of tea', 'Ann likes tea', 'Ann lives in Boston', 'Ann lives in Seattle',
    ]);
  });

  it('gives memories the lifetimes of their bank', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    await world.banksService.save(actor, DEFAULT_BANK, { ttls: { created: null, generatedCreated: 100, generatedUpdated: 1000, revision: null } });
    const { sessionId } = await conversation(world, actor, [say('Ann has a dog'), say('Ann likes tea'), say('Ann has a dog named Max')]);
    await generate(world, actor, sessionId);
    const lifetimes = (await memoriesOf(world, actor)).map((memory) => [memory.fact, Math.round((Number(memory.expiresAt) - Number(memory.updatedAt)) / 1000)]);
    expect(Object.fromEntries(lifetimes)).toEqual({ 'Ann has a dog named Max': 1000, 'Ann likes tea': 100 });
  });
});

it('a pool of thousands that only generations wrote to, never searched, still finds what a candidate speaks of', async () => {
  const world = createGenerationWorld(database);
  const actor = await world.newTenant();
  const { id: like } = await world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Caroline met person 0 at the town market and had a long talk' });
  await database.query(planned('test', `insert into memories (tenant_id, id, bank_id, scope, scope_hash, scope_sub, fact, fact_hash, confidence, tsv, length)
    select tenant_id, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, bank_id, scope, scope_hash, scope_sub, 'Caroline met person ' || n, sha256(n::text::bytea), 1, tsv || ('''p' || n || ''':9')::tsvector, length
    from memories, generate_series(1, 3500) n where tenant_id = $1 and id = $2`), [actor.tenantId, like]);
  await world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Caroline had met a theremin player' });
  await world.runJobs(actor);
  const { id } = await world.generations.generate(actor, { scope, source: { facts: ['Caroline had met a theremin player in Vienna'] } });
  await world.runJobs(actor);
  expect(await outcomesOf(world, actor, id)).toEqual(['UPDATED']);
});

describe('what is refused', () => {
  it.each([
    ['a text without scope', { source: { text: 'x' } }, 'BAD_USER_INPUT'],
    ['an empty text', { scope, source: { text: ' ' } }, 'BAD_USER_INPUT'],
    ['a text that is too long', { scope, source: { text: 'x'.repeat(200_001) } }, 'BAD_USER_INPUT'],
    ['no facts', { scope, source: { facts: [] } }, 'BAD_USER_INPUT'],
    ['too many facts', { scope, source: { facts: Array.from({ length: 201 }, () => 'x') } }, 'BAD_USER_INPUT'],
    ['an unknown session', { source: { sessionId: '019aa000-0000-7000-8000-000000000000' } }, 'NOT_FOUND'],
    ['an unknown bank', { scope, bankId: 'never', source: { facts: ['x'] } }, 'NOT_FOUND'],
  ])('is %s', async (_, input, code) => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    await expect(world.generations.generate(actor, input)).rejects.toMatchObject({ code });
    expect(await world.jobsOf(actor)).toEqual([]);
  });

  it('is a range outside the session, and another’s session, scope and job', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    const { sessionId } = await conversation(world, actor, [say('a'), say('b')]);
    await expect(world.generations.generate(actor, { source: { sessionId, fromSeq: 0 } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(world.generations.generate(actor, { source: { sessionId, toSeq: 3 } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    const limited = { ...actor, scopeLimits: [{ user_id: 'u10' }] };
    await expect(world.generations.generate(limited, { source: { sessionId } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(world.generations.generate(limited, { scope, source: { facts: ['x'] } })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    await world.runJobs(actor);
    for (const other of [limited, await world.newTenant()]) {
      await expect(world.generations.get(other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await world.generations.candidates(other, id, { limit: 10, after: 0 })).toEqual({ items: [], hasMore: false });
      expect((await world.generations.list(other, {}, { limit: 10, after: null })).items).toEqual([]);
    }
    expect((await world.generations.list(actor, { sessionId }, { limit: 10, after: null })).items.map((job) => job.id)).toEqual([id]);
  });
});

describe('what goes wrong', () => {
  const refusing = (): Promise<never> => Promise.reject(new GatewayError('UNAVAILABLE', 'the provider does not answer'));

  it('ends a job that is given up as FAILED, with one outcome per candidate', async () => {
    const world = createGenerationWorld(database, { consolidator: { decide: refusing } });
    const actor = await world.newTenant();
    await world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann has a dog' });
    await world.runJobs(actor);
    const { sessionId } = await conversation(world, actor, [say('Ann has a dog named Max'), say('Ann has a dog')]);
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    await expect(world.runJobs(actor)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await world.generations.get(actor, id)).toMatchObject({ status: 'PROCESSING', phase: 'CONSOLIDATE' });
    const [job] = await world.jobsOf(actor);
    for (let twice = 0; twice < 2; twice += 1) {
      await world.handlers.abandon('memory.consolidation', job?.payload, new GatewayError('UNAVAILABLE', 'the provider does not answer'));
    }
    expect(await world.generations.get(actor, id)).toMatchObject({ status: 'FAILED', error: { code: 'UNAVAILABLE', message: 'the provider does not answer' } });
    expect(await outcomesOf(world, actor, id)).toEqual(['FAILED', 'FAILED']);
    await world.runJobs(actor);
    expect((await memoriesOf(world, actor)).map(({ fact }) => fact)).toEqual(['Ann has a dog']);
  });

  it('completes without vectors when the embedder is given up, and says so', async () => {
    const world = createGenerationWorld(database, { embedder: { ...tinyEmbedder(), embed: refusing } });
    const actor = await world.newTenant();
    const { id } = await world.generations.generate(actor, { scope, source: { facts: ['Ann has a dog'] } });
    await expect(world.runJobs(actor)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await world.generations.get(actor, id)).toMatchObject({ status: 'PROCESSING', phase: 'EMBED' });
    expect(await memoriesOf(world, actor)).toHaveLength(1);
    const [job] = await world.jobsOf(actor);
    await world.handlers.abandon('memory.embedding', job?.payload, new Error('down'));
    expect(await world.generations.get(actor, id)).toMatchObject({ status: 'COMPLETED', phase: 'DONE', error: { code: 'DEGRADED' } });
  });

  it('pays for no text twice: vectors of known words come from the cache', async () => {
    const embedder = tinyEmbedder();
    const world = createGenerationWorld(database, { embedder });
    const actor = await world.newTenant();
    for (const user_id of ['a', 'b']) {
      await world.generations.generate(actor, { scope: { user_id }, source: { facts: ['Ann has a dog'] } });
      await world.runJobs(actor);
    }
    expect(embedder.texts).toEqual(['Ann has a dog']);
  });

  it('shows no words of a deleted memory in the job that made it, and erases them with it', async () => {
    const world = createGenerationWorld(database);
    const actor = await world.newTenant();
    const { id } = await world.generations.generate(actor, { scope, source: { facts: ['Ann has a secret'] } });
    await world.runJobs(actor);
    const [memory] = await memoriesOf(world, actor);
    await world.memoryService.remove(actor, memory?.id ?? '');
    const { items } = await world.generations.candidates(actor, id, { limit: 10, after: 0 });
    expect(items).toMatchObject([{ outcome: 'CREATED', memoryId: memory?.id, candidate: { fact: '' } }]);
    await world.memories.erase(actor, 'hidden', 0, 10);
    const left = await database.query(planned('test', `
      select to_jsonb(t)::text from (select to_jsonb(c) from generation_candidates c where tenant_id = $1 union all select to_jsonb(g) from generations g where tenant_id = $1
        union all select to_jsonb(m) from memories m where tenant_id = $1 union all select to_jsonb(r) from memory_revisions r where tenant_id = $1
        union all select to_jsonb(f) from feed_items f where tenant_id = $1 union all select jsonb_build_object('cache', content_hash) from embedding_cache where tenant_id = $1) t`), [actor.tenantId]);
    expect(JSON.stringify(left)).not.toMatch(/secret|cache/);
  });
});
