import type { Gateway } from '../../gateway';
import { planned } from '../../storage/sql';
import { startTestGateway } from '../gateway';
import { newAgent, send } from './agents';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';
import { generate, newSession, untilEnded } from './memories';
import { procedures, use } from './procedures';

let gateway: Gateway;
let api: ApiClient;
let limited: ApiClient;
const ids = { session: '', child: '', other: '', caller: '', worker: '', task: '', old: '', young: '', own: '' };

beforeAll(async () => {
  gateway = await startTestGateway({ auth: { kind: 'keys' } });
  api = await keyedClient(gateway, 'related');
  limited = await keyedClient(gateway, 'related', [{ user_id: 'otto' }]);
  ids.caller = await newAgent(api, 'caller');
  ids.worker = await newAgent(api, 'worker');
  ids.session = await newSession(api, { userId: 'mara', agentId: 'guide' });
  ids.child = await newSession(api, { userId: 'mara', parentId: ids.session });
  ids.other = await newSession(api, { userId: 'otto', agentId: 'guide' });
  for (const [text, occurredAt] of [['I live in Porto.', '2020-03-01T10:00:00Z'], ['I live in Lisbon now.', '2022-03-01T10:00:00Z']]) {
    await api.ask('mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }', { id: ids.session, event: { author: 'USER', authorName: 'Mara', text, occurredAt } });
    await untilEnded(api, await generate(api, { sessionId: ids.session }));
  }
  const { memories } = await api.ask('{ memories(scope: {user_id: "mara"}, includeSuperseded: true) { id supersededBy } }');
  ids.old = memories.find(({ supersededBy }: { supersededBy: string | null }) => supersededBy !== null).id;
  ids.young = memories.find(({ supersededBy }: { supersededBy: string | null }) => supersededBy === null).id;
  ids.own = (await api.ask('mutation { createMemory(input: {scope: {user_id: "mara", project: "x"}, fact: "Mara likes tea."}) { id } }')).createMemory.id;
  ids.task = (await send(api, { sessionId: ids.child, fromAgentId: ids.caller, toAgentId: ids.worker })).taskId;
}, 60_000);
afterAll(() => gateway.close());

const RELATED = `query($node: RelatedNodeInput!, $depth: Int, $kinds: [RelatedKind!], $first: Int, $after: String) { related(node: $node, depth: $depth, kinds: $kinds, first: $first, after: $after) {
  isPartial pageInfo { hasNextPage endCursor } nodes { kind id depth path { relation isForward kind id } session { userId } memory { fact } agent { name } task { state } } } }`;
const related = async (node: object, rest: object = {}, as: ApiClient = api) => (await as.ask(RELATED, { node, ...rest })).related;
const names = ({ nodes }: { nodes: readonly { kind: string; id: string }[] }): string[] => nodes.map(({ kind, id }) => `${kind} ${id}`).sort();

test('a session has to do with its user, agents, tree, tasks and the memories derived from it', async () => {
  const found = await related({ kind: 'SESSION', id: ids.session }, { depth: 1 });
  expect(names(found)).toEqual([`AGENT guide`, `MEMORY ${ids.old}`, `MEMORY ${ids.young}`, `SESSION ${ids.child}`, 'USER mara'].sort());
  expect(found.nodes.find(({ kind }: { kind: string }) => kind === 'SESSION')).toMatchObject({ depth: 1, path: [{ relation: 'PART_OF', isForward: false, id: ids.child }], session: { userId: 'mara' } });
  expect(names(await related({ kind: 'SESSION', id: ids.child }, { depth: 1 }))).toEqual([`AGENT ${ids.caller}`, `AGENT ${ids.worker}`, `SESSION ${ids.session}`, `TASK ${ids.task}`, 'USER mara'].sort());
  expect(names(await related({ kind: 'MEMORY', id: ids.old }, { depth: 1 }))).toEqual([`MEMORY ${ids.young}`, `SESSION ${ids.session}`, 'USER mara'].sort());
});

test('a workflow is related to the sessions that used it, and over them to its users; a key limited to other pools sees none of it', async () => {
  const workflow = (await procedures.workflow(api, { user_id: 'mara' }, { name: 'Move house' })).id;
  for (let n = 0; n < 2; n += 1) await use(api, workflow, { sessionId: ids.session });
  const found = await related({ kind: 'WORKFLOW', id: workflow }, { kinds: ['SESSION', 'USER'] });
  expect(names(found)).toEqual([`SESSION ${ids.session}`, `SESSION ${ids.child}`, 'USER mara'].sort());
  expect(found.nodes.find(({ kind }: { kind: string }) => kind === 'USER')).toMatchObject({ depth: 2, path: [{ relation: 'USED', isForward: false, id: ids.session }, { relation: 'HAD_SESSION', isForward: false, id: 'mara' }] });
  const back = await api.ask('query($node: RelatedNodeInput!) { related(node: $node, kinds: [WORKFLOW]) { nodes { id depth workflow { name } } } }', { node: { kind: 'USER', id: 'mara' } });
  expect(back.related.nodes).toEqual([{ id: workflow, depth: 2, workflow: { name: 'Move house' } }]);
  expect(names(await related({ kind: 'WORKFLOW', id: workflow }, {}, limited))).toEqual([]);
  await api.ask('mutation($id: ID!) { deleteProcedure(id: $id) }', { id: workflow });
  expect(names(await related({ kind: 'USER', id: 'mara' }, { kinds: ['WORKFLOW'] }))).toEqual([]);
});

