import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SessionTrees1763683750000 } from '../../../migrations/1763683750000-session-trees';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { answer, newAgent, send, update } from './agents';
import type { ApiClient } from './client';
import { askSocket, dataOf, follow } from './follower';
import { keyedClient, newKey } from './keyed-client';
import { newSession } from './memories';
import { withSeed } from './random';
import { followThroughCuts } from './resuming';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  api = await keyedClient(gateway, 'trees');
});
afterAll(() => gateway.close());

const CREATE = 'mutation($input: CreateSessionInput!) { createSession(input: $input) { id rootId depth parentId state } }';
const LIVE = 'subscription($sessionId: ID!, $after: String) { sessionTreeEvents(sessionId: $sessionId, after: $after) { cursor event { sessionId seq content { text } } } }';
const PAGE = `query($id: ID!, $first: Int, $after: String) { session(id: $id) { treeEventsConnection(first: $first, after: $after) {
  edges { cursor node { sessionId seq content { text } } } pageInfo { hasNextPage endCursor } } } }`;

const create = async (input: object, client = api) => (await client.ask(CREATE, { input: { userId: 'ada', ...input } })).createSession;
const say = (sessionId: string, text: string, client = api) =>
  client.ask('mutation($sessionId: ID!, $text: String!) { appendEvent(sessionId: $sessionId, event: {author: USER, text: $text}) { id } }', { sessionId, text });
const idsOf = (sessions: readonly { id: string }[]): string[] => sessions.map(({ id }) => id);
const textOf = ({ content }: { content: readonly { text: string }[] }): string => content[0]?.text ?? '';

/** All events of the subtree, a page at a time. */
async function pagesOf(id: string, first = 200, client = api) {
  const edges = [];
  for (let after: string | null = null; ;) {
    const { session } = await client.ask(PAGE, { id, first, after });
    edges.push(...session.treeEventsConnection.edges);
    if (!session.treeEventsConnection.pageInfo.hasNextPage) return edges;
    after = session.treeEventsConnection.pageInfo.endCursor;
  }
}
const toldIn = async (id: string, client = api): Promise<string[]> => (await pagesOf(id, 200, client)).map(({ node }) => textOf(node));

/** A coordinator with two specialists, one of which has a helper. */
async function family() {
  const root = await create({});
  const [left, right] = [await create({ parentId: root.id }), await create({ parentId: root.id })];
  const helper = await create({ parentId: left.id });
  return { root: root.id, left: left.id, right: right.id, helper: helper.id };
}

