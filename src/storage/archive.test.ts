import type { NewEvent } from '../domain/session/event';
import type { Actor } from '../kernel/actor';
import { DAYS, INLINE_BYTES, long, openArchiveWorld, say } from '../testing/archive-world';
import { openTestDatabase } from '../testing/database';
import { createFaultySql, Killed } from '../testing/faulty-sql';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';

let database: Database;
let world: Awaited<ReturnType<typeof openArchiveWorld>>;
beforeAll(async () => {
  database = await openTestDatabase();
  world = await openArchiveWorld(database);
});
afterEach(() => { world.faults.heal(); });
afterAll(async () => {
  await world.close();
  await database.close();
});

const scope = { user_id: 'u' };

/** A conversation with everything an event can hold, some of it large. */
const CONVERSATION: readonly NewEvent[] = [
  { ...say('My dog Rex eats apples'), authorName: 'Ann', metadata: { topic: 'pets' }, occurredAt: new Date('2025-03-01T10:00:00Z') },
  { author: 'AGENT', content: [{ type: 'text', text: long('Rexology') }], invocationId: 'i1' },
  { author: 'AGENT', actions: { toolCalls: [{ id: 'c', name: 'look', arguments: { bb: 1, a: [1e21, 'x'] } }], stateDelta: { step: 1, 'user:lang': 'fr', gone: 1 } } },
  { author: 'TOOL', actions: { toolOutputs: [{ toolCallId: 'c', output: { zebra: 1, a: { giraffe: [1, 2.5, null, 'é"'] } } }, { toolCallId: 'd', output: 'plain walrus' }] } },
  { author: 'TOOL', actions: { toolOutputs: [{ toolCallId: 'c', output: { list: Array.from({ length: 900 }, (_, n) => `penguin ${n}`) } }], stateDelta: { gone: null, big: 'x'.repeat(INLINE_BYTES) } } },
  { author: 'SYSTEM', content: [{ type: 'text', text: 'recalled parrot', fromRecall: true }, { type: 'data', mediaType: 'image/png', data: { b: 1, a: 2 } }, { type: 'text', text: 'fresh heron' }] },
  say('Where does Rex sleep?'),
];
const QUERIES = ['What does Rex eat?', 'Rexology', 'giraffe zebra', 'walrus', 'penguin', 'heron', 'parrot', 'the'];

/** Every way to read a session. */
async function answers(actor: Actor, id: string) {
  const process = world.processOver();
  const all = await process.events.readRange(actor, id, 1, 1000);
  const states = [];
  for (let seq = 0; seq <= all.length; seq += 1) states.push(await process.events.stateAt(actor, id, seq));
  const found = [];
  for (const query of QUERIES) {
    const { hits } = await process.recall.recall(actor, { scopes: [{ scope }], query, kinds: ['EVENT'], topK: 20 });
    found.push(hits.map((hit) => [hit.kind === 'EVENT' ? hit.event : null, hit.score, hit.explanation]));
    found.push((await process.context.build(actor, { scopes: [{ scope }], query, budgetTokens: 2000 })).text);
  }
  return {
    all, states, found,
    middle: await process.events.readRange(actor, id, 3, 2),
    last: await process.events.readLast(actor, [id], 3),
    ranges: await process.events.readRanges(actor, [id], 2, 4),
    many: await process.events.getMany(actor, all.map((event) => event.id).reverse()),
    context: (await process.context.build(actor, { sessionId: id, budgetTokens: 3000 })).text,
    session: await process.sessions.get(actor, id),
  };
}

async function conversation(actor: Actor, process = world.processOver()): Promise<string> {
  const { id } = await process.sessions.create(actor, { userId: 'u', scope, state: { step: 0 } });
  for (const event of CONVERSATION) await process.events.append(actor, id, [event]);
  return id;
}
const archived = async (actor: Actor, id: string): Promise<number> => {
  await world.age(id);
  return world.processOver().archive.run(actor, DAYS, 100);
};

