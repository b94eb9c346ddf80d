import { createBankService } from '../domain/bank/bank.service';
import { DEFAULT_BANK, DEFAULT_BANK_CONFIG } from '../domain/bank/bank';
import { memoryTopic } from '../domain/feed/feed';
import { idempotencyKey } from '../domain/idempotency/idempotency';
import { createEmbeddingPhase } from '../domain/generation/embedding.phase';
import { createGenerationService } from '../domain/generation/generation.service';
import { systemClock } from '../kernel/clock';
import { newId } from '../kernel/ids';
import { noMetrics } from '../kernel/metrics-type';
import { scopeHash } from '../kernel/scope';
import { createTableJobQueue } from '../platform/queue/table.queue';
import { createInProcessBus } from '../platform/bus/in-process.bus';
import { createHashEmbedder } from '../platform/embedding/hash.embedder';
import { openDatabase, type Database } from '../storage/database';
import { createJobLedger } from '../storage/job-ledger';
import { planned } from '../storage/sql';
import { createStores, createTransact } from '../storage/stores';
import { newTestDatabase, silentLogger } from '../testing/database';
import { until } from '../testing/e2e/until';
import { retrievalOver } from '../testing/retrieval';
import { newTenant } from '../testing/tenant';
import { startMaintenance } from './maintenance';

/** What each of several processes has: its own connections, its own bus, so nothing but the database between them. */
function processOver(database: Database) {
  const bus = createInProcessBus();
  const stores = createStores(database, bus);
  const transact = createTransact(database, bus);
  const queue = createTableJobQueue({ ledger: createJobLedger(database), bus, logger: silentLogger });
  return {
    ...retrievalOver(database),
    database, bus, transact, queue,
    banks: createBankService({ banks: stores.banks, transact }),
    generations: createGenerationService({ generations: stores.generations, transact, clock: systemClock }),
    maintain: () => startMaintenance({
      database, bus, embedder: createHashEmbedder(), logger: silentLogger, metrics: noMetrics, objects: null,
    }, 0, null),
  };
}
type Process = ReturnType<typeof processOver>;

const PROCESSES = 3;
const databases: Database[] = [];
let processes: readonly Process[];
let drop: () => Promise<void>;
beforeAll(async () => {
  const made = await newTestDatabase();
  ({ drop } = made);
  for (let n = 0; n < PROCESSES; n += 1) databases.push(await openDatabase({ ...made.config, logger: silentLogger }));
  processes = databases.map(processOver);
});
afterAll(async () => {
  for (const database of databases) await database.close();
  await drop();
});

