import fc from 'fast-check';
import type { Consolidator, Decision } from '../src/domain/consolidation/consolidator';
import { createRuleConsolidator } from '../src/domain/consolidation/rules/rule-consolidator';
import { DEFAULT_BANK } from '../src/domain/bank/bank';
import { claimHash, factHash } from '../src/domain/memory/fingerprint';
import type { Memory } from '../src/domain/memory/memory';
import type { NewEvent } from '../src/domain/session/event';
import { RetryLater } from '../src/jobs/retry-later';
import type { Actor } from '../src/kernel/actor';
import type { Database } from '../src/storage/database';
import { planned, type Sql } from '../src/storage/sql';
import { openTestDatabase } from '../src/testing/database';
import { createFaultySql, Killed } from '../src/testing/faulty-sql';
import { createGenerationWorld, scriptedExtractor, tinyEmbedder, type GenerationWorld } from '../src/testing/generation-world';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const scope = { user_id: 'u1' };
const say = (text: string, day: number): NewEvent => ({ author: 'USER', authorName: 'Ann', content: [{ type: 'text', text }], occurredAt: new Date(Date.UTC(2024, 0, day)) });
const pool = { bankId: DEFAULT_BANK, scope, match: 'EXACT' as const };
const active = async (world: GenerationWorld, actor: Actor): Promise<readonly Memory[]> =>
  (await world.memoryService.list(actor, { ...pool, includeSuperseded: false }, { limit: 200, after: null })).items;

/** A history free of ids and clocks, to compare runs. */
async function historyOf(world: GenerationWorld, actor: Actor, generationId: string) {
  const { items } = await world.memoryService.list(actor, { ...pool, includeSuperseded: true }, { limit: 200, after: null });
  const factOf = (id: string | null) => items.find((memory) => memory.id === id)?.fact ?? null;
  const revisions = await Promise.all(items.map(({ id }) => world.memoryService.revisions(actor, id, { limit: 200, before: null })));
  const vectors = await database.query(planned('test', 'select 1 from memory_embeddings where tenant_id = $1'), [actor.tenantId]);
  const { status, phase, leftOutCount } = await world.generations.get(actor, generationId);
  return {
    status, phase, leftOutCount, vectors: vectors.length,
    outcomes: (await world.generations.candidates(actor, generationId, { limit: 200, after: 0 })).items
      .map(({ ordinal, outcome, memoryId, candidate }) => [ordinal, candidate.fact, outcome, factOf(memoryId)]),
    memories: items.map((memory, index) => [
      memory.fact, memory.revision, memory.evidenceCount, memory.confidence, factOf(memory.supersededBy), memory.eventIds.length,
      (revisions[index]?.items ?? []).map(({ action, revision, fact }) => [action, revision, fact]),
    ]).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  };
}

const CONVERSATION = [
  say('Ann: home_city=boston; Ann lives in Boston', 1), say('Really?', 1), say('Ann: likes+tea; Ann likes tea', 2), say('Ann has a dog', 2),
  say('Ann: home_city=seattle; Ann lives in Seattle', 3), say('Ann has a dog named Max', 4), say('Ann: likes+tea; Ann is fond of tea', 4),
  say('Ann: dislikes+tea; Ann dislikes tea', 6), say('Ann has a dog', 7), say('Ann: home_city=boston; Ann lives in Boston again', 8), say('Ann sings', 8),
];
const startConversation = async (world: GenerationWorld, events = CONVERSATION) => {
  const actor = await world.newTenant();
  const { id: sessionId } = await world.sessions.create(actor, { userId: 'u1' });
  await world.events.append(actor, sessionId, events);
  const { id } = await world.generations.generate(actor, { source: { sessionId } });
  return { actor, sessionId, id };
};

test('killed at any points and run again, it ends as if nothing had happened, with one outcome for each candidate', async () => {
  const calm = createGenerationWorld(database);
  const undisturbed = await startConversation(calm);
  await calm.runJobs(undisturbed.actor);
  const expected = await historyOf(calm, undisturbed.actor, undisturbed.id);
  expect(expected.outcomes.map(([, , outcome]) => outcome)).not.toContain(null);

  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }), async (deaths) => {
    const faults = createFaultySql();
    const extractor = scriptedExtractor();
    const world = createGenerationWorld(database, { extractor, sqlOfHandlers: faults.wrap });
    const { actor, id } = await startConversation(world);
    const pending = [...deaths];
    const next = (): void => {
      const at = pending.shift();
      faults.dieWhen((call) => call === at);
      faults.revive();
    };
    next();
    let killed = 0;
    await world.runJobs(actor, (error) => {
      if (!(error instanceof Killed)) throw error;
      killed += 1;
      next();
    });
    expect(await historyOf(world, actor, id)).toEqual(expected);
    expect(extractor.calls()).toBeLessThanOrEqual(Math.ceil(CONVERSATION.length / extractor.windowTurns) + killed);
  }), { numRuns: 15 });
}, 120_000);