describe('an archived session', () => {
  it('answers every question as before, and its rows hold no bodies', async () => {
    const actor = await newTenant(database);
    const id = await conversation(actor);
    const before = await answers(actor, id);
    expect(before.all).toHaveLength(CONVERSATION.length);
    expect(before.found.every(({ length }) => length > 0)).toBe(true);
    expect(await archived(actor, id)).toBe(CONVERSATION.length - 2);
    expect(await world.inRows(id)).toBe(0);
    expect(await world.run(`select from events where session_id = $1 and (content <> '[]' or actions -> 'stateDelta' <> 'null')`, [id])).toEqual([]);
    expect(await answers(actor, id)).toEqual({ ...before, session: { ...before.session, updatedAt: expect.any(Date) } });
  });

  it('goes segment by segment: what was stopped in between is whole, and goes on where it stood', async () => {
    const actor = await newTenant(database);
    const process = world.processOver();
    const { id } = await process.sessions.create(actor, { userId: 'u', scope });
    for (let from = 0; from < 1100; from += 100) await process.events.append(actor, id, Array.from({ length: 100 }, (_, n) => say(`turn ${from + n}`)));
    const before = await process.events.readRange(actor, id, 1, 2000);
    await world.age(id);
    expect([await process.archive.run(actor, DAYS, 100, AbortSignal.abort()), await world.inRows(id)]).toEqual([500, 600]);
    expect(await process.events.readRange(actor, id, 1, 2000)).toEqual(before);
    expect([await process.archive.run(actor, DAYS, 100), await world.inRows(id)]).toEqual([600, 0]);
    expect((await world.keys(actor)).map((key) => /\d+-\d+(?=\.)/.exec(key)?.[0]).sort()).toEqual(['1-500', '1001-1100', '501-1000']);
    expect(await process.events.readRange(actor, id, 1, 2000)).toEqual(before);
    expect(await process.events.readRange(actor, id, 499, 3)).toEqual(before.slice(498, 501));
  });

  it('takes new events behind the archived ones, and is archived again when it is quiet again', async () => {
    const actor = await newTenant(database);
    const process = world.processOver();
    const id = await conversation(actor);
    await archived(actor, id);
    const [event] = await process.events.append(actor, id, [{ ...say('Rex is back'), actions: { stateDelta: { step: 2 } } }]);
    expect(event).toMatchObject({ seq: CONVERSATION.length + 1 });
    const before = await answers(actor, id);
    expect([await process.archive.run(actor, DAYS, 100), await world.inRows(id)]).toEqual([0, 1]);
    expect([await archived(actor, id), await world.inRows(id)]).toEqual([1, 0]);
    expect(await answers(actor, id)).toEqual({ ...before, session: { ...before.session, updatedAt: expect.any(Date) } });
    expect(await archived(actor, id)).toBe(0);
    expect((await world.keys(actor)).filter((key) => key.includes('/archive/'))).toHaveLength(2);
  });

  it('is left as it was when an event comes while it is written, or when it is deleted meanwhile', async () => {
    const actor = await newTenant(database);
    const process = world.processOver();
    const [busy, deleted] = [await conversation(actor), await conversation(actor)];
    await world.age(busy);
    await world.age(deleted);
    world.faults.before(async (operation, key) => {
      if (operation !== 'put') return;
      if (key.includes(busy)) await process.events.append(actor, busy, [say('wait')]);
      if (key.includes(deleted)) await process.sessions.remove(actor, deleted);
    });
    expect(await process.archive.run(actor, DAYS, 100)).toBe(0);
    world.faults.heal();
    expect(await process.events.readRange(actor, busy, 1, 100)).toHaveLength(CONVERSATION.length + 1);
    await world.outwait(actor);
    await world.sweep();
    expect((await world.keys(actor)).filter((key) => key.includes('/archive/'))).toEqual([]);
  });

  it('is whole after a kill at any statement of the archiving, and archived in the end', async () => {
    const faulty = createFaultySql();
    const actor = await newTenant(database);
    const id = await conversation(actor);
    const before = await answers(actor, id);
    const same = { ...before, session: { ...before.session, updatedAt: expect.any(Date) } };
    await world.age(id);
    const steps: string[] = [];
    for (let at = 1; at < 100; at += 1) {
      faulty.dieWhen((call, label) => {
        if (call === at) steps.push(label);
        return call === at;
      });
      const outcome = await world.processOver(faulty.wrap(database)).archive.run(actor, DAYS, 100).catch((error: unknown) => error);
      faulty.revive();
      await world.run('delete from leases where tenant_id = $1', [actor.tenantId]);
      expect(await world.processOver().events.readRange(actor, id, 1, 100)).toEqual(before.all);
      if (!(outcome instanceof Killed)) break;
    }
    expect(steps).toEqual(expect.arrayContaining(['archive.read', 'object.announce', 'archive.lock', 'object.confirm', 'archive.empty', 'after commit']));
    await world.processOver().archive.run(actor, DAYS, 100);
    expect([await world.inRows(id), await world.run('select from sessions where id = $1 and archived_seq = next_seq - 1', [id])]).toEqual([0, [{}]]);
    await world.outwait(actor);
    await world.sweep();
    expect(await answers(actor, id)).toEqual(same);
  });

  it('is archived by one process, though two try', async () => {
    const actor = await newTenant(database);
    const ids = [await conversation(actor), await conversation(actor)];
    for (const id of ids) await world.age(id);
    const counts = await Promise.all([world.processOver().archive.run(actor, DAYS, 100), world.processOver().archive.run(actor, DAYS, 100)]);
    expect(counts.sort()).toEqual([0, 2 * (CONVERSATION.length - 2)]);
  });

  it('says UNAVAILABLE while the object store is away, never a part; others are served', async () => {
    const actor = await newTenant(database);
    const process = world.processOver();
    const [old, young] = [await conversation(actor), await conversation(actor)];
    await archived(actor, old);
    await process.events.append(actor, old, [say('still in its row')]);
    world.faults.away();
    const refusal = { code: 'UNAVAILABLE', details: { reason: 'OBJECTS_UNAVAILABLE' } };
    await expect(process.events.readRange(actor, old, 1, 100)).rejects.toMatchObject(refusal);
    await expect(process.events.readLast(actor, [young, old], 5)).rejects.toMatchObject(refusal);
    await expect(process.events.stateAt(actor, old, 5)).rejects.toMatchObject(refusal);
    expect(await process.events.readLast(actor, [young, old], 1)).toMatchObject([[{ seq: CONVERSATION.length }], [{ seq: CONVERSATION.length + 1 }]]);
    const found = await process.recall.recall(actor, { scopes: [{ scope }], query: 'What does Rex eat?', kinds: ['EVENT'], topK: 20 });
    expect([found.degraded, new Set(found.hits.map((hit) => hit.kind === 'EVENT' && hit.event.sessionId))]).toEqual([['OBJECTS'], new Set([young])]);
    expect((await process.context.build(actor, { scopes: [{ scope }], query: 'What does Rex eat?' })).degraded).toContain('OBJECTS');
    expect(await process.sessions.get(actor, old)).toMatchObject({ lastSeq: CONVERSATION.length + 1 });
    world.faults.heal();
    expect(await process.events.readRange(actor, old, 1, 100)).toHaveLength(CONVERSATION.length + 1);
  });

  it.each<[string, (actor: Actor, id: string) => Promise<unknown>]>([
    ['deleted', (actor, id) => world.processOver().sessions.remove(actor, id)],
    ['expired', async (_, id) => world.run(`update sessions set expires_at = now() - interval '1 second' where id = $1`, [id])],
  ])('that was %s is not there any more, and neither are its objects after the next sweep', async (_, end) => {
    const actor = await newTenant(database);
    const process = world.processOver();
    const id = await conversation(actor, process);
    await archived(actor, id);
    const [event] = await process.events.readRange(actor, id, 1, 1);
    await end(actor, id);
    expect(await process.events.readRange(actor, id, 1, 100)).toEqual([]);
    expect(await process.events.getMany(actor, [event?.id ?? ''])).toEqual([null]);
    expect((await process.recall.recall(actor, { scopes: [{ scope }], query: 'Rex' })).hits).toEqual([]);
    await process.stores.sessions.sweepExpired(100);
    await world.sweep();
    expect(await world.keys(actor)).toEqual([]);
  });

  it('that is deleted between its row and its object is not there, too', async () => {
    const actor = await newTenant(database);
    const id = await conversation(actor);
    await archived(actor, id);
    let once = true;
    world.faults.before(async (operation) => {
      if (operation !== 'get' || !once) return;
      once = false;
      await world.processOver().sessions.remove(actor, id);
      await world.sweep();
    });
    expect(await world.processOver().events.readRange(actor, id, 1, 100)).toEqual([]);
  });

  it('of another tenant or scope stays unseen, and damage is told', async () => {
    const actor = await newTenant(database);
    const id = await conversation(actor);
    await archived(actor, id);
    const limited: Actor = { ...actor, roles: ['reader'], scopeLimits: [{ user_id: 'somebody' }] };
    for (const stranger of [await newTenant(database), limited]) expect(await world.processOver().events.readRange(stranger, id, 1, 100)).toEqual([]);
    const [key = ''] = (await world.keys(actor)).filter((name) => name.includes('/archive/'));
    await world.objects.put(key, (async function* () { yield Buffer.from('something else'); })(), 1000);
    await expect(world.processOver().events.readRange(actor, id, 1, 100)).rejects.toMatchObject({ details: { reason: 'OBJECT_DAMAGED' } });
    await world.objects.delete(key);
    await expect(world.processOver().events.readRange(actor, id, 1, 100)).rejects.toMatchObject({ details: { reason: 'OBJECT_MISSING' } });
  });
});
