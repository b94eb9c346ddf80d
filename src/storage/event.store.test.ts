import fc from 'fast-check';
import { createAppendQueue } from '../domain/session/append-queue';
import { createEventService } from '../domain/session/event.service';
import { idempotencyKey } from '../domain/idempotency/idempotency';
import { createSessionService } from '../domain/session/session.service';
import { eventText, type NewEvent } from '../domain/session/event';
import { applyPatch, splitState } from '../domain/session/state';
import { systemClock } from '../kernel/clock';
import { newId } from '../kernel/ids';
import type { JsonObject } from '../kernel/json';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import { createApiKeyStore } from './api-key.store';
import type { Database } from './database';
import { createEventStore } from './event.store';
import { createSessionStore } from './session.store';
import { createTransact } from './stores';

let database: Database;
const services = () => {
  const bus = createInProcessBus();
  const events = createEventStore(database, bus);
  return {
    sessions: createSessionService({ sessions: createSessionStore(database, bus), transact: createTransact(database, bus), clock: systemClock }),
    events: createEventService({ events, append: createAppendQueue(events), clock: systemClock }),
    store: events,
  };
};
const say = (text: string) => ({ author: 'USER' as const, content: [{ type: 'text' as const, text }] });
let tenants = 0;
const newTenant = async () => {
  const actor = adminOf(`t${(tenants += 1)}`);
  await createApiKeyStore(database).ensureTenant(actor.tenantId);
  return actor;
};

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

describe('appending events', () => {
  it('numbers concurrent appends of many sessions without gaps, each caller getting its own events', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const created = await Promise.all(['a', 'b', 'c'].map((userId) => sessions.create(actor, { userId })));
    const appended = await Promise.all(
      Array.from({ length: 150 }, (_, n) => {
        const session = created[n % 3];
        return events.append(actor, session?.id ?? '', [say(`turn ${n}`), say(`turn ${n} goes on`)]);
      }),
    );
    for (const [n, pair] of appended.entries()) {
      expect(pair.map(eventText)).toEqual([`turn ${n}`, `turn ${n} goes on`]);
      expect(pair[1]?.seq).toBe((pair[0]?.seq ?? 0) + 1);
    }
    for (const session of created) {
      const all = await events.readRange(actor, session.id, 1, 200);
      expect(all.map((event) => event.seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
      expect(await sessions.get(actor, session.id)).toMatchObject({ lastSeq: 100, version: 51 });
    }
  });

  it('keeps every part of an event as given, whatever else is flushed with it', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const odd: NewEvent[] = [
      { author: 'USER', content: [{ type: 'text', text: '…' }] },
      { author: 'AGENT', actions: { transferTo: 'a "quoted"\n\\ name, {braced}' } },
      { author: 'TOOL', authorName: 'null', invocationId: 'a,b\n"c"', content: [{ type: 'data', mediaType: 'a/b', data: ['\n', '\\n', { "it's": '\r\u2028' }] }], metadata: { 'a\nb': null } },
      { author: 'SYSTEM', content: [{ type: 'text', text: "l'été,\n\\o'clock\n" }], occurredAt: new Date('0044-03-15T12:00:00.007Z') },
    ];
    const given = fc.array(fc.array(fc.constantFrom(...odd), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(given, async (appends) => {
      const { id } = await sessions.create(actor, { userId: 'u' });
      const appended = (await Promise.all(appends.map((one) => events.append(actor, id, one)))).flat();
      expect(await events.readRange(actor, id, 1, 50)).toEqual(appended);
      expect(appended).toMatchObject(appends.flat());
    }), { numRuns: 25 });
  });

  it('refuses an unexpected version and lets the others of the same flush through', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const { id, version } = await sessions.create(actor, { userId: 'u' });
    const results = await Promise.allSettled([
      events.append(actor, id, [say('first')], { expectedVersion: version }),
      events.append(actor, id, [say('stale')], { expectedVersion: version }),
      events.append(actor, id, [say('anyway')]),
      events.append(actor, newId(), [say('nowhere')]),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'CONFLICT', details: { reason: 'VERSION_MISMATCH' } } });
    expect(results[3]).toMatchObject({ reason: { code: 'NOT_FOUND' } });
    expect((await events.readRange(actor, id, 1, 10)).map(eventText)).toEqual(['first', 'anyway']);
  });

  it('lets a poisoned append fail alone', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const { id } = await sessions.create(actor, { userId: 'u' });
    const [taken] = await events.append(actor, id, [say('one')]);
    const results = await Promise.allSettled([
      events.append(actor, id, [say('two')]),
      events.append(actor, id, [{ ...say('same id'), id: taken?.id ?? '' }]),
      events.append(actor, id, [say('three')]),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'CONFLICT', details: { field: 'event.id' } } });
    expect((await events.readRange(actor, id, 1, 10)).map((event) => [event.seq, eventText(event)])).toEqual([[1, 'one'], [2, 'two'], [3, 'three']]);
  });

  it('answers a repeated idempotency key with the same events, at once or later, and another body with CONFLICT', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const { id } = await sessions.create(actor, { userId: 'u' });
    const once = () => events.append(actor, id, [say('once')], { idempotency: idempotencyKey('appendEvent', 'k1', { id, text: 'once' }) });
    const [first, second] = await Promise.all([once(), once()]);
    expect(await once()).toEqual(first);
    expect(second).toEqual(first);
    expect(await events.readRange(actor, id, 1, 10)).toHaveLength(1);
    const other = events.append(actor, id, [say('other')], { idempotency: idempotencyKey('appendEvent', 'k1', { id, text: 'other' }) });
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('gives a key back when the append it was for is refused', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const { id, version } = await sessions.create(actor, { userId: 'u' });
    const idempotency = idempotencyKey('appendEvent', 'k2', 'body');
    await expect(events.append(actor, id, [say('x')], { expectedVersion: version + 7, idempotency })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(events.append(actor, id, [say('x')], { expectedVersion: version, idempotency })).resolves.toHaveLength(1);
    await expect(events.append(actor, id, [say('x')], { expectedVersion: version, idempotency })).resolves.toHaveLength(1);
    expect(await events.readRange(actor, id, 1, 10)).toHaveLength(1);
  });

  it('refuses what cannot be stored, naming the field', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const { id } = await sessions.create(actor, { userId: 'u' });
    await expect(events.append(actor, id, [say('nul \u0000')])).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'events.0.content' } });
    await expect(events.append(actor, id, [say('half \ud800')])).rejects.toMatchObject({ details: { reason: 'BAD_TEXT' } });
    await expect(events.append(actor, id, [say('x'.repeat(300_000))])).rejects.toMatchObject({ details: { reason: 'TOO_LARGE' } });
    await expect(events.append(actor, id, [{ author: 'USER' }])).rejects.toMatchObject({ details: { reason: 'EMPTY_EVENT' } });
    await expect(events.append(actor, id, [])).rejects.toMatchObject({ details: { field: 'events' } });
    await expect(events.append(actor, id, [say('a literal \\u0000 in text')])).resolves.toHaveLength(1);
  });
});

