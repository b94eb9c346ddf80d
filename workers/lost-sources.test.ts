import { DEFAULT_BANK } from '../src/domain/bank/bank';
import type { Consolidator } from '../src/domain/consolidation/consolidator';
import type { Extractor } from '../src/domain/extraction/extractor';
import { feedBusTopic, generationTopic } from '../src/domain/feed/feed';
import { createLiveFeeds } from '../src/domain/feed/live-feed';
import { createStampedFeed } from '../src/domain/feed/stamped-feed';
import { createGenerationFeed } from '../src/domain/generation/generation.feed';
import { idempotencyKey } from '../src/domain/idempotency/idempotency';
import type { NewEvent } from '../src/domain/session/event';
import type { Actor } from '../src/kernel/actor';
import { systemClock } from '../src/kernel/clock';
import { createInProcessBus } from '../src/platform/bus/in-process.bus';
import type { Database } from '../src/storage/database';
import { createFeedStore, stampFeed } from '../src/storage/feed.store';
import { planned } from '../src/storage/sql';
import { openTestDatabase } from '../src/testing/database';
import { createGenerationWorld, scriptedExtractor, type GenerationWorld, type WorldOptions } from '../src/testing/generation-world';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const scope = { user_id: 'u1' };
const say = (text: string): NewEvent => ({ author: 'USER', authorName: 'Ann', content: [{ type: 'text', text }] });
const run = <Row extends object>(text: string, values: readonly unknown[]) => database.query<Row>(planned('test', text), values);

async function start(options: WorldOptions, ...events: readonly NewEvent[]): Promise<{ world: GenerationWorld; actor: Actor; sessionId: string }> {
  const world = createGenerationWorld(database, options);
  const actor = await world.newTenant();
  const { id: sessionId } = await world.sessions.create(actor, { userId: 'u1' });
  if (events.length > 0) await world.events.append(actor, sessionId, events);
  return { world, actor, sessionId };
}
/** Runs the jobs as the worker does: what fails for good is abandoned. */
const runAll = async (world: GenerationWorld, actor: Actor): Promise<void> => {
  for (let [job] = await world.jobsOf(actor); job !== undefined; [job] = await world.jobsOf(actor)) {
    const { id, name, payload } = job;
    await world.handlers.run(name, payload, new AbortController().signal).catch((error: unknown) => world.handlers.abandon(name, payload, error));
    await world.finishJob(actor, id);
  }
};
const outcomes = async (world: GenerationWorld, actor: Actor, id: string) =>
  (await world.generations.candidates(actor, id, { limit: 200, after: 0 })).items.map(({ outcome, candidate, reason }) => [outcome, candidate.fact, reason]);
const expire = (actor: Actor) => run(`update sessions set expires_at = now() - interval '1 second' where tenant_id = $1`, [actor.tenantId]);
const written = async (actor: Actor): Promise<string> => JSON.stringify(await run(`
  select to_jsonb(c) as row from generation_candidates c where tenant_id = $1 union all select to_jsonb(g) from generations g where tenant_id = $1`, [actor.tenantId]));
const GONE = { status: 'FAILED', error: { code: 'NOT_FOUND', message: 'the session is gone' } };
const sneaky = (base: Extractor, between: () => Promise<void>): Extractor => ({
  ...base, extract: async (request) => { const answer = await base.extract(request); await between(); return answer; },
});