describe('a tree of sessions', () => {
  test('knows its top, its levels and its members, from wherever it is looked at', async () => {
    const { root, left, right, helper } = await family();
    const query = `query($id: ID!) { session(id: $id) { rootId depth parent { id } root { id } children { id } all: children(depth: 10) { id depth } one: children(depth: 2, first: 1) { id } tree { id } } }`;
    const at = async (id: string) => (await api.ask(query, { id })).session;
    const tree = [root, left, right, helper].map((id) => ({ id }));
    expect(await at(root)).toEqual({ rootId: root, depth: 0, parent: null, root: { id: root }, children: [{ id: left }, { id: right }], one: [{ id: left }], tree,
      all: [{ id: left, depth: 1 }, { id: right, depth: 1 }, { id: helper, depth: 2 }] });
    expect(await at(left)).toMatchObject({ rootId: root, depth: 1, parent: { id: root }, root: { id: root }, children: [{ id: helper }], all: [{ id: helper }], tree });
    expect(await at(helper)).toMatchObject({ rootId: root, depth: 2, parent: { id: left }, children: [], all: [], tree });
    const alone = await create({});
    expect(await at(alone.id)).toMatchObject({ rootId: alone.id, depth: 0, parent: null, root: { id: alone.id }, children: [], tree: [{ id: alone.id }] });
    const below = 'query($id: ID, $first: Int, $after: String) { page: sessionsConnection(ancestorId: $id, first: $first, after: $after) { nodes { id } pageInfo { endCursor } } }';
    const { page } = await api.ask(below, { id: root, first: 2 });
    const { page: rest } = await api.ask(below, { id: root, after: page.pageInfo.endCursor });
    expect([...idsOf(page.nodes), ...idsOf(rest.nodes)]).toEqual([helper, right, left]);
  });

  test('has at most ten levels below its top', async () => {
    let last = await create({});
    for (let level = 1; level <= 10; level += 1) last = await create({ parentId: last.id });
    expect(last.depth).toBe(10);
    expect(await api.refusal(CREATE, { input: { userId: 'ada', parentId: last.id } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'TREE_TOO_DEEP', field: 'input.parentId' } });
    for (const depth of [0, 11]) {
      expect(await api.refusal('query($id: ID!, $depth: Int!) { session(id: $id) { children(depth: $depth) { id } } }', { id: last.id, depth })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'depth' } });
    }
  });

  test('holds together when its members are created at once', async () => {
    const root = await create({});
    await Promise.all(Array.from({ length: 20 }, async (_, n) => say((await create(n % 2 === 0 ? { parentId: root.id } : { parentId: root.id, state: { n } })).id, `${n}`)));
    expect((await api.ask('query($id: ID!) { session(id: $id) { tree(first: 200) { rootId } } }', { id: root.id })).session.tree).toEqual(Array.from({ length: 21 }, () => ({ rootId: root.id })));
    expect((await toldIn(root.id)).sort()).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`).sort());
  });
});

describe('state', () => {
  test('is handed down when a child is created, and results are handed up by its agent’s answer', async () => {
    const parent = await create({ state: { city: 'Porto', days: 3, secret: 'walnut', 'user:tone': 'calm' } });
    const child = await create({ parentId: parent.id, handDown: ['city', 'days', 'unknown'], state: { days: 2 } });
    expect(child.state).toEqual({ city: 'Porto', days: 2, 'user:tone': 'calm' });
    // A copy: what either becomes later is its own.
    await api.ask('mutation($id: ID!) { patchSessionState(sessionId: $id, patch: {city: "Lisbon"}) { id } }', { id: parent.id });
    const worker = await newAgent(api, 'worker');
    const { taskId } = await send(api, { sessionId: parent.id, toAgentId: worker, workSessionId: child.id });
    await update(api, { taskId, parts: [{ text: 'Sunny.' }], stateDelta: { weather: 'sunny' } });
    const { session } = await api.ask('query($id: ID!) { session(id: $id) { state children { state } } }', { id: parent.id });
    expect(session).toEqual({ state: { city: 'Lisbon', days: 3, secret: 'walnut', weather: 'sunny', 'user:tone': 'calm' }, children: [{ state: { city: 'Porto', days: 2, 'user:tone': 'calm' } }] });
  });

  test.each([
    ['without a parent', { handDown: ['a'] }, 'input.handDown'],
    ['that is shared already', { parentId: true, handDown: ['a', 'user:a'] }, 'input.handDown.1'],
    ['of more keys than fifty', { parentId: true, handDown: Array.from({ length: 51 }, (_, n) => `${n}`) }, 'input.handDown'],
  ])('%s is refused', async (_, input, field) => {
    const parentId = 'parentId' in input ? { parentId: (await create({})).id } : {};
    expect(await api.refusal(CREATE, { input: { userId: 'ada', ...input, ...parentId } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  });
});

describe('events of a subtree', () => {
  test('stand in one order, page by page, with what happened before there was a tree', async () => {
    const root = await create({});
    await say(root.id, 'before 1');
    await say(root.id, 'before 2');
    const left = await create({ parentId: root.id });
    await say(left.id, 'left 1');
    await say(root.id, 'root 3');
    const helper = await create({ parentId: left.id });
    await api.ask('mutation($id: ID!) { appendEvents(sessionId: $id, events: [{text: "helper 1"}, {text: "helper 2"}, {text: "helper 3"}]) { id } }', { id: helper.id });
    await say(left.id, 'left 2');
    const all = ['before 1', 'before 2', 'left 1', 'root 3', 'helper 1', 'helper 2', 'helper 3', 'left 2'];
    expect(await toldIn(root.id)).toEqual(all);
    for (const first of [1, 2, 3]) expect((await pagesOf(root.id, first)).map(({ node }) => textOf(node))).toEqual(all);
    expect(await toldIn(left.id)).toEqual(['left 1', 'helper 1', 'helper 2', 'helper 3', 'left 2']);
    expect(await toldIn(helper.id)).toEqual(['helper 1', 'helper 2', 'helper 3']);
    // A subscription goes on after any cursor of the pages.
    const edges = await pagesOf(root.id);
    for (const at of [0, 4, 5]) {
      const live = follow(gateway.url, LIVE, { sessionId: root.id, after: edges[at].cursor }, { connectionParams: await newKey(gateway, 'trees') });
      await until('the rest', () => live.items.length === all.length - at - 1);
      expect(dataOf(live, 'sessionTreeEvents').map(({ cursor, event }) => ({ cursor, node: event }))).toEqual(edges.slice(at + 1));
      await live.close();
    }
    expect(await api.refusal(PAGE, { id: root.id, after: 'here' })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'BAD_CURSOR', field: 'after' } });
  });

  test('include messages between its agents, and leave when their session does', async () => {
    const { root, left } = await family();
    const worker = await newAgent(api, 'worker');
    const { taskId } = await send(api, { sessionId: root, toAgentId: worker, workSessionId: left, parts: [{ text: 'Weigh this.' }] });
    await answer(api, taskId, 'Five grams.');
    expect((await toldIn(root)).sort()).toEqual(['Five grams.', 'Five grams.', 'Weigh this.', 'Weigh this.']);
    expect(await toldIn(left)).toEqual(['Weigh this.', 'Five grams.']);
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: left });
    expect(await toldIn(root)).toEqual(['Weigh this.', 'Five grams.']);
  });

  test('come to whoever follows from the start, through cuts, from sessions that did not exist then, in the same order as in the pages', () => withSeed(async (random) => {
    const root = await create({});
    const total = 120;
    const key = await newKey(gateway, 'trees');
    const following = followThroughCuts({
      url: gateway.url, query: LIVE, variables: { sessionId: root.id }, field: 'sessionTreeEvents', random, longestRun: 25, connectionParams: key, isDone: (items) => items.length >= total,
    });
    await Promise.all([0, 1, 2, 3].map(async (writer) => {
      let session = root.id;
      for (let n = 0; n < total / 4; n += 1) {
        if (random.chance(0.15)) session = (await create({ parentId: root.id })).id;
        await say(session, `writer ${writer}, ${n}`);
        await pause(random.int(15));
      }
    }));
    const { seen } = await following;
    expect(seen.map(({ cursor, event }) => ({ cursor, node: event }))).toEqual(await pagesOf(root.id));
    const seqs = new Map<string, number>();
    for (const { event } of seen) {
      expect(event.seq).toBe((seqs.get(event.sessionId) ?? 0) + 1);
      seqs.set(event.sessionId, event.seq);
    }
    // Each writer waited for its own: what it said later stands later.
    for (let writer = 0; writer < 4; writer += 1) {
      expect(seen.map(({ event }) => textOf(event)).filter((text) => text.startsWith(`writer ${writer}`))).toEqual(Array.from({ length: total / 4 }, (_, n) => `writer ${writer}, ${n}`));
    }
  }), 90_000);

  test('end with NOT_FOUND when the upper session is deleted', async () => {
    const { root } = await family();
    const live = follow(gateway.url, LIVE, { sessionId: root, after: '0' }, { connectionParams: await newKey(gateway, 'trees') });
    await say(root, 'last words');
    await until('the last words', () => live.items.length === 1);
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: root });
    expect(await live.end).toMatchObject({ error: [{ extensions: { code: 'NOT_FOUND' } }] });
  });
});

test('trees from before have their events in the order in which they were stored', async () => {
  const { root, left, helper } = await family();
  for (const [at, id] of [root, helper, left, root, helper, left].entries()) await say(id, `${at}`);
  expect(await toldIn(root)).toEqual(['0', '1', '2', '3', '4', '5']);
  const runner = gateway.composition.platform.database.dataSource.createQueryRunner();
  const migration = new SessionTrees1763683750000();
  await runner.startTransaction();
  await migration.down(runner);
  await migration.up(runner);
  await runner.commitTransaction();
  await runner.release();
  expect(await toldIn(root)).toEqual(['0', '1', '2', '3', '4', '5']);
  await say(left, '6');
  expect(await toldIn(left)).toEqual(['1', '2', '4', '5', '6']);
});

test('whoever is limited to scopes sees only their part of a tree, wherever they look', async () => {
  const tenant = `limits-${randomUUID()}`;
  const owner = await keyedClient(gateway, tenant);
  const limits = [{ project: 'open' }];
  const [limited, limitedKey] = [await keyedClient(gateway, tenant, limits), await newKey(gateway, tenant, limits)];
  const scopeOf = (project: string) => ({ scope: { user_id: 'ada', project } });
  const root = await create(scopeOf('closed'), owner);
  const open = await create({ ...scopeOf('open'), parentId: root.id }, owner);
  const hidden = await create({ ...scopeOf('closed'), parentId: open.id }, owner);
  const below = await create({ ...scopeOf('open'), parentId: hidden.id }, owner);
  for (const [{ id }, text] of [[root, 'top secret'], [open, 'open 1'], [hidden, 'hidden 1'], [below, 'below 1'], [open, 'open 2']] as const) await say(id, text, owner);

  const query = 'query($id: ID!) { session(id: $id) { root { id } parent { id } children(depth: 10) { id } tree { id } } sessions(ancestorId: $id) { id } }';
  expect(await limited.ask(query, { id: open.id })).toEqual({ session: { root: null, parent: null, children: [{ id: below.id }], tree: [{ id: open.id }, { id: below.id }] }, sessions: [{ id: below.id }] });
  expect(await limited.ask(query, { id: below.id })).toMatchObject({ session: { root: null, parent: null, tree: [{ id: open.id }, { id: below.id }] } });
  for (const { id } of [root, hidden]) {
    expect((await limited.ask(query, { id })).session).toBeNull();
    expect(await limited.refusal(CREATE, { input: { userId: 'ada', ...scopeOf('open'), parentId: id, handDown: ['a'] } })).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.parentId' } });
    expect(await askSocket(gateway.url, LIVE, { sessionId: id, after: '0' }, { connectionParams: limitedKey })).toMatchObject({ items: [{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }] });
  }
  // Not even as the parent's place in the list of sessions below a hidden one.
  expect((await limited.ask('query($id: ID!) { sessions(ancestorId: $id) { id } }', { id: hidden.id })).sessions).toEqual([]);
  expect(await toldIn(open.id, limited)).toEqual(['open 1', 'below 1', 'open 2']);
  expect(await toldIn(open.id, owner)).toEqual(['open 1', 'hidden 1', 'below 1', 'open 2']);
  const live = follow(gateway.url, LIVE, { sessionId: open.id, after: '0' }, { connectionParams: limitedKey });
  await say(hidden.id, 'hidden 2', owner);
  await say(below.id, 'below 2', owner);
  await until('what is theirs', () => live.items.length >= 4);
  expect(dataOf(live, 'sessionTreeEvents').map(({ event }) => textOf(event))).toEqual(['open 1', 'below 1', 'open 2', 'below 2']);
  await live.close();
  const stranger = await keyedClient(gateway, `other-${randomUUID()}`);
  expect(await newSession(stranger, { userId: 'ada' })).not.toBe(root.id);
  expect((await stranger.ask(query, { id: open.id }))).toEqual({ session: null, sessions: [] });
});