describe('session state', () => {
  it('keeps own, user and app keys apart, shares them, and never stores temp keys', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const first = await sessions.create(actor, { userId: 'ann', state: { step: 1, 'user:lang': 'fr', 'app:theme': 'dark', 'temp:x': 1 } });
    expect(first.state).toEqual({ step: 1, 'user:lang': 'fr', 'app:theme': 'dark' });
    const [event] = await events.append(actor, first.id, [
      { author: 'AGENT', actions: { stateDelta: { step: null, 'user:lang': 'de', 'temp:y': 2, nested: { a: 1 } } } },
    ]);
    expect(event?.actions.stateDelta).toEqual({ step: null, 'user:lang': 'de', nested: { a: 1 } });
    const sameUser = await sessions.create(actor, { userId: 'ann' });
    const otherUser = await sessions.create(actor, { userId: 'bob' });
    expect(sameUser.state).toEqual({ 'user:lang': 'de', 'app:theme': 'dark' });
    expect(otherUser.state).toEqual({ 'app:theme': 'dark' });
    expect((await sessions.get(actor, first.id)).state).toEqual({ 'user:lang': 'de', 'app:theme': 'dark', nested: { a: 1 } });
  });

  it('shows and lets change shared state only to those who may touch all it is shared with', async () => {
    const { sessions, events } = services();
    const owner = await newTenant();
    await sessions.create(owner, { userId: 'bob', state: { 'user:ssn': '1', 'app:theme': 'dark' } });
    const limited = { ...owner, roles: ['writer' as const], scopeLimits: [{ user_id: 'alice' }] };
    const disguised = await sessions.create(limited, { userId: 'bob', scope: { user_id: 'alice' } });
    expect(disguised.state).toEqual({ 'app:theme': 'dark' });
    for (const stateDelta of [{ 'user:ssn': '2' }, { 'app:theme': 'light' }]) {
      await expect(sessions.create(limited, { userId: 'bob', scope: { user_id: 'alice' }, state: stateDelta })).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(events.patchState(limited, disguised.id, stateDelta)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    const own = await sessions.create(limited, { userId: 'alice', state: { 'user:lang': 'fr' } });
    expect(own.state).toEqual({ 'app:theme': 'dark', 'user:lang': 'fr' });
    expect((await sessions.create(owner, { userId: 'bob' })).state).toEqual({ 'user:ssn': '1', 'app:theme': 'dark' });
    const byProject = { ...limited, scopeLimits: [{ project: 'x' }] };
    expect((await sessions.create(byProject, { userId: 'bob', scope: { project: 'x' } })).state).toEqual({ 'app:theme': 'dark' });
  });

  it('replays the own keys at any past seq, as RFC 7396 says, whatever was flushed together', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const value: fc.Arbitrary<string | number | null | { [key: string]: string | number | null }> = fc.oneof(
      fc.constant(null), fc.integer({ min: 0, max: 9 }), fc.string({ maxLength: 3 }).filter((text) => !text.includes('\u0000')),
      fc.dictionary(fc.constantFrom('p', 'q'), fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 9 })), { noNullPrototype: true }));
    const patch = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.array(patch, { minLength: 1, maxLength: 6 }), async (patches) => {
        const { id } = await sessions.create(actor, { userId: 'u', state: { a: { p: 0 } } });
        await Promise.all(patches.map((stateDelta) => events.append(actor, id, [{ author: 'AGENT', actions: { stateDelta } }])));
        let expected: JsonObject = { a: { p: 0 } };
        for (const [index, delta] of patches.entries()) {
          expected = applyPatch(expected, delta);
          expect(await events.stateAt(actor, id, index + 1)).toEqual(expected);
        }
        expect((await sessions.get(actor, id)).state).toEqual(expected);
        expect(await events.stateAt(actor, id, 0)).toEqual({ a: { p: 0 } });
      }),
      { numRuns: 25 },
    );
  });

  it('records a state patch as an event and refuses a state that outgrows its bound', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const { id } = await sessions.create(actor, { userId: 'u' });
    expect(await events.patchState(actor, id, { mood: 'calm' })).toMatchObject({ seq: 1, author: 'SYSTEM' });
    const blob = 'x'.repeat(200_000);
    for (let n = 0; n < 5; n += 1) await events.patchState(actor, id, { [`k${n}`]: blob });
    await expect(events.patchState(actor, id, { k5: blob })).rejects.toMatchObject({ details: { reason: 'STATE_TOO_LARGE' } });
    expect(splitState((await sessions.get(actor, id)).state).own).toHaveProperty('mood', 'calm');
  });
});