describe('a generation whose session is gone', () => {
  it.each([['deleted', false], ['expired', true]])('fails and says so when it was %s before the job ran', async (_, expired) => {
    const { world, actor, sessionId } = await start({}, say('Ann has a dog'));
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    await (expired ? expire(actor) : world.sessions.remove(actor, sessionId));
    await runAll(world, actor);
    expect(await world.generations.get(actor, id)).toMatchObject(GONE);
  });

  it('fails when it was deleted while the extractor thought, and keeps nothing of that window', async () => {
    let between = (): Promise<void> => Promise.resolve();
    const { world, actor, sessionId } = await start({ extractor: sneaky(scriptedExtractor(), () => between()) }, say('Ann has a secret'));
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    between = () => world.sessions.remove(actor, sessionId);
    await runAll(world, actor);
    expect(await world.generations.get(actor, id)).toMatchObject(GONE);
    expect(await written(actor)).not.toContain('secret');
  });

  it('fails when it was deleted between two windows, without words of the first', async () => {
    let windows = 0;
    const extractor: Extractor = { ...scriptedExtractor(1), extract: (request) => ((windows += 1) === 2 ? Promise.reject(new Error('the process died')) : scriptedExtractor(1).extract(request)) };
    const { world, actor, sessionId } = await start({ extractor }, say('Ann has a secret'), say('Ann has a dog'));
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    await expect(world.runJobs(actor)).rejects.toThrow('died');
    await world.sessions.remove(actor, sessionId);
    await runAll(world, actor);
    expect(await world.generations.get(actor, id)).toMatchObject(GONE);
    expect(await outcomes(world, actor, id)).toEqual([['FAILED', '', 'the session is gone']]);
    expect(await written(actor)).not.toContain('secret');
  });

  it('completes when all of it was extracted before, and its memories stay', async () => {
    const { world, actor, sessionId } = await start({}, say('Ann has a dog'));
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    const [job] = await world.jobsOf(actor);
    if (job === undefined) throw new Error('no job');
    await world.handlers.run(job.name, job.payload, new AbortController().signal);
    await world.finishJob(actor, job.id);
    await world.sessions.remove(actor, sessionId);
    await runAll(world, actor);
    expect(await world.generations.get(actor, id)).toMatchObject({ status: 'COMPLETED', error: null });
    expect(await outcomes(world, actor, id)).toEqual([['CREATED', 'Ann has a dog', expect.any(String)]]);
  });

  it('completes at once when the session never had an event', async () => {
    const { world, actor, sessionId } = await start({});
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    await runAll(world, actor);
    expect(await world.generations.get(actor, id)).toMatchObject({ status: 'COMPLETED', error: null });
  });
});

describe('candidates that became no memory', () => {
  const quarantine: Consolidator = {
    decide: (items) => Promise.resolve({
      decisions: items.map(({ ordinal, candidate }) => (candidate.fact.includes('secret') ? { ordinal, action: 'quarantine', reason: 'it looks like an order' } : { ordinal, action: 'create', reason: 'new' })),
      usage: [],
    }),
  };
  const KNOWN = 'Ann has a dog';

  it.each([['deleted', false], ['expired and swept', true]])('lose their words when their session is %s', async (_, expired) => {
    const { world, actor, sessionId } = await start({ consolidator: quarantine }, say(`${KNOWN} with a secret`), say('Ann sings'));
    await world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact: KNOWN });
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    await runAll(world, actor);
    expect(await outcomes(world, actor, id)).toEqual([['QUARANTINED', `${KNOWN} with a secret`, 'it looks like an order'], ['CREATED', 'Ann sings', expect.any(String)]]);
    if (expired) {
      await expire(actor);
      await world.stores.sessions.sweepExpired(10);
    } else {
      await world.sessions.remove(actor, sessionId);
    }
    expect(await outcomes(world, actor, id)).toEqual([['QUARANTINED', '', 'the session it came from is gone'], ['CREATED', 'Ann sings', expect.any(String)]]);
    expect(await written(actor)).not.toContain('secret');
  });

  it('have none when the session went before they were settled', async () => {
    let between = (): Promise<void> => Promise.resolve();
    const late: Consolidator = { ...quarantine, decide: async (items, signal) => { await between(); return quarantine.decide(items, signal); } };
    const { world, actor, sessionId } = await start({ consolidator: late }, say(`${KNOWN} with a secret`));
    await world.memoryService.create(actor, { bankId: DEFAULT_BANK, scope, fact: KNOWN });
    between = () => world.sessions.remove(actor, sessionId);
    const { id } = await world.generations.generate(actor, { source: { sessionId } });
    await runAll(world, actor);
    expect(await outcomes(world, actor, id)).toEqual([['QUARANTINED', '', 'the session it came from is gone']]);
    expect(await written(actor)).not.toContain('secret');
  });
});