/** Decides anything that is allowed, at random but reproducibly. */
const arbitrary = (seed: number): Consolidator => {
  let state = seed;
  const pick = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  return {
    decide: (items) => Promise.resolve({
      usage: [{ model: 'test/arbitrary', calls: 1, promptTokens: 1, completionTokens: 1 }],
      decisions: items.map(({ ordinal, neighbours, candidate }): Decision => {
        const memoryId = neighbours[pick(neighbours.length)]?.id;
        const action = (['create', 'duplicate', 'refine', 'contradict', 'retract', 'quarantine'] as const)[pick(6)] ?? 'create';
        const reason = 'at random';
        if (action === 'create' || action === 'quarantine' || memoryId === undefined) return { ordinal, action: action === 'quarantine' ? action : 'create', reason };
        return action === 'refine' ? { ordinal, action, memoryId, fact: pick(2) === 0 ? candidate.fact : `${candidate.fact} indeed`, reason } : { ordinal, action, memoryId, reason };
      }),
    }),
  };
};

test('whatever extractor and consolidator say, no two active memories hold the same words or the same claim', async () => {
  const sentence = fc.record({ attribute: fc.constantFrom('home_city=', 'likes+', 'dislikes+'), value: fc.constantFrom('tea', 'rome', 'oslo'), day: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(fc.asyncProperty(fc.array(sentence, { minLength: 3, maxLength: 12 }), fc.integer({ min: 1, max: 1e6 }), fc.boolean(), async (sentences, seed, rules) => {
    const world = createGenerationWorld(database, {
      extractor: scriptedExtractor(3, (fact, turn) => `${['', 'Really, ', 'As said: ', 'really '][(turn + seed) % 4] ?? ''}${fact}`),
      consolidator: rules ? createRuleConsolidator() : arbitrary(seed),
    });
    const { actor, sessionId, id } = await startConversation(world, sentences.map(({ attribute, value, day }) => say(`Ann: ${attribute}${value}; Ann and ${value}`, day)));
    const second = await world.generations.generate(actor, { source: { sessionId } });
    await Promise.all([
      world.runJobs(actor),
      ...['Ann and tea', 'ann AND rome', 'Really, Ann and oslo'].map((fact) => world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact })),
    ]);
    await world.runJobs(actor);
    const memories = await active(world, actor);
    const hashes = memories.map(({ fact }) => factHash(fact).toString('hex'));
    const claims = memories.flatMap((memory) => claimHash(memory)?.toString('hex') ?? []);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(new Set(claims).size).toBe(claims.length);
    for (const generation of [id, second.id]) {
      expect(await world.generations.get(actor, generation)).toMatchObject({ status: 'COMPLETED' });
      const outcomes = await world.generations.outcomes(actor, generation);
      expect(outcomes.get(null)).toBeUndefined();
      expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(sentences.length);
    }
  }), { numRuns: 15 });
}, 120_000);

const steal = async (world: GenerationWorld, actor: Actor): Promise<void> => {
  const [row] = await database.query<{ name: string }>(planned('test', `update leases set expires_at = '-infinity' where tenant_id = $1 returning name`), [actor.tenantId]);
  expect(await world.leases.acquire(actor, row?.name ?? '', 'thief', 60_000)).not.toBeNull();
};

test('a holder whose lease was stolen between two statements writes nothing more', async () => {
  let armed = false;
  const world: GenerationWorld = createGenerationWorld(database, {
    sqlOfHandlers: (sql) => ({
      ...sql,
      transact: async (work) => {
        if (armed) await steal(world, actor);
        armed = false;
        return sql.transact(work);
      },
    }),
  });
  const { actor, id } = await startConversation(world);
  const [extraction] = await world.jobsOf(actor);
  await world.handlers.run('memory.generation', extraction?.payload, new AbortController().signal);
  await world.finishJob(actor, extraction?.id ?? '');
  const [job] = await world.jobsOf(actor);
  armed = true;
  // First the theft is noticed by the write itself; then, while the thief holds the pool, another try waits in vain.
  for (let tries = 0; tries < 2; tries += 1) {
    await expect(world.handlers.run('memory.consolidation', job?.payload, new AbortController().signal)).rejects.toBeInstanceOf(RetryLater);
    expect(await active(world, actor)).toEqual([]);
    expect(await world.generations.outcomes(actor, id)).toEqual(new Map([[null, 10]]));
  }
  await database.query(planned('test', `update leases set expires_at = '-infinity' where tenant_id = $1`), [actor.tenantId]);
  await world.runJobs(actor);
  expect(await world.generations.get(actor, id)).toMatchObject({ status: 'COMPLETED' });
});

