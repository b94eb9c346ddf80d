import { createMemoryService } from '../domain/memory/memory.service';
import { createMemorySweep } from '../domain/memory/memory-sweep.service';
import { createProcedureService } from '../domain/procedural/procedure.service';
import type { VersionedKind } from '../domain/search/version.store';
import { createSessionService } from '../domain/session/session.service';
import { systemClock } from '../kernel/clock';
import type { Scope, ScopeMatch } from '../kernel/scope';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { openTestDatabase } from '../testing/database';
import { newTenant } from '../testing/tenant';
import type { Database } from './database';
import { planned } from './sql';
import { createStores, createTransact } from './stores';
import { createVersionStore, sweepVersions } from './version.store';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const bus = createInProcessBus();
const run = (text: string, values: readonly unknown[] = []) => database.query<Record<string, unknown>>(planned('test', text), values);

async function start() {
  const actor = await newTenant(database);
  const stores = createStores(database, bus);
  const transact = createTransact(database, bus);
  const memories = createMemoryService({ memories: stores.memories, transact, clock: systemClock, retentionSeconds: 0 });
  const version = (scope: Scope, kind: VersionedKind = 'MEMORY', match: ScopeMatch = 'EXACT') =>
    createVersionStore(database).ofPools(actor, { bankId: 'default', scopes: [{ scope, match }] }, [kind]);
  return {
    actor, stores, memories, version,
    procedures: createProcedureService({ procedures: stores.procedures, transact, clock: systemClock }),
    sessions: createSessionService({ sessions: stores.sessions, transact, clock: systemClock }),
    sweep: createMemorySweep({ transact, retentionSeconds: 0 }),
    say: (scope: Scope, fact: string) => memories.create(actor, { bankId: 'default', scope, fact }),
  };
}

const ANN: Scope = { user_id: 'ann' };
const APOLLO: Scope = { user_id: 'ann', project: 'apollo' };
const BEN: Scope = { user_id: 'ben' };

it('every write to a pool changes its version, and that of the wider ones that hold it; reading and writing elsewhere do not', async () => {
  const { actor, stores, memories, sweep, version, say } = await start();
  const seen = new Set<string | null>();
  const all = async (): Promise<readonly (string | null)[]> => [await version(APOLLO), await version(ANN, 'MEMORY', 'SUBSET')];
  /** New ones, never seen before; the neighbour's stays. */
  const changes = async (write: () => Promise<unknown>): Promise<void> => {
    const neighbour = await version(BEN);
    await write();
    const now = await all();
    for (const one of now) expect(seen).not.toContain(one);
    now.forEach((one) => seen.add(one));
    expect([await version(BEN), ...await all()]).toEqual([neighbour, ...now]);
  };
  expect(await all()).toEqual([null, null]); // nothing was ever there
  await say(BEN, 'Ben likes tea.');
  const { id } = await say(APOLLO, 'Ann likes tea.');
  (await all()).forEach((one) => seen.add(one));
  await changes(() => say(APOLLO, 'Ann likes coffee.'));
  await changes(() => say(APOLLO, 'Ann likes coffee.')); // said again
  await changes(() => memories.patch(actor, id, { fact: 'Ann likes milk.' }));
  await changes(() => stores.embeddings.put(actor, 'model', [{ memoryId: id, fact: 'Ann likes milk.', vector: [1, 0] }]));
  await changes(() => memories.remove(actor, id));
  await changes(() => sweep.run(actor, 100));
  const neighbour = await version(BEN);
  await run('delete from banks where tenant_id = $1', [actor.tenantId]);
  expect(await version(BEN)).not.toBe(neighbour);
});

it('sessions and events: made, appended to, deleted', async () => {
  const { actor, stores, sessions, version } = await start();
  const { id } = await sessions.create(actor, { userId: 'ann' });
  const before = [await version(ANN, 'EVENT')];
  const { id: other } = await sessions.create(actor, { userId: 'ann' });
  before.push(await version(ANN, 'EVENT'));
  await run(`update sessions set next_seq = next_seq + 1 where id = $1`, [id]);
  before.push(await version(ANN, 'EVENT'));
  await run(`update sessions set expires_at = now() - interval '1 second' where id = $1`, [other]);
  before.push(await version(ANN, 'EVENT'));
  await stores.sessions.remove(actor, id);
  before.push(await version(ANN, 'EVENT'));
  expect(new Set(before).size).toBe(5);
  expect(before).not.toContain(null);
});

it('procedures: made, changed, embedded, used, deleted', async () => {
  const { actor, stores, procedures, version } = await start();
  const of = (scope: Scope, match: ScopeMatch = 'EXACT') => version(scope, 'PROCEDURE', match);
  expect(await of(APOLLO)).toBeNull();
  const make = (scope: Scope) => procedures.create(actor, { kind: 'SKILL', scope, content: { name: 'brew', description: '', type: 'TOOL_USAGE', implementation: { kind: 'CODE', language: null, body: 'boil()' } } });
  await make(BEN);
  const { id } = await make(APOLLO);
  const neighbour = await of(BEN);
  const before = [await of(APOLLO), await of(ANN, 'SUBSET')];
  const changes = async (write: () => Promise<unknown>): Promise<void> => {
    await write();
    const now = [await of(APOLLO), await of(ANN, 'SUBSET')];
    for (const one of now) expect(before).not.toContain(one);
    before.push(...now);
  };
  await changes(() => procedures.patch(actor, id, { kind: 'SKILL', content: { description: 'of tea' } }));
  const text = await stores.procedureEmbeddings.pending(actor, 'model', { memoryIds: [id] }, 1);
  await changes(() => stores.procedureEmbeddings.put(actor, 'model', text.map(({ fact }) => ({ memoryId: id, fact, vector: [1, 0] }))));
  await changes(() => procedures.recordUse(actor, { procedureId: id, sessionId: null, agentId: null, outcome: 'SUCCESS', note: null }));
  await changes(() => procedures.recordUse(actor, { procedureId: id, sessionId: null, agentId: null, outcome: 'FAILURE', note: null }));
  await changes(() => procedures.remove(actor, id));
  expect(await of(BEN)).toBe(neighbour);
});

it('a tenant goes with all it has', async () => {
  const { actor, sessions, say } = await start();
  await say(ANN, 'Ann likes tea.');
  await sessions.create(actor, { userId: 'ann' });
  await run('delete from tenants where id = $1', [actor.tenantId]);
  expect(await run('select 1 from memories where tenant_id = $1', [actor.tenantId])).toEqual([]);
});

it('rows of pools that have been empty for long are swept; what holds something or was just written to stays', async () => {
  const { actor, memories, sessions, procedures, sweep, version, say } = await start();
  const { id } = await say(ANN, 'Ann likes tea.');
  await say(APOLLO, 'Ann likes coffee.');
  await sessions.create(actor, { userId: 'ben' });
  await memories.remove(actor, id);
  await sweep.run(actor, 100);
  await procedures.create(actor, { kind: 'SKILL', scope: BEN, content: { name: 'brew', description: '', type: 'TOOL_USAGE', implementation: { kind: 'CODE', language: null, body: 'boil()' } } });
  const versions = () => Promise.all([version(ANN), version(APOLLO), version(BEN, 'EVENT'), version(BEN, 'PROCEDURE')]);
  const before = await versions();
  await sweepVersions(database, 1);
  expect(await versions()).toEqual(before);
  await run(`update pool_versions set stamped_at = now() - interval '2 hours' where tenant_id = $1`, [actor.tenantId]);
  await sweepVersions(database, 1);
  expect(await versions()).toEqual([null, ...before.slice(1)]);
});