describe('a range of a session', () => {
  it('that begins after its last event is refused, and names the field', async () => {
    const { world, actor, sessionId } = await start({}, say('a'), say('b'));
    await expect(world.generations.generate(actor, { source: { sessionId, fromSeq: 3 } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'input.fromSeq' } });
    const { id } = await world.generations.generate(actor, { source: { sessionId, fromSeq: 2 } });
    expect(await world.generations.get(actor, id)).toMatchObject({ source: { fromSeq: 2, toSeq: 2 }, total: 1 });
  });

  it('is refused where there are no events', async () => {
    const { world, actor, sessionId } = await start({});
    await expect(world.generations.generate(actor, { source: { sessionId, fromSeq: 1 } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'input.fromSeq' } });
  });
});

describe('a request that is sent again', () => {
  const key = (body: unknown) => ({ idempotency: idempotencyKey('generateMemories', 'k', body) });

  it('finds its job though the session is gone', async () => {
    const { world, actor, sessionId } = await start({}, say('Ann has a dog'));
    const first = await world.generations.generate(actor, { source: { sessionId } }, key(1));
    await world.sessions.remove(actor, sessionId);
    expect((await world.generations.generate(actor, { source: { sessionId } }, key(1))).id).toBe(first.id);
    expect(await world.jobsOf(actor)).toHaveLength(1);
  });

  it('finds its job and its memory though the bank allows their scope no more', async () => {
    const { world, actor } = await start({});
    const memory = { bankId: DEFAULT_BANK, scope, fact: 'Ann has a dog' };
    const [job, kept] = [await world.generations.generate(actor, { scope, source: { facts: ['Ann sings'] } }, key(1)), await world.memoryService.create(actor, memory, { idempotency: idempotencyKey('createMemory', 'k', 1) })];
    await world.banksService.save(actor, DEFAULT_BANK, { allowedScopeKeys: ['project'] });
    await expect(world.generations.generate(actor, { scope, source: { facts: ['Ann sings'] } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await world.generations.generate(actor, { scope, source: { facts: ['Ann sings'] } }, key(1))).id).toBe(job.id);
    expect((await world.memoryService.create(actor, memory, { idempotency: idempotencyKey('createMemory', 'k', 1) })).id).toBe(kept.id);
  });

  it('that was refused leaves its key free', async () => {
    const { world, actor, sessionId } = await start({});
    await expect(world.generations.generate(actor, { source: { sessionId, fromSeq: 1 } }, key(1))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await world.events.append(actor, sessionId, [say('Ann has a dog')]);
    expect((await world.generations.generate(actor, { source: { sessionId, fromSeq: 1 } }, key(1))).total).toBe(1);
  });
});

describe('who follows a generation', () => {
  const follow = async (world: GenerationWorld, actor: Actor, id: string) => {
    const bus = createInProcessBus();
    const feed = createFeedStore(database, bus);
    const feeds = createLiveFeeds({ bus });
    const { subscribe } = createGenerationFeed({ generations: world.generations, feed, follow: createStampedFeed({ feed, feeds }), clock: systemClock });
    const steps = await subscribe(actor, id, null, new AbortController().signal);
    return { steps: steps[Symbol.asyncIterator](), feeds, notify: () => { bus.notify(feedBusTopic(actor.tenantId, generationTopic(id))); }, stamp: () => stampFeed(database, bus) };
  };
  const accepted = async () => {
    const { world, actor } = await start({});
    await world.banksService.save(actor, 'work', {});
    const { id } = await world.generations.generate(actor, { bankId: 'work', scope, source: { facts: ['Ann has a dog'] } });
    const following = await follow(world, actor, id);
    await following.stamp();
    expect((await following.steps.next()).value).toMatchObject({ status: 'PENDING' });
    return { world, actor, id, ...following };
  };

  it('is told that it is canceled when its bank goes, and the feed ends', async () => {
    const { world, actor, id, steps, stamp, feeds } = await accepted();
    await world.banksService.remove(actor, 'work');
    await stamp();
    expect((await steps.next()).value).toMatchObject({ generationId: id, status: 'CANCELED', phase: 'EXTRACT' });
    expect(await steps.next()).toEqual({ done: true, value: undefined });
    expect(feeds.size).toBe(0);
  });

  it('is told that it does not exist when it went without a word', async () => {
    const { actor, id, steps, notify } = await accepted();
    const next = steps.next();
    await run('delete from generations where tenant_id = $1 and id = $2', [actor.tenantId, id]);
    notify();
    await expect(next).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
