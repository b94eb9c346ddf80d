import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { requireRedisUrl } from '../services';
import { createApiClient, type ApiClient } from './client';
import { newSession } from './memories';
import { makeDataDir, removeDataDir, startProcess, type GatewayProcess } from './process';
import { withSeed, type Random } from './random';
import { VersionedItem } from './versioned-item';

const CREATE = 'mutation($input: CreateMemoryInput!) { createMemory(input: $input) { id } }';
const UPDATE = 'mutation($id: ID!, $fact: String!) { updateMemory(id: $id, input: {fact: $fact}) { id } }';
const DELETE = 'mutation($id: ID!) { deleteMemory(id: $id) }';
const RESTORE = 'mutation($id: ID!) { restoreMemory(id: $id) { id } }';
const APPEND = 'mutation($id: ID!, $text: String!, $state: JSONObject) { appendEvent(sessionId: $id, event: {author: USER, text: $text, actions: {stateDelta: $state}}) { id } }';
const SEARCH = 'query($scope: JSON!) { searchMemories(scope: $scope, query: "greenhouse", topK: 100) { fact } }';
const TURNS = 'query($scope: JSON!) { recall(input: {scopes: [{scope: $scope}], query: "greenhouse", topK: 100, kinds: [EVENT]}) { hits { event { content { text } } } } }';
const SESSION = 'query($id: ID!) { session(id: $id) { state } }';
const CONTEXT = 'query($id: ID!) { context(input: {sessionId: $id, query: "greenhouse", budgetTokens: 8000}) { text } }';

const POOLS = 3;
const ITEMS = 6;
const WRITES = 150;
/** Few enough for one answer to hold them all. */
const TURNS_PER_SESSION = 12;

type Memory = VersionedItem<string | null>;
type Turn = VersionedItem<string | null>;

/** A user with memories, a session that comes and goes, and two that stay, with much state, and share a counter. */
interface Pool {
  readonly scope: { readonly user_id: string };
  readonly memories: Memory[];
  turns: Turn[];
  readonly stays: string;
  /** Another session of the same user. */
  readonly beside: string;
  readonly counter: VersionedItem<number>;
}

let dataDir: string;
let gateways: GatewayProcess[];
let apis: ApiClient[];
beforeAll(async () => {
  dataDir = await makeDataDir();
  const variables = { CONTEXTIQ_REDIS_URL: requireRedisUrl(), CONTEXTIQ_REDIS_PREFIX: `test-${randomUUID()}` };
  gateways = [await startProcess(dataDir, variables)];
  gateways.push(await startProcess(dataDir, variables));
  apis = gateways.map(({ url }) => createApiClient(url));
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop('SIGTERM')));
  await removeDataDir(dataDir);
});

const anyOf = (random: Random): ApiClient => {
  const api = apis[random.int(apis.length)];
  if (api === undefined) throw new Error('no gateway');
  return api;
};

async function newPool(): Promise<Pool> {
  const userId = randomUUID();
  const session = (name: string): Promise<string> =>
    newSession(createApiClient(gateways[0]?.url ?? ''), { userId, scope: { user_id: userId, name }, state: { 'user:counter': 0, ballast: 'x'.repeat(20_000) } });
  return { scope: { user_id: userId }, memories: Array.from({ length: ITEMS }, () => new VersionedItem<string | null>(null)), turns: [], stays: await session('stays'), beside: await session('beside'), counter: new VersionedItem(0) };
}

/** Changes memories one after the other, each by any gateway: new, said otherwise, deleted, restored. */
async function writeMemories(pool: Pool, random: Random): Promise<void> {
  const ids = new Map<Memory, string>();
  const lastFact = new Map<Memory, string>();
  for (let n = 0; n < WRITES; n += 1) {
    const memory = pool.memories[random.int(ITEMS)];
    if (memory === undefined) continue;
    const id = ids.get(memory);
    const fact = `The greenhouse keeps ${pool.memories.indexOf(memory)} since ${n}`;
    if (id === undefined) {
      await memory.change(fact, async () => { ids.set(memory, (await anyOf(random).ask(CREATE, { input: { scope: pool.scope, fact } })).createMemory.id); });
      lastFact.set(memory, fact);
    } else if (memory.state === null) await memory.change(lastFact.get(memory) ?? null, () => anyOf(random).ask(RESTORE, { id }));
    else if (random.chance(0.3)) await memory.change(null, () => anyOf(random).ask(DELETE, { id }));
    else {
      await memory.change(fact, () => anyOf(random).ask(UPDATE, { id, fact }));
      lastFact.set(memory, fact);
    }
    await pause(random.int(40));
  }
}