describe('reading sessions', () => {
  it('lists by user, agent, scope and parent, newest first, in pages', async () => {
    const { sessions } = services();
    const actor = await newTenant();
    const parent = await sessions.create(actor, { userId: 'u1', agentId: 'planner', scope: { user_id: 'u1', project: 'x' } });
    const child = await sessions.create(actor, { userId: 'u1', parentId: parent.id });
    const other = await sessions.create(actor, { userId: 'u10' });
    const ids = async (filter: Parameters<typeof sessions.list>[1], after: string | null = null) =>
      (await sessions.list(actor, filter, { limit: 10, offset: 0, after })).items.map((session) => session.id);
    expect(await ids({})).toEqual([other.id, child.id, parent.id]);
    expect(await ids({ userId: 'u1' })).toEqual([child.id, parent.id]);
    expect(await ids({ agentId: 'planner' })).toEqual([parent.id]);
    expect(await ids({ parentId: parent.id })).toEqual([child.id]);
    expect(await ids({ scope: { user_id: 'u1' } })).toEqual([child.id, parent.id]);
    expect(await ids({ scope: { project: 'x' } })).toEqual([parent.id]);
    expect(await ids({}, child.id)).toEqual([parent.id]);
    await expect(sessions.list(actor, {}, { limit: 2, offset: 0, after: null })).resolves.toMatchObject({ hasMore: true });
  });

  it('shows a session to no other tenant and to no key limited to another scope', async () => {
    const { sessions, events } = services();
    const owner = await newTenant();
    const stranger = await newTenant();
    const { id } = await sessions.create(owner, { userId: 'u1' });
    const [event] = await events.append(owner, id, [say('secret')]);
    const limited = { ...owner, roles: ['writer' as const], scopeLimits: [{ user_id: 'u10' }] };
    for (const actor of [stranger, limited]) {
      expect(await sessions.find(actor, id)).toBeNull();
      expect((await sessions.list(actor, {}, { limit: 10, offset: 0, after: null })).items).toEqual([]);
      expect(await events.readRange(actor, id, 1, 10)).toEqual([]);
      expect(await events.readLast(actor, [id], 5)).toEqual([[]]);
      expect(await events.getMany(actor, [event?.id ?? ''])).toEqual([null]);
      await expect(events.append(actor, id, [say('mine now')])).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(events.stateAt(actor, id, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(sessions.remove(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(sessions.create(limited, { userId: 'u1' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(sessions.create({ ...owner, roles: ['reader'] }, { userId: 'u1' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('hides an expired session at once and erases it with its events when swept', async () => {
    const { sessions, events } = services();
    const actor = await newTenant();
    const { id } = await sessions.create(actor, { userId: 'u', ttlSeconds: 3600 });
    await events.append(actor, id, [say('soon gone')]);
    await database.query({ text: `update sessions set expires_at = now() - interval '1 second' where id = $1` }, [id]);
    expect(await sessions.find(actor, id)).toBeNull();
    expect(await events.readRange(actor, id, 1, 10)).toEqual([]);
    await expect(events.append(actor, id, [say('too late')])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await createSessionStore(database, createInProcessBus()).sweepExpired(100)).toBe(1);
    const left = await database.query({ text: 'select 1 from events where session_id = $1' }, [id]);
    expect(left).toEqual([]);
  });
});