/** Every process at once, each so many times. */
const everywhere = <T>(times: number, work: (process: Process, n: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> =>
  Promise.allSettled(Array.from({ length: times * PROCESSES }, (_, n) => work(processes[n % PROCESSES] ?? first(), n)));
const valuesOf = <T>(results: readonly PromiseSettledResult<T>[]): T[] => results.map((result) => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
});
const codesOf = (results: readonly PromiseSettledResult<unknown>[]): unknown[] => results.flatMap((result) =>
  (result.status === 'rejected' ? [result.reason.code ?? result.reason] : []));
const first = (): Process => {
  const [process] = processes;
  if (process === undefined) throw new Error('no process');
  return process;
};
const rows = <Row extends object>(text: string, values: readonly unknown[]) => first().database.query<Row>(planned('test', text), values);
const say = (text: string, stateDelta: Record<string, number> = {}) => ({ author: 'USER' as const, content: [{ type: 'text' as const, text }], actions: { stateDelta } });
const scope = { user_id: 'u' };

test('appends to the same sessions and the same shared state: no number missing, no state lost', async () => {
  const actor = await newTenant(first().database);
  const sessions = await Promise.all([0, 1, 2, 3].map(() => first().sessions.create(actor, { userId: 'u' })));
  valuesOf(await everywhere(40, (process, n) =>
    process.events.append(actor, sessions[n % 4]?.id ?? '', [say(`turn ${n}`, { [`own${n}`]: n, [`user:k${n}`]: n, [`app:k${n}`]: n })])));
  for (const { id } of sessions) {
    const events = await first().events.readRange(actor, id, 1, 200);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  }
  const { state } = await first().sessions.get(actor, sessions[0]?.id ?? '');
  const keys = Object.keys(state);
  expect([keys.filter((key) => key.startsWith('user:')).length, keys.filter((key) => key.startsWith('app:')).length]).toEqual([120, 120]);
  expect(keys.filter((key) => key.startsWith('own'))).toHaveLength(30);
});

test('one idempotency key used everywhere at once makes one session and one event', async () => {
  const actor = await newTenant(first().database);
  const created = valuesOf(await everywhere(5, (process) => process.sessions.create(actor, { userId: 'u' }, { idempotency: idempotencyKey('createSession', 'k', { a: 1 }) })));
  expect(new Set(created.map(({ id }) => id)).size).toBe(1);
  const id = created[0]?.id ?? '';
  const appended = valuesOf(await everywhere(5, (process) => process.events.append(actor, id, [say('once')], { idempotency: idempotencyKey('appendEvent', 'k', { id }) })));
  expect(new Set(appended.flat().map((event) => event.id)).size).toBe(1);
  expect(await first().events.readRange(actor, id, 1, 10)).toHaveLength(1);
});

test('the same fact said everywhere at once is one memory', async () => {
  const actor = await newTenant(first().database);
  const kept = valuesOf(await everywhere(10, (process) => process.memories.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann plays the theremin' })));
  expect(new Set(kept.map(({ id }) => id)).size).toBe(1);
});

test('corrections of one memory from everywhere each get a revision of their own', async () => {
  const actor = await newTenant(first().database);
  const { id } = await first().memories.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann is 1' });
  valuesOf(await everywhere(5, (process, n) => process.memories.patch(actor, id, { fact: `Ann is ${n + 2}` })));
  const { items } = await first().memories.revisions(actor, id, { limit: 50, before: null });
  expect(items.map(({ revision }) => revision)).toEqual(Array.from({ length: 16 }, (_, n) => 16 - n));
});

describe('banks', () => {
  test('of many that make one bank exactly one does', async () => {
    const actor = await newTenant(first().database);
    const results = await everywhere(5, (process) => process.banks.save(actor, 'work', {}, { expectedVersion: 0 }));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(new Set(codesOf(results))).toEqual(new Set(['CONFLICT']));
  });

  test('settings that are changed at once, also while the bank is made, all stay', async () => {
    const actor = await newTenant(first().database);
    const patches = [{ consolidation: false }, { revisions: false }, { instructions: 'be brief' }];
    valuesOf(await everywhere(1, (process, n) => process.banks.save(actor, 'work', patches[n] ?? {})));
    expect(await first().banks.get(actor, 'work')).toMatchObject({ consolidation: false, revisions: false, instructions: 'be brief', version: 3 });
  });

  test('what is written to a bank while it is removed is either gone with it or told that there is no bank', async () => {
    const actor = await newTenant(first().database);
    for (let round = 0; round < 5; round += 1) {
      const bankId = `bank${round}`;
      await first().banks.save(actor, bankId, DEFAULT_BANK_CONFIG);
      const results = await everywhere(6, async (process, n): Promise<unknown> => {
        if (n === 7) return process.banks.remove(actor, bankId);
        if (n % 2 === 0) return process.memories.create(actor, { bankId, scope, fact: `fact ${n}` });
        return process.generations.generate(actor, { bankId, scope, source: { facts: [`fact ${n}`] } });
      });
      expect(codesOf(results).filter((code) => code !== 'NOT_FOUND')).toEqual([]);
      expect(await rows('select from memories where tenant_id = $1 and bank_id = $2', [actor.tenantId, bankId])).toEqual([]);
      expect(await rows('select from generations where tenant_id = $1 and bank_id = $2', [actor.tenantId, bankId])).toEqual([]);
    }
  });
});

test('a session that goes while others append takes all its events with it', async () => {
  const actor = await newTenant(first().database);
  for (let round = 0; round < 5; round += 1) {
    const { id } = await first().sessions.create(actor, { userId: 'u' });
    const results = await everywhere(8, async (process, n): Promise<unknown> =>
      (n === 10 ? process.sessions.remove(actor, id) : process.events.append(actor, id, [say(`turn ${n}`, { 'app:n': n })])));
    expect(codesOf(results).filter((code) => code !== 'NOT_FOUND')).toEqual([]);
    expect(await rows('select from events where tenant_id = $1 and session_id = $2', [actor.tenantId, id])).toEqual([]);
  }
});

test('a job runs in one process only, and every job runs', async () => {
  const actor = await newTenant(first().database);
  const ran: string[] = [];
  const consumers = processes.map(({ queue }) => queue.consume(['memory.generation'], 4, async ({ id, tenantId }) => {
    if (tenantId === actor.tenantId) ran.push(id);
    return { kind: 'done' };
  }));
  const wanted = valuesOf(await everywhere(40, (process) => process.transact((stores) =>
    stores.outbox.enqueue(actor, 'memory.generation', { tenantId: actor.tenantId, generationId: newId() }))));
  await until('all jobs', () => ran.length >= wanted.length);
  await Promise.all(consumers.map((consumer) => consumer.stop(10_000)));
  expect([...ran].sort()).toEqual([...wanted].sort());
});

test('feeds have one order for all readers, and a memory’s changes stand in the order of its revisions', async () => {
  const actor = await newTenant(first().database);
  const { id } = await first().memories.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann is 0' });
  const maintained = processes.map((process) => process.maintain());
  const topic = memoryTopic(scopeHash(actor.tenantId, DEFAULT_BANK, scope));
  const seen: { position: number; revision: number }[] = [];
  const read = async (): Promise<boolean> => {
    const items = await first().stores.feed.read(actor, topic, seen.at(-1)?.position ?? 0, 7);
    seen.push(...items.map(({ position, ref }) => ({ position, revision: Number(ref['revision']) })));
    return seen.length >= 31;
  };
  const writing = everywhere(10, (process, n) => process.memories.patch(actor, id, { fact: `Ann is ${n + 1}` }));
  await until('31 changes', read);
  valuesOf(await writing);
  await Promise.all(maintained.map((one) => one.stop()));
  expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: 31 }, (_, n) => n + 1));
});

