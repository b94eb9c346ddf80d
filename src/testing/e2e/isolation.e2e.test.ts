import type { Gateway } from '../../gateway';
import { idempotencyKey } from '../../domain/idempotency/idempotency';
import { mayTouch, type Actor } from '../../kernel/actor';
import { GatewayError } from '../../kernel/errors';
import { newId } from '../../kernel/ids';
import { scopeContains, type Scope } from '../../kernel/scope';
import { adminOf } from '../actors';
import { startTestGateway } from '../gateway';
import type { ApiClient } from './client';
import { ACTORS, SCOPES, TENANTS, World, type Item } from './isolation-model';
import { keyedClient } from './keyed-client';
import { untilEnded } from './memories';
import { withSeed, type Random } from './random';

const WRITES = 700;
const READS_EACH = 4;
const GRAPHQL = `query($id: ID!, $session: ID!, $scope: JSON!, $query: String!) {
  memory(id: $id) { id fact revisions { fact reason } events { content { text } } session { id events { content { text } } } }
  session(id: $session) { id state events(last: 20) { content { text } } }
  memories(scope: $scope, match: SUBSET, includeSuperseded: true, limit: 200) { id fact }
  sessions(scope: $scope, limit: 200) { id scope }
  recall(input: { scopes: [{ scope: $scope, match: SUBSET }], query: $query, kinds: [MEMORY, EVENT], topK: 50 }) { hits { memory { fact revisions { fact } } event { content { text } } } }
  memoryGenerationJobs(limit: 50) { id candidates(first: 20) { nodes { fact reason } } }
}`;

let gateway: Gateway;
const clients = new Map<Actor, ApiClient>();
beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  for (const actor of ACTORS) clients.set(actor, await keyedClient(gateway, actor.tenantId, actor.scopeLimits));
}, 60_000);
afterAll(() => gateway.close());