test('the same job delivered twice at once settles each candidate once', async () => {
  const world = createGenerationWorld(database);
  const { actor, id } = await startConversation(world);
  for (let jobs = await world.jobsOf(actor); jobs.length > 0; jobs = await world.jobsOf(actor)) {
    for (const { id: jobId, name, payload } of jobs) {
      const runs = await Promise.allSettled([1, 2].map(() => world.handlers.run(name, payload, new AbortController().signal)));
      for (const run of runs) if (run.status === 'rejected') expect(run.reason).toBeInstanceOf(RetryLater);
      if (runs.some(({ status }) => status === 'fulfilled')) await world.finishJob(actor, jobId);
    }
  }
  const { status, outcomes } = await historyOf(world, actor, id);
  expect(status).toBe('COMPLETED');
  expect(outcomes).toHaveLength(10);
  expect(outcomes.every(([, , outcome]) => outcome !== null)).toBe(true);
});

test('an answer that was paid for is kept before it is used, and not asked for again after a crash', async () => {
  const asked: number[] = [];
  const paid: Consolidator = {
    decide: (items) => {
      asked.push(...items.map(({ ordinal }) => ordinal));
      return Promise.resolve({
        usage: [{ model: 'test/paid', calls: 1, promptTokens: 10, completionTokens: 1 }],
        decisions: items.map(({ ordinal }) => ({ ordinal, action: 'create', reason: 'paid' })),
      });
    },
  };
  const faults = createFaultySql();
  const world = createGenerationWorld(database, { consolidator: paid, sqlOfHandlers: faults.wrap });
  const actor = await world.newTenant();
  await world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann likes green tea' });
  await world.runJobs(actor);
  const { id } = await world.generations.generate(actor, { scope, source: { facts: ['Ann likes black tea', 'Ann drinks coffee'] } });
  faults.dieWhen((_, label) => label === 'lease.assert');
  let killed = 0;
  await world.runJobs(actor, () => {
    killed += 1;
    faults.dieWhen(() => false);
    faults.revive();
  });
  expect(killed).toBe(1);
  expect(asked.filter((ordinal) => ordinal === 1)).toEqual([1]);
  expect(await world.generations.get(actor, id)).toMatchObject({ status: 'COMPLETED' });
});

test('one question is enough for candidates that do not concern each other, one more for those that do', async () => {
  const asked: number[][] = [];
  const rules = createRuleConsolidator();
  const world = createGenerationWorld(database, {
    consolidator: { decide: (items, signal) => { asked.push(items.map(({ ordinal }) => ordinal)); return rules.decide(items, signal); } },
  });
  const actor = await world.newTenant();
  await world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann sings' });
  await world.generations.generate(actor, { scope, source: { facts: ['Ann owns a red bicycle', 'Ann works in a bakery', 'Ann speaks Dutch', 'Ann owns a red bicycle with a bell'] } });
  await world.runJobs(actor);
  expect(asked).toEqual([[1, 2, 3, 4], [4]]);
  expect((await active(world, actor)).map(({ fact }) => fact).sort()).toEqual(['Ann owns a red bicycle with a bell', 'Ann sings', 'Ann speaks Dutch', 'Ann works in a bakery']);
});

test('settling a candidate takes at most sixteen statements, and a known one fewer', async () => {
  let statements = 0;
  const counting = (sql: Sql): Sql => ({
    query: (statement, values) => { statements += 1; return sql.query(statement, values); },
    transact: (work) => sql.transact((tx) => work(counting(tx))),
    afterCommit: (callback) => { sql.afterCommit(callback); },
  });
  const world = createGenerationWorld(database, { sqlOfHandlers: counting });
  const actor = await world.newTenant();
  const facts = Array.from({ length: 100 }, (_, n) => `Ann owns book number ${n}`);
  const perCandidate = async (): Promise<number> => {
    statements = 0;
    await world.generations.generate(actor, { scope, source: { facts } });
    await world.runJobs(actor);
    return statements / facts.length;
  };
  const [fresh, known] = [await perCandidate(), await perCandidate()];
  expect(fresh).toBeLessThanOrEqual(16);
  expect(known).toBeLessThan(fresh);
}, 120_000);

test('an embedding job that is killed between its batches embeds the rest', async () => {
  const faults = createFaultySql();
  const embedder = tinyEmbedder();
  const world = createGenerationWorld(database, { embedder, sqlOfHandlers: faults.wrap });
  const actor = await world.newTenant();
  const facts = Array.from({ length: 150 }, (_, n) => `Ann owns book number ${n}`);
  const { id } = await world.generations.generate(actor, { scope, source: { facts } });
  let remembered = 0;
  faults.dieWhen((_, label) => label === 'embedding.put' && (remembered += 1) === 2);
  await world.runJobs(actor, () => {
    faults.dieWhen(() => false);
    faults.revive();
  });
  expect(await world.generations.get(actor, id)).toMatchObject({ status: 'COMPLETED' });
  expect(await database.query(planned('test', 'select 1 from memory_embeddings where tenant_id = $1'), [actor.tenantId])).toHaveLength(150);
  expect(new Set(embedder.texts).size).toBe(150);
}, 120_000);