test('searches that find the lexicon out of date count it at once, beside those who write', async () => {
  const actor = await newTenant(first().database);
  const { id } = await first().sessions.create(actor, { userId: 'u' });
  valuesOf(await everywhere(20, async (process, n): Promise<unknown> => {
    if (n % 2 === 0) return process.events.append(actor, id, [say(`turn ${n} about theremins`)]);
    return process.recall.recall(actor, { scopes: [{ scope }], query: 'theremins', kinds: ['EVENT'] });
  }));
});

test('sweeps everywhere at once clear what is due', async () => {
  const actor = await newTenant(first().database);
  const kept = valuesOf(await everywhere(4, (process, n) => process.memories.create(actor, { bankId: DEFAULT_BANK, scope, fact: `fact ${n}` })));
  await first().memories.remove(actor, kept[0]?.id ?? '');
  const maintained = processes.map((process) => process.maintain());
  valuesOf(await Promise.allSettled(maintained.map((one) => one.sweep())));
  await Promise.all(maintained.map((one) => one.stop()));
  expect(await rows('select from memories where tenant_id = $1', [actor.tenantId])).toHaveLength(kept.length - 1);
});

test('vectors that lack are asked for once, whoever looks', async () => {
  const actor = await newTenant(first().database);
  await first().memories.create(actor, { bankId: DEFAULT_BANK, scope, fact: 'Ann plays the theremin' });
  await rows('delete from jobs where tenant_id = $1', [actor.tenantId]);
  await rows(`update memories set updated_at = now() - interval '1 hour' where tenant_id = $1`, [actor.tenantId]);
  valuesOf(await everywhere(5, ({ transact, stores }) => createEmbeddingPhase({ embeddings: stores.embeddings, embedder: createHashEmbedder(), transact }).catchUp(actor)));
  expect(await rows('select from jobs where tenant_id = $1', [actor.tenantId])).toHaveLength(1);
});
