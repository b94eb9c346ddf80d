import { randomUUID } from 'node:crypto';
import { createSessionService } from '../domain/session/session.service';
import type { Actor } from '../kernel/actor';
import { systemClock } from '../kernel/clock';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { adminOf } from '../testing/actors';
import { openTestDatabase } from '../testing/database';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';
import { planned } from './sql';
import { createStores, createTransact } from './stores';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const bus = createInProcessBus();

async function newSession() {
  const actor = await newTenant(database);
  const stores = createStores(database, bus);
  const session = await createSessionService({ sessions: stores.sessions, transact: createTransact(database, bus), clock: systemClock }).create(actor, { userId: 'ann', scope: { user_id: 'ann' } });
  const add = (revision: number, toSeq: number) => stores.summaries.add(actor, {
    sessionId: session.id, revision, fromSeq: 1, toSeq, points: [{ text: `Until ${toSeq}.`, seqs: [toSeq] }], tokens: 3, writer: 'test',
  });
  return { actor, id: session.id, summaries: stores.summaries, sessions: stores.sessions, add };
}

test('of many who summarize the same at once, one writes it', async () => {
  const { actor, id, summaries, add } = await newSession();
  const written = await Promise.all(Array.from({ length: 12 }, () => add(1, 10)));
  expect(written.filter(Boolean)).toHaveLength(1);
  expect(await add(2, 10)).toBe(false); // the range is covered
  expect(await add(1, 20)).toBe(false); // the revision is written
  expect(await add(2, 20)).toBe(true);
  const [history = []] = await summaries.historyOfMany(actor, [id], { limit: 10, before: null });
  expect(history.map(({ revision, toSeq, text }) => [revision, toSeq, text])).toEqual([[2, 20, 'Until 20.'], [1, 10, 'Until 10.']]);
  expect((await summaries.historyOfMany(actor, [id], { limit: 10, before: 2 }))[0]?.map(({ revision }) => revision)).toEqual([1]);
});

test('a past summary is the newest that was there and tells of nothing later', async () => {
  const { actor, id, summaries, add } = await newSession();
  await add(1, 10);
  await add(2, 20);
  const created = async (revision: number, at: string) =>
    database.query(planned('test', 'update session_summaries set created_at = $3 where tenant_id = $1 and session_id = $2 and revision = $4'), [actor.tenantId, id, at, revision]);
  await created(1, '2026-01-01T00:00:00.000900Z');
  await created(2, '2026-02-01T00:00:00Z');
  const asOf = async (knownAt: string | null, throughSeq: number) => (await summaries.latestAsOf(actor, id, knownAt === null ? null : new Date(knownAt), throughSeq))?.revision ?? null;
  expect(await asOf('2025-12-31T23:59:59.999Z', 99)).toBeNull();
  expect(await asOf('2026-01-01T00:00:00.000Z', 99)).toBe(1); // by the millisecond
  expect(await asOf('2026-02-01T00:00:00Z', 99)).toBe(2);
  expect(await asOf(null, 99)).toBe(2);
  expect(await asOf(null, 19)).toBe(1);
  expect(await asOf(null, 9)).toBeNull();
});

test('nobody sees summaries of another tenant, of a pool beyond the limits, or of a session that is gone', async () => {
  const { actor, id, summaries, sessions, add } = await newSession();
  await add(1, 10);
  const seenBy = async (who: Actor) => [(await summaries.latestOfMany(who, [id]))[0]?.revision ?? null, (await summaries.latestAsOf(who, id, null, 99))?.revision ?? null];
  expect(await seenBy(actor)).toEqual([1, 1]);
  expect(await seenBy({ ...actor, scopeLimits: [{ user_id: 'ann' }] })).toEqual([1, 1]);
  expect(await seenBy({ ...actor, scopeLimits: [{ user_id: 'ben' }] })).toEqual([null, null]);
  expect(await seenBy(adminOf(randomUUID()))).toEqual([null, null]);
  await database.query(planned('test', `update sessions set expires_at = now() - interval '1 second' where tenant_id = $1 and id = $2`), [actor.tenantId, id]);
  expect(await seenBy(actor)).toEqual([null, null]);
  await sessions.sweepExpired(100);
  expect(await add(2, 20)).toBe(false);
});
