import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CONVERSATION } from '../../src/testing/e2e/conversation';
import { candidatesOf, eventsOf, jobOf, memoriesOf, repetitions } from '../../src/testing/e2e/memories';
import type { Random } from '../../src/testing/e2e/random';
import { until } from '../../src/testing/e2e/until';
import type { ApiClient } from '../../src/testing/e2e/client';
import type { Caller } from './caller';

const CREATE = 'mutation($input: CreateSessionInput!, $key: String!) { createSession(input: $input, idempotencyKey: $key) { id } }';
const APPEND = 'mutation($sessionId: ID!, $events: [EventInput!]!, $key: String!) { appendEvents(sessionId: $sessionId, events: $events, idempotencyKey: $key) { id seq } }';
const GENERATE = 'mutation($input: GenerateMemoriesInput!, $key: String!) { generateMemories(input: $input, idempotencyKey: $key) { id } }';
const JOB_MS = 180_000;

export async function openSession(caller: Caller, scope: object): Promise<string> {
  return (await caller.ask(CREATE, { input: { userId: 'mara', scope }, key: randomUUID() })).createSession.id;
}

/** One writer of a session, in batches of one to three. Ends when `isOver`; `acknowledged` then has the id and seq of all that was answered. */
export async function write(caller: Caller, sessionId: string, random: Random, acknowledged: Map<string, number>, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const events = Array.from({ length: 1 + random.int(3) }, () => ({ author: 'USER', text: `a line of ${randomUUID()}` }));
    const { appendEvents } = await caller.ask(APPEND, { sessionId, events, key: randomUUID() });
    for (const { id, seq } of appendEvents) acknowledged.set(id, seq);
    await pause(10 + random.int(40)); // the pace of the load, not a wait
  }
}

/** A pool whose jobs were accepted: two generations of one conversation at once, so that they meet in its memories. */
export interface Pool {
  readonly scope: { readonly user_id: string };
  readonly jobs: readonly string[];
}

/** Fills one pool and waits for its jobs. */
export async function fillPool(caller: Caller): Promise<Pool> {
  const scope = { user_id: randomUUID() };
  const sessionId = await openSession(caller, scope);
  await caller.ask(APPEND, { sessionId, events: CONVERSATION, key: randomUUID() });
  const jobs = await Promise.all([1, 2].map(async (): Promise<string> => (await caller.ask(GENERATE, { input: { sessionId }, key: randomUUID() })).generateMemories.id));
  for (const id of jobs) await ended(caller, id);
  return { scope, jobs };
}

const ended = (caller: Caller, id: string) =>
  until(`the job ${id} ends`, async () => ['COMPLETED', 'FAILED', 'CANCELED'].includes((await jobOf(asApi(caller), id)).status), JOB_MS);

/** The readers of the tests only ask. */
const asApi = (caller: Caller): ApiClient => ({ ...caller, url: '', send: never, refusal: never });
const never = (): never => { throw new Error('only ask'); };

/** Every acknowledged event once, at the seq that was told, and no gap. @returns how many there are */
export async function requireEvents(caller: Caller, sessionId: string, acknowledged: ReadonlyMap<string, number>): Promise<number> {
  const events = await eventsOf(asApi(caller), sessionId);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, n) => n + 1), 'the order of events has a gap');
  assert.deepEqual(new Map(events.map(({ id, seq }) => [id, seq])), new Map([...acknowledged].sort(([, a], [, b]) => a - b)), 'what was acknowledged is not what is there');
  return events.length;
}

/** One outcome for every job and every candidate, no memory twice. @returns what the pool's memories say, and the number of candidates */
export async function requirePool(caller: Caller, { scope, jobs }: Pool): Promise<{ candidates: number; facts: readonly string[] }> {
  let settled = 0;
  for (const id of jobs) {
    const job = await jobOf(asApi(caller), id);
    assert.equal(job.status, 'COMPLETED', JSON.stringify(job));
    const candidates = await candidatesOf(asApi(caller), id);
    assert.deepEqual(candidates.map(({ ordinal }) => ordinal), candidates.map((_, n) => n + 1), `candidates of ${id}`);
    assert.deepEqual(candidates.filter(({ outcome }) => outcome === null), [], 'candidates without an outcome');
    settled += candidates.length;
  }
  const memories = await memoriesOf(asApi(caller), scope);
  assert.deepEqual(repetitions(memories), [], 'memories that say the same');
  const all = await memoriesOf(asApi(caller), scope, true);
  return { candidates: settled, facts: all.map(({ fact, supersededBy }) => JSON.stringify([fact, supersededBy !== null])).sort() };
}
