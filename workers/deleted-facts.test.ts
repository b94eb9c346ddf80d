import { DEFAULT_BANK } from '../src/domain/bank/bank';
import { createMemorySweep } from '../src/domain/memory/memory-sweep.service';
import type { NewEvent } from '../src/domain/session/event';
import type { Actor } from '../src/kernel/actor';
import type { Database } from '../src/storage/database';
import { planned } from '../src/storage/sql';
import { openTestDatabase } from '../src/testing/database';
import { createGenerationWorld } from '../src/testing/generation-world';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const scope = { user_id: 'u1' };
const say = (text: string, day = 1): NewEvent => ({ author: 'USER', authorName: 'Ann', content: [{ type: 'text', text }], occurredAt: new Date(Date.UTC(2024, 0, day)) });
const DELETED = /^deleted on \d{4}-\d\d-\d\d; nothing new was said since$/;
const run = (text: string, values: readonly unknown[]) => database.query<Record<string, unknown>>(planned('test', text), values);

/** One user's pool with one session. */
async function start(...events: NewEvent[]) {
  const world = createGenerationWorld(database);
  const actor: Actor = await world.newTenant();
  const { id: sessionId } = await world.sessions.create(actor, { userId: 'u1' });
  await world.events.append(actor, sessionId, events);
  const settled = async (input: Parameters<typeof world.generations.generate>[1]) => {
    const { id } = await world.generations.generate(actor, input);
    await world.runJobs(actor);
    return (await world.generations.candidates(actor, id, { limit: 200, after: 0 })).items;
  };
  const memories = async (includeSuperseded = false) =>
    (await world.memoryService.list(actor, { bankId: DEFAULT_BANK, scope, match: 'EXACT', includeSuperseded }, { limit: 200, after: null })).items;
  const user = {
    actor, sessionId, world, settled, memories,
    generate: () => settled({ source: { sessionId } }),
    say: (...more: NewEvent[]) => world.events.append(actor, sessionId, more),
    facts: async (includeSuperseded = false) => (await memories(includeSuperseded)).map(({ fact }) => fact).sort(),
    remove: async (fact: string) => {
      const memory = (await memories(true)).find((one) => one.fact === fact);
      await world.memoryService.remove(actor, memory?.id ?? '');
      return memory?.id ?? '';
    },
    eraseNow: async () => {
      await run(`update memories set deleted_at = deleted_at - interval '3 days' where tenant_id = $1 and deleted_at is not null`, [actor.tenantId]);
      expect(await createMemorySweep({ transact: world.transact, retentionSeconds: 3600 }).run(actor, 100)).toBeGreaterThan(0);
    },
  };
  await user.generate();
  return user;
}

