import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../src/testing/e2e/random';
import { until } from '../../src/testing/e2e/until';
import { createCaller } from './caller';
import { startFleet } from './fleet';
import { deal, KINDS } from './kinds';
import { fillPool, openSession, requireEvents, requirePool, write, type Pool } from './load';
import { subscribe } from './subscriber';

const SESSIONS = 2;
const WRITERS = 2;
const SUBSCRIBERS = 2;
const POOLS_AT_ONCE = 2;
const CATCH_UP_MS = 60_000;

export interface FaultPlan {
  readonly count: number;
  /** No fault is begun later; what was promised is checked all the same. */
  readonly boundMs: number;
}

export interface FaultReport {
  readonly faults: Readonly<Record<string, number>>;
  readonly events: number;
  readonly jobs: number;
  readonly candidates: number;
  readonly items: number;
  readonly connections: number;
  readonly retries: number;
}

/** Random faults under a running load; then what was promised is compared with what is there. @throws AssertionError with what was lost, doubled or different */
export async function faultRun({ count, boundMs }: FaultPlan, random: Random, tell: (line: string) => void, onLog: (line: string) => void): Promise<FaultReport> {
  const fleet = await startFleet(onLog);
  try {
    const caller = createCaller(fleet.gateways, random);
    const calm = await requirePool(caller, await fillPool(caller));
    assert.ok(calm.facts.length > 20, 'the undisturbed pool has too few facts to be worth disturbing');
    tell(`undisturbed: ${calm.facts.length} memories`);

    let isOver = false;
    let failure: { readonly error: unknown } | null = null;
    const fail = (error: unknown): void => { failure ??= { error }; };
    const pools: Pool[] = [];
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, async () => ({ id: await openSession(caller, { log: 'of faults' }), acknowledged: new Map<string, number>() })));
    const subscribers = sessions.flatMap(({ id }) => Array.from({ length: SUBSCRIBERS }, () => ({ id, ...subscribe(fleet.gateways, id, random, fail) })));
    const load = [
      ...sessions.flatMap(({ id, acknowledged }) => Array.from({ length: WRITERS }, () => write(caller, id, random, acknowledged, () => isOver).catch(fail))),
      ...Array.from({ length: POOLS_AT_ONCE }, async () => { while (!isOver) pools.push(await fillPool(caller)); }).map((filling) => filling.catch(fail)),
    ];
    const acknowledged = (): number => sessions.reduce((sum, session) => sum + session.acknowledged.size, 0);
    const check = (): void => { if (failure !== null) throw failure.error; };

    const faults: Record<string, number> = {};
    const end = performance.now() + boundMs;
    for (const name of deal(count, random)) {
      if (performance.now() > end) break;
      const before = acknowledged();
      await until('the load goes on', () => { check(); return acknowledged() > before + random.int(40); }, CATCH_UP_MS);
      await pause(random.int(250)); // where the fault hits is left to chance
      const from = performance.now();
      await KINDS[name]?.hit(fleet, random);
      faults[name] = (faults[name] ?? 0) + 1;
      tell(`${name} (${Math.round(performance.now() - from)} ms), ${acknowledged()} events, ${pools.length} pools, ${caller.retries()} retries`);
    }
    isOver = true;
    await Promise.all(load);
    check();
    for (const { id, seen } of subscribers) {
      const last = sessions.find((session) => session.id === id)?.acknowledged.size ?? 0;
      await until('every subscriber has everything', () => { check(); return (seen.at(-1) ?? 0) >= last; }, CATCH_UP_MS);
    }
    await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
    check();

    let events = 0;
    for (const session of sessions) events += await requireEvents(caller, session.id, session.acknowledged);
    for (const { id, seen } of subscribers) {
      const last = sessions.find((session) => session.id === id)?.acknowledged.size ?? 0;
      assert.deepEqual(seen, Array.from({ length: last }, (_, n) => n + 1), 'a subscriber missed, doubled or swapped items');
    }
    let candidates = 0;
    for (const pool of pools) {
      const found = await requirePool(caller, pool);
      assert.deepEqual(found.facts, calm.facts, 'not the memories of an undisturbed run');
      candidates += found.candidates;
    }
    return {
      faults, events, jobs: pools.flatMap(({ jobs }) => jobs).length, candidates, items: subscribers.reduce((sum, { seen }) => sum + seen.length, 0),
      connections: subscribers.reduce((sum, subscriber) => sum + subscriber.connections(), 0), retries: caller.retries(),
    };
  } finally {
    await fleet.close();
  }
}