const pickFrom = <T>(random: Random, all: readonly T[]): T => {
  const found = all[random.int(all.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** The outcome of a call in one word: what it threw, or `ok`. Anything unforeseen fails the test. */
async function attempt(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

it('thousands of random operations of tenants and pools with names like each other leak nothing', () => withSeed(async (random) => {
  const { app, platform } = gateway.composition;
  const world = new World();
  let checked = 0;
  const clear = (what: string, actor: Actor, answer: unknown): void => {
    checked += 1;
    const leaks = world.leaksIn(actor, answer);
    if (leaks.length > 0) throw new Error(`${what} gave ${JSON.stringify(actor)} ${leaks.join('; ')}`);
  };
  const track = (kind: Item['kind'], actor: Actor, scope: Scope): Item => {
    const item: Item = { kind, id: newId(), tenantId: actor.tenantId, scope, state: 'alive' };
    world.items.push(item);
    return item;
  };
  /** Often someone of its own tenant: strangers alone would change and find little. */
  const near = (actor: Actor, item: Item): Actor => (random.chance(0.6) ? pickFrom(random, ACTORS.filter(({ tenantId }) => tenantId === item.tenantId)) : actor);
  /** A write by anyone on anything: it must succeed exactly when the world says that the thing is there for them. */
  const change = async (what: string, stranger: Actor, item: Item, work: (actor: Actor) => Promise<unknown>): Promise<boolean> => {
    const actor = near(stranger, item);
    const outcome = await attempt(() => work(actor));
    const allowed = world.maySee(actor, item);
    if (outcome === 'CONFLICT' && allowed) return false;
    if ((outcome === 'ok') !== allowed || (!allowed && outcome !== 'NOT_FOUND')) throw new Error(`${what} by ${JSON.stringify(actor)} of ${JSON.stringify(item)}: ${outcome}`);
    return allowed;
  };

  const writes: Readonly<Record<string, (actor: Actor) => Promise<void>>> = {
    async createMemory(actor) {
      const scope = pickFrom(random, SCOPES);
      const item: Item = { kind: 'memory', id: '', tenantId: actor.tenantId, scope, state: 'alive' };
      const fact = `Ann keeps ${world.tokenOf(item)} in the shed.`;
      // One key for everyone: what another has done under it must not be answered.
      const idempotency = idempotencyKey('Mutation.createMemory', `key-${random.int(1e9)}`, { fact });
      const outcome = await attempt(async () => { Object.assign(item, { id: (await app.memories.create(actor, { bankId: 'default', scope, fact, metadata: { note: fact } }, { idempotency })).id }); });
      expect(outcome).toBe(mayTouch(actor, scope) ? 'ok' : 'FORBIDDEN');
      if (outcome === 'ok') world.items.push(item);
      else item.state = 'deleted';
    },
    async createSession(actor) {
      const scope = pickFrom(random, SCOPES);
      const item = track('session', actor, scope);
      const parent = random.chance(0.6) ? world.pick(random, 'session', ({ id }) => id !== item.id) : undefined;
      const outcome = await attempt(() => app.sessions.create(actor, { id: item.id, userId: 'ann', scope, parentId: parent?.id ?? null, metadata: { note: world.tokenOf(item) } }));
      // A tree that is full already.
      const isFull = outcome === 'BAD_USER_INPUT' && parent !== undefined;
      if (!isFull) expect(outcome).toBe(!mayTouch(actor, scope) ? 'FORBIDDEN' : parent === undefined || world.maySee(actor, parent) ? 'ok' : 'NOT_FOUND');
      if (outcome !== 'ok') item.state = 'deleted';
    },
    async append(actor) {
      const item = world.pick(random, 'session');
      if (item === undefined) return;
      await change('append', actor, item, (who) => app.events.append(who, item.id, [
        { author: 'USER', content: [{ type: 'text', text: `I keep ${world.tokenOf(item)} in the shed.` }], actions: { stateDelta: { last: world.tokenOf(item) } } },
      ]));
    },
    async patch(actor) {
      const item = world.pick(random, 'memory');
      if (item === undefined) return;
      await change('patch', actor, item, (who) => app.memories.patch(who, item.id, { fact: `Ann moved ${world.tokenOf(item)} to the attic.` }));
    },
    async rollback(actor) {
      const item = world.pick(random, 'memory');
      if (item !== undefined) await change('rollback', actor, item, (who) => app.memories.rollback(who, item.id, 1));
    },
    async remove(actor) {
      const item = world.pick(random, 'memory');
      if (item !== undefined && (await change('remove', actor, item, (who) => app.memories.remove(who, item.id)))) item.state = 'deleted';
    },
    async restore(stranger) {
      const item = world.pick(random, 'memory', ({ state }) => state === 'deleted');
      if (item === undefined || random.chance(0.7)) return;
      const actor = near(stranger, item);
      const allowed = item.tenantId === actor.tenantId && mayTouch(actor, item.scope);
      const outcome = await attempt(() => app.memories.restore(actor, item.id));
      expect([outcome, allowed]).toEqual([allowed ? 'ok' : 'NOT_FOUND', allowed]);
      if (allowed) item.state = 'alive';
    },
    async removeSession(actor) {
      const item = world.pick(random, 'session');
      if (item !== undefined && random.chance(0.3) && (await change('removeSession', actor, item, (who) => app.sessions.remove(who, item.id)))) item.state = 'deleted';
    },
    async expire() {
      const item = world.pick(random, random.chance(0.5) ? 'memory' : 'session', ({ state }) => state === 'alive');
      if (item === undefined) return;
      await platform.database.query({ text: `update ${item.kind === 'memory' ? 'memories' : 'sessions'} set expires_at = now() - interval '1 second' where tenant_id = $1 and id = $2` }, [item.tenantId, item.id]);
      item.state = 'expired';
    },
  };

  const exact = async (actor: Actor, scope: Scope, read: () => Promise<unknown>): Promise<void> => {
    let answer: unknown = null;
    const outcome = await attempt(async () => { answer = await read(); });
    expect(outcome).toBe(mayTouch(actor, scope) ? 'ok' : 'FORBIDDEN');
    clear('an exact pool', actor, answer);
  };
  const reads: Readonly<Record<string, (actor: Actor) => Promise<void>>> = {
    async memory(stranger) {
      const item = world.pick(random, 'memory');
      if (item === undefined) return;
      const actor = near(stranger, item);
      const [found] = await app.memories.getMany(actor, [item.id]);
      expect(found !== null).toBe(world.maySee(actor, item));
      clear('a memory', actor, [found, (await app.memories.revisions(actor, item.id, { limit: 50, before: null })).items]);
    },
    async session(stranger) {
      const item = world.pick(random, 'session');
      if (item === undefined) return;
      const actor = near(stranger, item);
      const found = await app.sessions.find(actor, item.id);
      expect(found !== null).toBe(world.maySee(actor, item));
      clear('a session', actor, [found, await app.events.readRange(actor, item.id, 1, 100)]);
      expect((await attempt(() => app.events.stateAt(actor, item.id, 0))) === 'NOT_FOUND').toBe(!world.maySee(actor, item));
    },
    async tree(stranger) {
      const item = world.pick(random, 'session');
      if (item === undefined) return;
      const actor = near(stranger, item);
      const [children, tree, events] = [
        await app.trees.childrenOfMany(actor, [item.id], { depth: 1 + random.int(10), limit: 200 }), await app.trees.treesOfMany(actor, [item.id], { limit: 200 }),
        await app.trees.eventsOfMany(actor, [item.id], { limit: 200, after: 0 }),
      ];
      expect(tree[0]?.some(({ id }) => id === item.id)).toBe(world.maySee(actor, item));
      clear('a tree', actor, [children, tree, events]);
    },
    async pool(actor) {
      const scope = pickFrom(random, SCOPES);
      await exact(actor, scope, async () => {
        const { items } = await app.memories.list(actor, { bankId: 'default', scope, match: 'EXACT', includeSuperseded: true }, { limit: 200, after: null });
        const mine = world.items.filter((item) => item.kind === 'memory' && world.maySee(actor, item) && JSON.stringify(item.scope) === JSON.stringify(scope));
        expect(items.map(({ id }) => id).sort()).toEqual(mine.map(({ id }) => id).sort().slice(0, 200));
        return items;
      });
    },
    async pools(actor) {
      const scope = pickFrom(random, SCOPES);
      const { items } = await app.memories.list(actor, { bankId: 'default', scope, match: 'SUBSET', includeSuperseded: true }, { limit: 200, after: null });
      expect(items.every((memory) => scopeContains(memory.scope, scope))).toBe(true);
      clear('pools', actor, [items, (await app.sessions.list(actor, { scope }, { limit: 200, offset: 0, after: null })).items]);
    },
    async search(actor) {
      const scope = pickFrom(random, SCOPES);
      await exact(actor, scope, () => app.recall.searchMemories(actor, { scope, query: random.chance(0.5) ? world.wordOf(random) : 'shed attic', topK: 50 }));
    },
    async recall(actor) {
      const scopes = [pickFrom(random, SCOPES), pickFrom(random, SCOPES)].map((scope) => ({ scope, match: 'SUBSET' as const }));
      clear('recall', actor, await app.recall.recall(actor, { scopes, query: `${world.wordOf(random)} shed`, kinds: ['MEMORY', 'EVENT'], topK: 50 }));
    },
    async context(actor) {
      const scope = pickFrom(random, SCOPES);
      const session = world.pick(random, 'session');
      let answer: unknown = null;
      const outcome = await attempt(async () => { answer = await app.context.build(actor, { sessionId: session?.id ?? null, scopes: [{ scope, match: 'SUBSET' }], query: 'shed attic', budgetTokens: 2000 }); });
      if (session !== undefined) expect(outcome).toBe(world.maySee(actor, session) ? 'ok' : 'NOT_FOUND');
      clear('context', actor, answer);
    },
    async events(actor) {
      const item = world.pick(random, 'session');
      if (item === undefined) return;
      const owner = adminOf(item.tenantId);
      const ids = item.state === 'alive' ? (await app.events.readRange(owner, item.id, 1, 20)).map(({ id }) => id) : [];
      clear('events by id', actor, await app.events.getMany(actor, ids));
    },
  };
  const graphql = async (actor: Actor): Promise<void> => {
    const api = clients.get(actor);
    const variables = { id: world.pick(random, 'memory')?.id ?? newId(), session: world.pick(random, 'session')?.id ?? newId(), scope: pickFrom(random, SCOPES), query: `${world.wordOf(random)} shed` };
    clear('GraphQL', actor, (await api?.send(GRAPHQL, variables))?.body);
  };
  const generate = async (tenantId: string): Promise<void> => {
    const scope = pickFrom(random, SCOPES);
    const owner = ACTORS.find((actor) => actor.tenantId === tenantId && actor.scopeLimits.length === 0);
    const api = owner === undefined ? undefined : clients.get(owner);
    if (api === undefined) throw new Error('every tenant has an owner');
    const item: Item = { kind: 'memory', id: '', tenantId, scope, state: 'alive' };
    const { generateMemories } = await api.ask('mutation($input: GenerateMemoriesInput!) { generateMemories(input: $input) { id } }', { input: { scope, facts: [`Ann sells ${world.tokenOf(item)} at the market.`] } });
    await untilEnded(api, generateMemories.id);
    const { memoryGenerationJob } = await api.ask('query($id: ID!) { memoryGenerationJob(id: $id) { candidates(first: 5) { nodes { memoryId } } } }', { id: generateMemories.id });
    world.items.push(Object.assign(item, { id: memoryGenerationJob.candidates.nodes[0].memoryId }));
  };

  const [writers, readers] = [Object.values(writes), Object.values(reads)];
  for (let n = 0; n < WRITES; n += 1) {
    const early = n < 120 ? [writes['createMemory'], writes['createSession'], writes['append']].filter((write) => write !== undefined) : writers;
    await pickFrom(random, early)(pickFrom(random, ACTORS));
    for (let read = 0; read < READS_EACH; read += 1) await pickFrom(random, readers)(pickFrom(random, ACTORS));
    if (n % 10 === 0) await graphql(pickFrom(random, ACTORS));
    if (n % 60 === 0) await generate(pickFrom(random, TENANTS));
  }
  expect(checked).toBeGreaterThan(2500);
}), 240_000);