describe('a fact that its user deleted', () => {
  it('does not come back when the same session is generated again, before and after it was erased', async () => {
    const user = await start(say('Ann has a secret dog'), say('Ann sings'));
    await user.remove('Ann has a secret dog');
    for (let n = 0; n < 2; n += 1) {
      const [dog, song] = await user.generate();
      expect(dog).toMatchObject({ outcome: 'UNCHANGED', memoryId: null, candidate: { fact: '' } });
      expect(dog?.reason).toMatch(DELETED);
      expect(song).toMatchObject({ outcome: 'UNCHANGED', candidate: { fact: 'Ann sings' } });
      expect(await user.facts(true)).toEqual(['Ann sings']);
      if (n === 0) await user.eraseNow();
    }
    const left = await run(`select to_jsonb(c)::text as row from generation_candidates c where tenant_id = $1
      union all select to_jsonb(t)::text from memory_tombstones t where tenant_id = $1`, [user.actor.tenantId]);
    expect(JSON.stringify(left)).not.toContain('secret');
  });

  it.each([['before it was erased', false], ['after it was erased', true]])('comes back when it is said again in a later event, though that event bears an old date, %s', async (_, erased) => {
    const user = await start(say('Ann has a dog', 20));
    await user.remove('Ann has a dog');
    if (erased) await user.eraseNow();
    await user.say(say('Ann has a dog', 2));
    expect((await user.generate()).map(({ outcome }) => outcome)).toEqual(['UNCHANGED', 'CREATED']);
    expect(await user.facts()).toEqual(['Ann has a dog']);
    expect((await user.memories())[0]?.eventIds).toHaveLength(1);
  });

  it('does not come back from another session that was imported before the deletion, though it bears a later date', async () => {
    const user = await start(say('Ann has a dog', 2));
    const { id: other } = await user.world.sessions.create(user.actor, { userId: 'u1' });
    await user.world.events.append(user.actor, other, [say('Ann has a dog', 25)]);
    await user.remove('Ann has a dog');
    await user.eraseNow();
    expect(await user.settled({ source: { sessionId: other } })).toMatchObject([{ outcome: 'UNCHANGED' }]);
    expect(await user.facts()).toEqual([]);
  });

  it('does not come back by a claim, by an earlier wording or by any sentence that was counted to it', async () => {
    const user = await start(
      say('Ann: likes+tea; Ann likes tea'), say('Ann: likes+tea; Ann is fond of tea'), say('Ann has a dog'), say('Ann has a dog named Max'), say('Ann loves hiking'), say('Ann really enjoys hiking'),
    );
    expect(await user.facts()).toEqual(['Ann has a dog named Max', 'Ann likes tea', 'Ann loves hiking']);
    for (const fact of await user.facts()) await user.remove(fact);
    await user.eraseNow();
    expect(new Set((await user.generate()).map(({ outcome }) => outcome))).toEqual(new Set(['UNCHANGED']));
    expect(await user.facts(true)).toEqual([]);
  });

  it('does not come back in other words while it can still be restored', async () => {
    const user = await start(say('Ann loves hiking'));
    const { id: other } = await user.world.sessions.create(user.actor, { userId: 'u1' });
    await user.world.events.append(user.actor, other, [say('Ann really enjoys hiking'), say('Ann enjoys cooking')]);
    await user.remove('Ann loves hiking');
    const [hiking, cooking] = await user.settled({ source: { sessionId: other } });
    expect([hiking?.outcome, cooking?.outcome]).toEqual(['UNCHANGED', 'CREATED']);
    expect(await user.facts()).toEqual(['Ann enjoys cooking']);
  });

  it('does not come back as a refinement of another memory, nor ends one', async () => {
    const user = await start(say('Ann has a dog named Max', 1), say('Ann: home_city=rome; Ann lives in Rome', 2));
    await user.remove('Ann has a dog named Max');
    await user.remove('Ann lives in Rome');
    await user.eraseNow();
    await user.world.memoryService.create(user.actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann has a dog' });
    await user.say(say('Ann: home_city=oslo; Ann lives in Oslo', 1));
    await user.generate();
    expect(await user.facts(true)).toEqual(['Ann has a dog', 'Ann lives in Oslo']);
  });

  it('is made by a user who writes it by hand, and by text and facts that are given later', async () => {
    const user = await start(say('Ann has a dog'), say('Ann sings'), say('Ann skis'));
    for (const fact of ['Ann has a dog', 'Ann sings', 'Ann skis']) await user.remove(fact);
    await user.world.memoryService.create(user.actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann has a dog' });
    expect(await user.settled({ scope, source: { facts: ['Ann sings'] } })).toMatchObject([{ outcome: 'CREATED' }]);
    expect(await user.settled({ scope, source: { text: 'Ann skis', speaker: 'Ann', occurredAt: new Date(0) } })).toMatchObject([{ outcome: 'CREATED' }]);
    expect(await user.facts()).toEqual(['Ann has a dog', 'Ann sings', 'Ann skis']);
  });

  it('is like any other once its deletion is taken back', async () => {
    const user = await start(say('Ann has a dog'));
    const id = await user.remove('Ann has a dog');
    await user.world.memoryService.restore(user.actor, id);
    expect(await run('select 1 from memory_tombstones where tenant_id = $1', [user.actor.tenantId])).toEqual([]);
    expect(await user.generate()).toMatchObject([{ outcome: 'UNCHANGED', memoryId: id, candidate: { fact: 'Ann has a dog' } }]);
  });

  it('is kept out while a generation that heard it before is still under way', async () => {
    const user = await start(say('Ann has a dog'));
    await user.remove('Ann has a dog');
    const { id } = await user.world.generations.generate(user.actor, { scope, source: { facts: ['Ann sings'] } });
    const [job] = await user.world.jobsOf(user.actor);
    await user.world.handlers.run('memory.generation', job?.payload, new AbortController().signal);
    await user.world.finishJob(user.actor, job?.id ?? '');
    await user.world.memoryService.create(user.actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann sings' });
    await user.remove('Ann sings');
    await user.world.runJobs(user.actor);
    expect((await user.world.generations.candidates(user.actor, id, { limit: 10, after: 0 })).items).toMatchObject([{ outcome: 'UNCHANGED' }]);
    expect(await user.facts()).toEqual([]);
  });

  it('is forgotten as deleted after 400 days, with its bank, and never in another pool', async () => {
    const user = await start(say('Ann has a dog'));
    await user.remove('Ann has a dog');
    expect(await user.settled({ scope: { user_id: 'u2' }, source: { sessionId: user.sessionId } })).toMatchObject([{ outcome: 'CREATED' }]);
    await user.eraseNow();
    const tombstones = () => run('select 1 from memory_tombstones where tenant_id = $1', [user.actor.tenantId]);
    const sweep = createMemorySweep({ transact: user.world.transact, retentionSeconds: 3600 });
    await run(`update memory_tombstones set deleted_at = now() - interval '399 days' where tenant_id = $1`, [user.actor.tenantId]);
    await sweep.run(user.actor, 100);
    expect(await tombstones()).toHaveLength(1);
    await run(`update memory_tombstones set deleted_at = now() - interval '401 days' where tenant_id = $1`, [user.actor.tenantId]);
    await sweep.run(user.actor, 100);
    expect(await tombstones()).toEqual([]);
    await user.world.banksService.save(user.actor, 'b', {});
    const { id } = await user.world.memoryService.create(user.actor, { bankId: 'b', scope, fact: 'Ann sings' });
    await user.world.memoryService.remove(user.actor, id);
    expect(await tombstones()).toHaveLength(1);
    await user.world.banksService.remove(user.actor, 'b');
    expect(await tombstones()).toEqual([]);
  });
});

describe('a fact that its user corrected', () => {
  it('does not come back in its old words, and says so', async () => {
    const user = await start(say('Ann: home_city=boston; Ann lives in Boston'), say('Ann sings'));
    const boston = (await user.memories()).find(({ fact }) => fact.includes('Boston'));
    await user.world.memoryService.patch(user.actor, boston?.id ?? '', { fact: 'Ann lives in Austin' });
    const [settled] = await user.generate();
    expect(settled).toMatchObject({ outcome: 'UNCHANGED', memoryId: boston?.id, reason: expect.stringMatching(/^corrected on /) as string });
    expect(await user.facts(true)).toEqual(['Ann lives in Austin', 'Ann sings']);
    await user.say(say('Ann: home_city=boston; Ann lives in Boston', 9));
    await user.generate();
    expect(await user.facts()).toContain('Ann lives in Boston');
  });

  it('may be given its old words again, and keeps its correction when a deletion is taken back', async () => {
    const user = await start(say('Ann lives in Boston'));
    const [memory] = await user.memories();
    const id = memory?.id ?? '';
    await user.world.memoryService.patch(user.actor, id, { fact: 'Ann lives in Austin' });
    await user.world.memoryService.remove(user.actor, id);
    await user.world.memoryService.restore(user.actor, id);
    await user.generate();
    expect(await user.facts()).toEqual(['Ann lives in Austin']);
    await user.world.memoryService.patch(user.actor, id, { fact: 'Ann lives in Boston' });
    await user.generate();
    expect(await user.facts()).toEqual(['Ann lives in Boston']);
  });
});

it('what superseded another memory leaves it superseded when it is deleted', async () => {
  const user = await start(say('Ann: home_city=rome; Ann lives in Rome', 1), say('Ann: home_city=oslo; Ann lives in Oslo', 2));
  await user.remove('Ann lives in Oslo');
  await user.generate();
  expect(await user.facts()).toEqual([]);
  expect(await user.facts(true)).toEqual(['Ann lives in Rome']);
});
