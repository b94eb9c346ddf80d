import type { Counts } from '../src/domain/forgetting/forgetting';
import { createForgettingService, type ForgettingService } from '../src/domain/forgetting/forgetting.service';
import type { Actor } from '../src/kernel/actor';
import { systemClock } from '../src/kernel/clock';
import type { Database } from '../src/storage/database';
import { planned } from '../src/storage/sql';
import { openTestDatabase } from '../src/testing/database';
import { createFaultySql, Killed } from '../src/testing/faulty-sql';
import { createGenerationWorld, type GenerationWorld } from '../src/testing/generation-world';

let database: Database;
let world: GenerationWorld;
let forgetting: ForgettingService;
const faults = createFaultySql();
beforeAll(async () => {
  database = await openTestDatabase();
  world = createGenerationWorld(database, { sqlOfHandlers: (sql) => faults.wrap(sql) });
  forgetting = createForgettingService({ forgettings: world.forgettings, ledger: world.ledger, transact: world.transact, clock: systemClock });
});
afterAll(() => database.close());

const LEFT = `select (select count(*)::int from sessions where tenant_id = $1) as sessions, (select count(*)::int from events where tenant_id = $1) as events,
  (select count(*)::int from memories where tenant_id = $1) as memories, (select count(*)::int from generations where tenant_id = $1) as generations,
  (select count(*)::int from memory_tombstones where tenant_id = $1) as tombstones, (select count(*)::int from shared_states where tenant_id = $1) as states,
  (select count(*)::int from forgetting_sources where tenant_id = $1) as sources, (select count(*)::int from ledger_records where tenant_id = $1) as receipts`;

/** Twelve sessions with a fact each, which is more than one batch, and a generation that has not begun. */
async function person(actor: Actor): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    const session = await world.sessions.create(actor, { userId: 'mara', ...(n === 0 ? { state: { 'user:lang': 'fr' } } : {}) });
    await world.events.append(actor, session.id, [{ author: 'USER', content: [{ type: 'text', text: `Mara: owns+boat ${n}; Mara owns boat number ${n}.` }] }]);
    await world.generations.generate(actor, { source: { sessionId: session.id } });
  }
  faults.dieWhen(() => false);
  faults.revive();
  await world.runJobs(actor);
  const session = await world.sessions.create(actor, { userId: 'mara' });
  await world.events.append(actor, session.id, [{ author: 'USER', content: [{ type: 'text', text: 'Mara: likes+tea; Mara likes tea.' }] }]);
  await world.generations.generate(actor, { source: { sessionId: session.id } });
  const other = await world.sessions.create(actor, { userId: 'otto' });
  await world.events.append(actor, other.id, [{ author: 'USER', content: [{ type: 'text', text: 'Otto is here.' }] }]);
}

const run = (actor: Actor, id: string | null): Promise<void> => world.handlers.run('data.forgetting', { tenantId: actor.tenantId, forgettingId: id }, new AbortController().signal);

/** Forgets in runs that die, each later than the one before, until one ends. */
async function forgetWithDeaths(actor: Actor, dies: boolean): Promise<{ counts: Counts; deaths: number; left: object }> {
  const { id } = await forgetting.forgetUser(actor, 'mara', { dryRun: false });
  for (let deaths = 0; ; deaths += 1) {
    faults.revive();
    faults.dieWhen((call) => dies && call === 4 + deaths);
    const killed = await run(actor, id).then(() => false, (error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      return true;
    });
    if (killed) continue;
    const after = await forgetting.find(actor, id ?? '');
    const [left = {}] = await database.query(planned('test.left', LEFT), [actor.tenantId]);
    if (after?.status !== 'COMPLETED') throw new Error(`neither killed nor done: ${after?.status ?? 'gone'}`);
    return { counts: after.erased, deaths, left };
  }
}

test('an erasure that dies again and again ends as one that never did, with one receipt', async () => {
  const [calm, stormy] = [await world.newTenant(), await world.newTenant()];
  await person(calm);
  await person(stormy);
  const undisturbed = await forgetWithDeaths(calm, false);
  const disturbed = await forgetWithDeaths(stormy, true);
  expect(undisturbed.left).toEqual({ sessions: 1, events: 1, memories: 0, generations: 0, tombstones: 0, states: 0, sources: 0, receipts: 1 });
  expect(undisturbed.counts).toMatchObject({ sessions: 13, memories: 12, generations: 13, states: 1 });
  expect(disturbed.deaths).toBeGreaterThan(20);
  expect(disturbed).toEqual({ ...undisturbed, deaths: disturbed.deaths });
}, 120_000);

test('what was forgotten once is forgotten: a job that is delivered again does nothing', async () => {
  const actor = await world.newTenant();
  await person(actor);
  const { id } = await forgetting.forgetUser(actor, 'mara', { dryRun: false });
  faults.revive();
  faults.dieWhen(() => false);
  await run(actor, id);
  expect(await world.jobsOf(actor)).toEqual([expect.objectContaining({ name: 'data.forgetting' })]);
  const before = await forgetting.find(actor, id ?? '');
  await Promise.all([run(actor, id), run(actor, id)]);
  expect(await forgetting.find(actor, id ?? '')).toEqual(before);
});