/** Appends turns; a session that has its fill is deleted, with all of them. */
async function writeTurns(pool: Pool, random: Random): Promise<void> {
  let sessionId = await newSession(anyOf(random), { userId: pool.scope.user_id });
  for (let n = 0; n < WRITES; n += 1) {
    if (pool.turns.filter(({ state }) => state !== null).length >= TURNS_PER_SESSION) {
      const gone = sessionId;
      const deleting = anyOf(random).ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: gone });
      await Promise.all(pool.turns.map((turn) => turn.change(null, () => deleting)));
      sessionId = await newSession(anyOf(random), { userId: pool.scope.user_id });
    }
    const turn: Turn = new VersionedItem<string | null>(null);
    pool.turns = [...pool.turns.slice(-4 * TURNS_PER_SESSION), turn];
    const text = `Somebody saw the greenhouse at ${n}`;
    await turn.change(text, () => anyOf(random).ask(APPEND, { id: sessionId, text }));
    await pause(random.int(40));
  }
}

async function writeCounter(pool: Pool, random: Random): Promise<void> {
  for (let n = 1; n <= WRITES / 3; n += 1) {
    const id = random.chance(0.3) ? pool.stays : pool.beside;
    await pool.counter.change(n, () => anyOf(random).ask(APPEND, { id, text: `Turn ${n}.`, state: { 'user:counter': n } }));
    await pause(random.int(120));
  }
}

function requireFresh(items: readonly VersionedItem<string | null>[], allowed: readonly (() => readonly (string | null)[])[], shown: readonly string[]): void {
  items.forEach((_, index) => {
    const states = allowed[index]?.() ?? [];
    if (states.includes(null) || states.some((state) => state !== null && shown.includes(state))) return;
    throw new Error(`${JSON.stringify(states)} was written before the question, and the answer has nothing of it: ${JSON.stringify(shown)}`);
  });
  const known = new Set(allowed.flatMap((states) => states()));
  const old = shown.filter((text) => !known.has(text));
  if (old.length > 0) throw new Error(`the answer shows what had been changed or deleted before the question: ${JSON.stringify(old)}`);
}

/** Asks one gateway until the writers are done. @returns how often */
async function read(api: ApiClient, pools: readonly Pool[], random: Random, isDone: () => boolean): Promise<number> {
  for (let n = 1; ; n += 1) {
    const last = isDone();
    const pool = pools[random.int(pools.length)];
    if (pool === undefined) continue;
    const { scope, memories, turns } = pool;
    const kind = random.int(4);
    if (kind === 0) {
      const allowed = memories.map((memory) => memory.watch());
      requireFresh(memories, allowed, (await api.ask(SEARCH, { scope })).searchMemories.map(({ fact }: { fact: string }) => fact));
    } else if (kind === 1) {
      const allowed = turns.map((turn) => turn.watch());
      const { hits } = (await api.ask(TURNS, { scope })).recall;
      const shown = hits.map(({ event }: { event: { content: { text: string }[] } }) => event.content[0]?.text ?? '');
      // Turns that began after the question may show, too.
      const later = pool.turns.filter((turn) => !turns.includes(turn));
      requireFresh([...turns, ...later], [...allowed, ...later.map(({ states }) => () => states)], shown);
    } else if (kind === 2) {
      const allowed = pool.counter.watch();
      const { state } = (await api.ask(SESSION, { id: pool.stays })).session;
      if (!allowed().includes(state['user:counter'])) throw new Error(`the counter was one of ${allowed().join()}, and the session says ${state['user:counter']}`);
    } else {
      const allowed = pool.counter.watch();
      const { text } = (await api.ask(CONTEXT, { id: pool.stays })).context;
      const counter = Number(/user:counter: (\d+)/.exec(text)?.[1]);
      if (!allowed().includes(counter)) throw new Error(`the counter was one of ${allowed().join()}, and the context says ${counter}`);
    }
    if (last) return n;
  }
}

const looks = async (url: string, level: string, result: string): Promise<number> =>
  [...(await (await fetch(`${url}/metrics`)).text()).matchAll(/^contextiq_cache_reads_total\{(.*)\} (\d+)$/gm)]
    .filter(([, labels]) => labels?.includes(`level="${level}"`) && labels.includes(`result="${result}"`))
    .reduce((sum, [,, count]) => sum + Number(count), 0);

it('under load, no answer of either gateway is older than a write that any of them had answered before', () => withSeed(async (random) => {
  const pools = await Promise.all(Array.from({ length: POOLS }, newPool));
  let isDone = false;
  const writers = Promise.all(pools.flatMap((pool) => [writeMemories(pool, random), writeTurns(pool, random), writeCounter(pool, random)]))
    .finally(() => { isDone = true; });
  const readers = Promise.all([0, 1, 0, 1].map((at) => read(createApiClient(gateways[at]?.url ?? ''), pools, random, () => isDone)));
  const [reads] = await Promise.all([readers, writers]);
  expect(Math.min(...reads)).toBeGreaterThan(50);
  // Else nothing was tried: answers came from both levels of both, and entries were refused.
  for (const { url } of gateways) {
    for (const [level, result] of [['L1', 'hit'], ['L1', 'stale'], ['L2', 'hit'], ['L2', 'stale']] as const) {
      expect({ level, result, looks: await looks(url, level, result) }).toEqual({ level, result, looks: expect.any(Number) });
      expect(await looks(url, level, result)).toBeGreaterThan(0);
    }
  }
}), 180_000);
