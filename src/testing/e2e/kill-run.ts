import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient, type ApiClient } from './client';
import { CONVERSATION, type Turn } from './conversation';
import { candidatesOf, eventsOf, hold, memoriesOf, newSession, repetitions, untilEnded } from './memories';
import { killWhileStarting, startProcess, type GatewayProcess } from './process';
import type { Random } from './random';

export interface KillReport {
  readonly kills: number;
  readonly generations: number;
  readonly candidates: number;
  readonly acknowledgedEvents: number;
}

/** A session whose memories go to a pool of their own; two jobs on one session meet in that pool. */
interface Pool {
  readonly scope: { readonly user_id: string };
  readonly sessionId: string;
  /** One idempotency key per job: asking again after a crash is what a client would do. */
  readonly keys: readonly string[];
}

const GENERATE = 'mutation($input: GenerateMemoriesInput!, $key: String!) { generateMemories(input: $input, idempotencyKey: $key) { id } }';
const APPEND = 'mutation($sessionId: ID!, $event: EventInput!) { appendEvent(sessionId: $sessionId, event: $event) { id seq } }';
const OTHER: readonly Turn[] = CONVERSATION.map((turn) => ({ ...turn, authorName: turn.authorName === 'Mara' ? 'Nora' : 'Piet' }));

/**
 * Kills a gateway (`kill -9`) at random moments while generations and appends are under way on one data directory, also
 * while it starts and while it recovers, restarts it, and compares what came of it with an undisturbed run.
 * @throws AssertionError with what was lost, doubled or different
 */
export async function killRun(dataDir: string, kills: number, random: Random, tell: (line: string) => void = () => undefined): Promise<KillReport> {
  let startMs = 0;
  const start = async (): Promise<GatewayProcess> => {
    const from = performance.now();
    const started = await startProcess(dataDir);
    startMs = performance.now() - from;
    return started;
  };
  let gateway = await start();
  const calm = await openPools(createApiClient(gateway.url));
  const workedAt = performance.now();
  const jobs = await Promise.all(calm.map((pool) => askAll(createApiClient(gateway.url), pool)));
  await Promise.all(jobs.flat().map((id) => untilEnded(createApiClient(gateway.url), id)));
  const workMs = performance.now() - workedAt;
  const expected = await Promise.all(calm.map(({ scope }) => factsOf(createApiClient(gateway.url), scope)));
  assert.ok(expected.every((facts) => facts.length > 20), 'the undisturbed run found too few facts to be worth disturbing');
  tell(`undisturbed: first start ${Math.round(startMs)} ms, work ${Math.round(workMs)} ms, ${expected.flat().length} memories`);

  const report = { kills: 0, generations: 0, candidates: 0, acknowledgedEvents: 0 };
  const kill = async (victim: GatewayProcess): Promise<void> => {
    await victim.stop('SIGKILL');
    report.kills += 1;
  };
  while (report.kills < kills) {
    const api = createApiClient(gateway.url);
    const pools = await openPools(api);
    const log = await newSession(api, { userId: `log-${randomUUID()}` });
    const acknowledged = new Map<string, number>();
    const busy = [...pools.map((pool) => untilCut(askAll(api, pool))), ...[1, 2].map(() => untilCut(appendForever(api, log, acknowledged)))];
    await pause(random.int(workMs * 1.2));
    await kill(gateway);
    await Promise.all(busy);
    while (report.kills < kills && random.chance(0.75)) {
      if (random.chance(0.3)) {
        await killWhileStarting(dataDir, random.int(startMs));
        report.kills += 1;
      } else {
        gateway = await start();
        await pause(random.int(workMs));
        await kill(gateway);
      }
    }
    gateway = await start();
    report.candidates += await requireUndisturbed(createApiClient(gateway.url), pools, expected);
    report.generations += pools.flatMap(({ keys }) => keys).length;
    report.acknowledgedEvents += await requireAcknowledged(createApiClient(gateway.url), log, acknowledged);
    tell(`${report.kills} kills: ${JSON.stringify(report)}`);
  }
  assert.equal(await gateway.stop('SIGTERM'), 0);
  return report;
}

/** One pool for two jobs at once, one for a single job. */
const openPools = (api: ApiClient): Promise<Pool[]> =>
  Promise.all([{ turns: CONVERSATION, jobs: 2 }, { turns: OTHER, jobs: 1 }].map(async ({ turns, jobs }): Promise<Pool> => {
    const scope = { user_id: `pool-${randomUUID()}` };
    return { scope, sessionId: await hold(api, turns, { userId: 'mara', scope }), keys: Array.from({ length: jobs }, () => randomUUID()) };
  }));

const askAll = (api: ApiClient, { sessionId, keys }: Pool): Promise<string[]> =>
  Promise.all(keys.map(async (key): Promise<string> => (await api.ask(GENERATE, { input: { sessionId }, key })).generateMemories.id));

/** The killed process breaks connections: that ends the work, anything else is a failure. */
async function untilCut(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isBrokenConnection(error)) throw error;
  });
}

/** By name: under jest, fetch throws the TypeError of another realm. */
const isBrokenConnection = (error: unknown): boolean => typeof error === 'object' && error !== null && 'name' in error && error.name === 'TypeError';

async function appendForever(api: ApiClient, sessionId: string, acknowledged: Map<string, number>): Promise<never> {
  for (let n = 1; ; n += 1) {
    const { appendEvent } = await api.ask(APPEND, { sessionId, event: { id: randomUUID(), author: 'USER', text: `event ${n}` } });
    acknowledged.set(appendEvent.id, appendEvent.seq);
  }
}

async function requireUndisturbed(api: ApiClient, pools: readonly Pool[], expected: readonly (readonly string[])[]): Promise<number> {
  let settled = 0;
  for (const [index, pool] of pools.entries()) {
    for (const id of await askAll(api, pool)) {
      const job = await untilEnded(api, id);
      assert.equal(job.status, 'COMPLETED', JSON.stringify(job));
      const candidates = await candidatesOf(api, id);
      assert.deepEqual(candidates.map(({ ordinal }) => ordinal), candidates.map((_, n) => n + 1));
      assert.deepEqual(candidates.filter(({ outcome }) => outcome === null), [], 'candidates without an outcome');
      settled += candidates.length;
    }
    assert.deepEqual(repetitions(await memoriesOf(api, pool.scope)), [], 'memories that say the same');
    assert.deepEqual(await factsOf(api, pool.scope), expected[index], 'not the memories of an undisturbed run');
  }
  return settled;
}

async function requireAcknowledged(api: ApiClient, log: string, acknowledged: ReadonlyMap<string, number>): Promise<number> {
  const events = await eventsOf(api, log);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, n) => n + 1), 'the order of events has a gap');
  const stored = new Map(events.map(({ id, seq }) => [id, seq]));
  assert.equal(stored.size, events.length, 'an event is there twice');
  for (const [id, seq] of acknowledged) assert.equal(stored.get(id), seq, `the acknowledged event ${id} is not where it was`);
  return acknowledged.size;
}

/** What the pool's memories say, contradicted ones included: all that must not depend on when a process died. */
const factsOf = async (api: ApiClient, scope: object): Promise<string[]> =>
  (await memoriesOf(api, scope, true))
    .map(({ fact, topics, subject, attribute, value, validFrom, validTo, supersededBy }) => JSON.stringify([fact, topics, subject, attribute, value, validFrom, validTo, supersededBy !== null]))
    .sort();
