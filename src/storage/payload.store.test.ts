import { idempotencyKey } from '../domain/idempotency/idempotency';
import { INLINE_BYTES, long, openArchiveWorld, say } from '../testing/archive-world';
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

describe('a large event', () => {
  it('is read, found and replayed like any other, while its row holds little', async () => {
    const actor = await newTenant(database);
    const process = world.processOver();
    const { id } = await process.sessions.create(actor, { userId: 'u', scope });
    const large = { ...say(long('Rexology')), actions: { stateDelta: { big: 'y'.repeat(INLINE_BYTES) } } };
    const idempotency = idempotencyKey('appendEvent', 'k', 'b');
    const [event] = await process.events.append(actor, id, [large], { idempotency });
    expect(event).toMatchObject({ content: large.content, actions: large.actions });
    expect(await process.events.append(actor, id, [large], { idempotency })).toEqual([event]);
    expect(await world.processOver().events.readRange(actor, id, 1, 10)).toEqual([event]);
    expect(await process.events.stateAt(actor, id, 1)).toEqual(large.actions.stateDelta);
    await process.events.append(actor, id, [say('Something else'), say('And more')]);
    const { hits } = await process.recall.recall(actor, { scopes: [{ scope }], query: 'What is Rexology?', kinds: ['EVENT'] });
    expect(hits[0]).toMatchObject({ event });
    expect(await world.run('select content, actions, body from events where session_id = $1 and seq = 1', [id]))
      .toEqual([{ content: [], actions: { stateDelta: null }, body: expect.stringMatching(/^payload\/[0-9a-f]{64}$/) }]);
    expect(await world.keys(actor)).toEqual([expect.stringMatching(new RegExp(`^tenant/${actor.tenantId}/payload/[0-9a-f]{64}$`))]);
  });

  it('is one object in a tenant, however often it was said, and goes with the last session that said it', async () => {
    const [actor, other] = [await newTenant(database), await newTenant(database)];
    const process = world.processOver();
    const ids = [];
    for (const who of [actor, actor, other]) {
      const { id } = await process.sessions.create(who, { userId: 'u', scope });
      await process.events.append(who, id, [say(long('same')), say(long('same'))]);
      ids.push(id);
    }
    expect([await world.keys(actor), await world.keys(other)].map(({ length }) => length)).toEqual([1, 1]);
    await process.sessions.remove(actor, ids[0] ?? '');
    await world.sweep();
    expect(await process.events.readRange(actor, ids[1] ?? '', 1, 10)).toHaveLength(2);
    expect(await world.keys(actor)).toHaveLength(1);
    await process.sessions.remove(actor, ids[1] ?? '');
    await world.sweep();
    expect([await world.keys(actor), await world.keys(other)].map(({ length }) => length)).toEqual([0, 1]);
    // The name rests: what is said again right away stays in its row.
    const { id } = await process.sessions.create(actor, { userId: 'u', scope });
    const [again] = await process.events.append(actor, id, [say(long('same'))]);
    expect([await world.inRows(id), await world.keys(actor), await process.events.readRange(actor, id, 1, 10)]).toEqual([1, [], [again]]);
  });

  it('leaves an object without a row when the process is killed before the commit, never a row without an object; the object goes when its hour is over', async () => {
    const faulty = createFaultySql();
    const actor = await newTenant(database);
    const { id } = await world.processOver().sessions.create(actor, { userId: 'u', scope });
    const steps: string[] = [];
    for (let at = 1; at < 100; at += 1) {
      faulty.dieWhen((call, label) => {
        if (call === at) steps.push(label);
        return call === at;
      });
      const outcome = await world.processOver(faulty.wrap(database)).events.append(actor, id, [say(long(`try ${at}`))]).catch((error: unknown) => error);
      faulty.revive();
      if (!(outcome instanceof Killed)) break;
      for (const event of await world.processOver().events.readRange(actor, id, 1, 100)) expect(JSON.stringify(event.content)).toContain('and so on');
    }
    expect(steps).toEqual(expect.arrayContaining(['object.announce', 'object.confirm', 'event.insertMany', 'after commit']));
    const rows = (await world.processOver().events.readRange(actor, id, 1, 100)).length;
    await world.sweep();
    expect((await world.keys(actor)).length).toBeGreaterThan(rows);
    await world.outwait(actor);
    await world.sweep();
    expect(await world.keys(actor)).toHaveLength(rows);
    expect(await world.processOver().events.readRange(actor, id, 1, 100)).toHaveLength(rows);
  });

  it('that cannot be stored is refused with the reason, and nothing else is', async () => {
    const actor = await newTenant(database);
    const process = world.processOver();
    const { id } = await process.sessions.create(actor, { userId: 'u', scope });
    await process.events.append(actor, id, [say('small'), say(long('large'))]);
    world.faults.away();
    await expect(process.events.append(actor, id, [say('one'), say(long('more'))])).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'OBJECTS_UNAVAILABLE' } });
    await expect(process.events.append(actor, id, [say('three')])).resolves.toMatchObject([{ seq: 3 }]);
    expect(await process.events.readRange(actor, id, 3, 10)).toHaveLength(1);
    await expect(process.events.readRange(actor, id, 1, 10)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { reason: 'OBJECTS_UNAVAILABLE' } });
    world.faults.heal();
    expect(await process.events.readRange(actor, id, 1, 10)).toHaveLength(3);
  });
});