test('agents are related to a user over the sessions, with the way', async () => {
  const { nodes, isPartial } = await related({ kind: 'USER', id: 'mara' }, { kinds: ['AGENT'] });
  expect(isPartial).toBe(false);
  expect(names({ nodes })).toEqual(['AGENT guide', `AGENT ${ids.caller}`, `AGENT ${ids.worker}`].sort());
  expect(nodes.find(({ id }: { id: string }) => id === 'guide')).toMatchObject({
    depth: 2, agent: null, path: [{ relation: 'HAD_SESSION', isForward: true, kind: 'SESSION', id: ids.session }, { relation: 'TOOK_PART', isForward: false, kind: 'AGENT', id: 'guide' }],
  });
  expect(nodes.find(({ id }: { id: string }) => id === ids.worker).agent).toEqual({ name: 'worker' });
  expect(names(await related({ kind: 'USER', id: 'mara' }, { kinds: ['MEMORY'], depth: 1 }))).toEqual([ids.old, ids.young, ids.own].map((id) => `MEMORY ${id}`).sort());
});

test('each node comes once, by a shortest way, page by page', async () => {
  const all = await related({ kind: 'TASK', id: ids.task }, { depth: 4 });
  expect(new Set(names(all)).size).toBe(all.nodes.length);
  expect(names(all)).toContain(`SESSION ${ids.other}`);
  expect(names(all)).not.toContain('USER otto'); // five steps
  expect(names(all)).not.toContain(`TASK ${ids.task}`);
  for (const { depth, path, kind, id } of all.nodes) {
    expect(path).toHaveLength(depth);
    expect(path.at(-1)).toMatchObject({ kind, id });
  }
  expect(all.nodes.map(({ depth }: { depth: number }) => depth)).toEqual(all.nodes.map(({ depth }: { depth: number }) => depth).sort());
  const seen = [];
  for (let after = null; ;) {
    const page = await related({ kind: 'TASK', id: ids.task }, { depth: 4, first: 2, after });
    seen.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(seen).toEqual(all.nodes);
});

test('a key limited to scopes walks over its own alone', async () => {
  expect(names(await related({ kind: 'AGENT', id: 'guide' }, { depth: 4 }, limited))).toEqual([`SESSION ${ids.other}`, 'USER otto'].sort());
  for (const node of [{ kind: 'SESSION', id: ids.session }, { kind: 'USER', id: 'mara' }, { kind: 'MEMORY', id: ids.old }, { kind: 'TASK', id: ids.task }, { kind: 'AGENT', id: ids.worker }]) {
    expect((await related(node, { depth: 4 }, limited)).nodes).toEqual([]);
  }
});

test('what is deleted or expired relates nothing', async () => {
  const session = await newSession(api, { userId: 'gone', agentId: 'ghost' });
  const memory = (await api.ask('mutation { createMemory(input: {scope: {user_id: "gone"}, fact: "Gone likes fog."}) { id } }')).createMemory.id;
  expect(names(await related({ kind: 'USER', id: 'gone' }))).toEqual([`MEMORY ${memory}`, `SESSION ${session}`, 'AGENT ghost'].sort());
  await api.ask('mutation($id: ID!) { deleteMemory(id: $id) }', { id: memory });
  await gateway.composition.platform.database.query(planned('test.expire', `update sessions set expires_at = now() where tenant_id = 'related' and id = $1`), [session]);
  expect((await related({ kind: 'USER', id: 'gone' })).nodes).toEqual([]);
  expect((await related({ kind: 'AGENT', id: 'ghost' })).nodes).toEqual([]);
});

test('a node with many neighbours says that it is not all', async () => {
  await gateway.composition.platform.database.query(planned('test.many', `
    insert into sessions (tenant_id, id, user_id, scope, scope_hash, scope_sub) select 'related', gen_random_uuid(), 'busy', '{"user_id": "busy"}', 0, '{}' from generate_series(1, 101)`), []);
  const found = await related({ kind: 'USER', id: 'busy' }, { depth: 2, first: 200 });
  expect([found.isPartial, found.nodes.length]).toEqual([true, 50]);
});

test.each([[8, 20], [26, 6], [10, 40]])('of %i sessions with %i others each, all are found that fit a level, and those first that are newest of their own', async (parents, children) => {
  const userId = `wide-${parents}`;
  const level: string[][] = [];
  for (let n = 0; n < parents; n += 1) {
    const parentId = await newSession(api, { userId });
    const made: string[] = [];
    for (let at = 0; at < children; at += 1) made.push(await newSession(api, { userId: `${userId}-child`, parentId }));
    level.push(made.reverse());
  }
  const found = async (after: string | null) => related({ kind: 'USER', id: userId }, { depth: 2, kinds: ['SESSION'], first: 200, after });
  const first = await found(null);
  const second = first.pageInfo.hasNextPage ? await found(first.pageInfo.endCursor) : null;
  const shown: string[] = [...first.nodes, ...(second?.nodes ?? [])].filter(({ depth }) => depth === 2).map(({ id }) => id);
  const fits = Math.min(300, parents * children);
  expect(first.isPartial).toBe(parents * children > 300);
  expect(shown.length).toBeGreaterThanOrEqual(fits);
  const whole = Math.floor(fits / parents);
  for (const own of level) expect(shown).toEqual(expect.arrayContaining(own.slice(0, whole)));
}, 60_000);

test('bad input is named', async () => {
  expect(await api.refusal(RELATED, { node: { kind: 'USER', id: 'mara' }, depth: 5 })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'depth' } });
  expect(await api.refusal(RELATED, { node: { kind: 'USER', id: '' } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'node.id' } });
  expect(await api.refusal(RELATED, { node: { kind: 'USER', id: 'mara' }, kinds: [] })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'kinds' } });
  expect(await api.refusal(RELATED, { node: { kind: 'USER', id: 'mara' }, after: 'x' })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'BAD_CURSOR' } });
  expect((await related({ kind: 'SESSION', id: 'no uuid' })).nodes).toEqual([]);
});
