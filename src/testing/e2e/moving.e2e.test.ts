import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import type { ApiClient } from './client';
import { keyedClient } from './keyed-client';
import { bringIn, created, jsonLines, takeOut } from './transfers';

/** Data of other systems, in the shapes that their APIs and files have. */
let gateway: Gateway;
let tenants = 0;
beforeAll(async () => { gateway = await startTestGateway({ auth: { kind: 'keys' } }); }, 60_000);
afterAll(() => gateway.close());

const newTenant = (): Promise<ApiClient> => keyedClient(gateway, `moving-${(tenants += 1)}`);

const memoriesIn = async (api: ApiClient, scope: object) =>
  (await api.ask('query($scope: JSON!) { memories(scope: $scope, includeSuperseded: true, limit: 200) { fact topics confidence metadata validFrom validTo supersededAt createdAt updatedAt expiresAt } }', { scope })).memories;
const SESSIONS = '{ sessions(limit: 10) { id userId agentId scope metadata createdAt events(last: 20) { seq author authorName occurredAt content { text } actions { toolCalls { id name arguments } toolOutputs { toolCallId output } } } } }';
const sessionsOf = async (api: ApiClient) => (await api.ask(SESSIONS)).sessions;
const turns = (session: { events: readonly { author: string; content: readonly { text: string }[] }[] }) => session.events.map(({ author, content }) => [author, content.map(({ text }) => text).join('\n')]);

/** Brings the same data in twice, and checks that the second time changes nothing and a dry run says what comes. */
async function movedIn(api: ApiClient, data: string, input: object) {
  const told = await bringIn(api, data, { ...input, dryRun: true });
  expect(await takeOut(api)).toBe('');
  const report = await bringIn(api, data, input);
  expect([report.status, report.counts]).toEqual(['COMPLETED', told.counts]);
  const before = await takeOut(api);
  const again = await bringIn(api, data, input);
  expect(Object.values(created(again)).filter((n) => n > 0)).toEqual([]);
  expect(await takeOut(api)).toBe(before);
  return report;
}

const MEM0 = {
  results: [
    { id: '6b7f8ff1-3c1e-4f6c-9b37-3c7a4f5a1c11', memory: 'Prefers the aisle seat', user_id: 'alex', agent_id: null, app_id: null, session_id: null, hash: 'd41d8c', metadata: { source: 'chat' }, categories: ['travel', 'User Preferences'], created_at: '2024-07-26T08:11:37.014128-07:00', updated_at: '2024-08-01T10:00:00Z', expiration_date: null, structured_attributes: { day: 26 } },
    { id: 'a0000000-3c1e-4f6c-9b37-3c7a4f5a1c12', memory: 'Is allergic to shrimp', user_id: 'alex', agent_id: 'chef', run_id: 'r1', metadata: null, categories: null, created_at: '2024-07-27T08:11:37Z', updated_at: null, expiration_date: '2999-01-01' },
    { id: 'a0000000-3c1e-4f6c-9b37-3c7a4f5a1c13', memory: 'Lives in Rome', user_id: 'alex', created_at: '2024-07-20T08:00:00Z', updated_at: '2024-07-29T08:00:00Z', replaced_by: 'a0000000-3c1e-4f6c-9b37-3c7a4f5a1c99' },
    { id: 'a0000000-3c1e-4f6c-9b37-3c7a4f5a1c14', memory: 'Belongs to nobody', created_at: '2024-07-20T08:00:00Z' },
    { id: 'a0000000-3c1e-4f6c-9b37-3c7a4f5a1c15', memory: 'Is over', user_id: 'alex', created_at: '2024-07-20T08:00:00Z', expiration_date: '2024-08-01' },
  ],
  relations: [],
};

describe('memories of mem0', () => {
  it('keep words, pools, topics, metadata and times; what was replaced is history', async () => {
    const api = await newTenant();
    const report = await movedIn(api, JSON.stringify(MEM0, null, 2), { format: 'MEM0' });
    expect(report.counts).toEqual(expect.arrayContaining([{ kind: 'memory', created: 3, existing: 0, refused: 1 }, { kind: 'line', created: 0, existing: 0, refused: 1 }]));
    expect(report.problems.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual([['user_id', 'SCOPE_MISSING'], ['expires_at', 'EXPIRED']]);
    expect(await memoriesIn(api, { user_id: 'alex' })).toEqual([
      { fact: 'Prefers the aisle seat', topics: ['travel', 'user_preferences'], confidence: 1, metadata: { source: 'chat', mem0_id: MEM0.results[0]?.id }, validFrom: null, validTo: null, supersededAt: null, createdAt: '2024-07-26T15:11:37.014Z', updatedAt: '2024-08-01T10:00:00.000Z', expiresAt: null },
      expect.objectContaining({ fact: 'Lives in Rome', supersededAt: '2024-07-29T08:00:00.000Z' }),
    ]);
    expect(await memoriesIn(api, { user_id: 'alex', agent_id: 'chef', run_id: 'r1' })).toMatchObject([{ fact: 'Is allergic to shrimp', expiresAt: '2999-01-01T00:00:00.000Z' }]);
    expect((await api.ask('{ searchMemories(scope: {user_id: "alex"}, query: "aisle or window?") { fact } }')).searchMemories).toEqual([{ fact: 'Prefers the aisle seat' }]);
  });

  it('come as a list, or one a line, just as well', async () => {
    for (const data of [JSON.stringify(MEM0.results.slice(0, 3)), jsonLines(...MEM0.results.slice(0, 3))]) {
      expect((await movedIn(await newTenant(), data, { format: 'MEM0' })).counts).toEqual([{ kind: 'memory', created: 3, existing: 0, refused: 0 }]);
    }
  });
});

describe('conversations', () => {
  it('of OpenAI’s chat files become sessions with tool calls, and a session with an id can grow', async () => {
    const api = await newTenant();
    const conversation = {
      id: 'thread_1', user: 'ann', title: 'Weather', messages: [
        { role: 'system', content: 'You are terse.' },
        { role: 'user', content: [{ type: 'text', text: 'Rain in Oslo?' }, { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }], name: 'Ann' },
        { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city": "Oslo"}' } }] },
        { role: 'tool', tool_call_id: 'call_1', content: '{"rain": true}' },
        { role: 'assistant', content: 'Yes.', created_at: 1_700_000_000 },
      ],
    };
    const options = { format: 'CONVERSATIONS', scope: { user_id: 'fallback' } };
    await movedIn(api, jsonLines(conversation, { messages: [{ role: 'user', content: 'Hi' }] }, { messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello' }] }), options);
    const session = (await sessionsOf(api)).find(({ userId }: { userId: string }) => userId === 'ann');
    expect(session).toMatchObject({ scope: { user_id: 'fallback' }, metadata: { title: 'Weather', source_id: 'thread_1' } });
    expect(turns(session)).toEqual([['SYSTEM', 'You are terse.'], ['USER', 'Rain in Oslo?'], ['AGENT', ''], ['TOOL', '{"rain": true}'], ['AGENT', 'Yes.']]);
    expect(session.events[2].actions.toolCalls).toEqual([{ id: 'call_1', name: 'get_weather', arguments: { city: 'Oslo' } }]);
    expect(session.events[3].actions.toolOutputs).toEqual([{ toolCallId: 'call_1', output: '{"rain": true}' }]);
    expect(session.events[4].occurredAt).toBe('2023-11-14T22:13:20.000Z');
    const grown = await bringIn(api, jsonLines({ ...conversation, messages: [...conversation.messages, { role: 'user', content: 'Thanks.' }] }), options);
    expect([created(grown), (await sessionsOf(api)).length]).toEqual([{ session: 0, event: 1 }, 3]);
    const edited = await bringIn(api, jsonLines({ ...conversation, messages: [{ role: 'system', content: 'You talk.' }, ...conversation.messages.slice(1)] }), options);
    expect(edited.problems).toMatchObject([{ code: 'SEQ_TAKEN' }]);
  });

  it('of ChatGPT’s export are the branch that was shown last', async () => {
    const api = await newTenant();
    const node = (id: string, parent: string | null, role: string, parts: unknown[], create_time: number | null = null) => ({ id, parent, children: [], message: { id, author: { role, name: null }, create_time, content: { content_type: 'text', parts }, metadata: {} } });
    const mapping = { root: { id: 'root', parent: null, children: ['a'], message: null }, a: node('a', 'root', 'user', ['Plan a trip.'], 1_700_000_000.5), b1: node('b1', 'a', 'assistant', ['Old answer.']), b2: node('b2', 'a', 'assistant', ['To Porto!'], 1_700_000_010), c: node('c', 'b2', 'user', [{ content_type: 'image_asset_pointer' }, 'Like this?'], 1_700_000_020) };
    await movedIn(api, JSON.stringify([{ title: 'Trip', create_time: 1_700_000_000, update_time: 1_700_000_100, mapping, current_node: 'c', conversation_id: 'c-1' }]), { format: 'CONVERSATIONS', scope: { user_id: 'ann' } });
    const [session] = await sessionsOf(api);
    expect(turns(session)).toEqual([['USER', 'Plan a trip.'], ['AGENT', 'To Porto!'], ['USER', 'Like this?']]);
    expect(session).toMatchObject({ userId: 'ann', metadata: { title: 'Trip', source_id: 'c-1' }, createdAt: '2023-11-14T22:13:20.000Z' });
  });

  it('are one when they come as bare messages, and need a user', async () => {
    const api = await newTenant();
    const data = JSON.stringify([{ role: 'user', content: 'One.' }, { role: 'assistant', content: 'Two.' }, { role: 'wizard', content: 'Three.' }]);
    const report = await movedIn(api, data, { format: 'CONVERSATIONS', scope: { user_id: 'ann' } });
    expect([turns((await sessionsOf(api))[0]), report.problems]).toMatchObject([[['USER', 'One.'], ['AGENT', 'Two.']], [{ field: 'role', code: 'UNKNOWN_ROLE' }]]);
    expect((await bringIn(await newTenant(), data, { format: 'CONVERSATIONS' })).problems).toMatchObject([{ code: 'SCOPE_MISSING' }, { code: 'SCOPE_MISSING' }, { code: 'UNKNOWN_ROLE' }]);
  });
});

test('Zep’s threads, sessions, edges and facts keep their times; what expired is history', async () => {
  const api = await newTenant();
  const edge = { uuid: 'e1', name: 'LIVES_IN', fact: 'Jane lives in Berlin', source_node_uuid: 'n1', target_node_uuid: 'n2', episodes: ['p1'], created_at: '2025-02-01T00:00:00Z', valid_at: '2025-01-01T00:00:00Z', invalid_at: '2025-06-01T00:00:00Z', expired_at: '2025-06-02T00:00:00Z', attributes: { certain: true } };
  const thread = {
    thread_id: 't1', user_id: 'jane', created_at: '2025-02-01T00:00:00Z', messages: [
      { uuid: 'm1', role: 'user', name: 'Jane', content: 'I moved to Paris.', created_at: '2025-06-01T12:00:00Z', metadata: { device: 'phone' } },
      { uuid: 'm2', role: 'assistant', content: 'Bon voyage.', created_at: '2025-06-01T12:00:05Z' },
    ],
  };
  const data = jsonLines({ edges: [edge, { ...edge, uuid: 'e2', fact: 'Jane lives in Paris', valid_at: '2025-06-01T00:00:00Z', invalid_at: null, expired_at: null }] }, thread,
    { session_id: 's1', user_id: 'jane', created_at: '2024-02-01T00:00:00Z', messages: [{ uuid: 'm3', role: 'Jane', role_type: 'user', content: 'Hello.', created_at: '2024-02-01T00:00:01Z' }] },
    { uuid: 'f1', content: 'Jane likes tea', fact: 'Jane likes tea', rating: 0.7, created_at: '2024-02-02T00:00:00Z' }, { uuid: 'n1', name: 'Jane', labels: ['User'], summary: 'A user.' });
  const report = await movedIn(api, data, { format: 'ZEP', scope: { user_id: 'jane' } });
  expect([created(report), report.problems]).toMatchObject([{ memory: 3, session: 2, event: 3 }, [{ line: 5, code: 'UNKNOWN_SHAPE' }]]);
  expect(await memoriesIn(api, { user_id: 'jane' })).toEqual(expect.arrayContaining([
    expect.objectContaining({ fact: 'Jane lives in Berlin', topics: ['lives_in'], validFrom: '2025-01-01T00:00:00.000Z', validTo: '2025-06-01T00:00:00.000Z', supersededAt: '2025-06-02T00:00:00.000Z' }),
    expect.objectContaining({ fact: 'Jane lives in Paris', supersededAt: null }), expect.objectContaining({ fact: 'Jane likes tea', confidence: 0.7 }),
  ]));
  expect((await sessionsOf(api)).map((session: { events: { authorName: string }[] }) => session.events.map(({ authorName }) => authorName))).toEqual([['Jane', null], ['Jane']]);
});

describe('Letta’s agent files', () => {
  const messages = [
    { id: 'message-0', role: 'system', content: [{ type: 'text', text: 'You are Letta.' }], created_at: '2025-03-01T10:00:00+00:00' },
    { id: 'message-1', role: 'user', content: [{ type: 'text', text: '{"type": "user_message", "message": "I am Sam.", "time": "10:00"}' }], created_at: '2025-03-01T10:00:01+00:00' },
    { id: 'message-2', role: 'assistant', content: [{ type: 'text', text: 'Greet him.' }], tool_calls: [{ id: 'c1', type: 'function', function: { name: 'send_message', arguments: '{"message": "Hello Sam!"}' } }], created_at: '2025-03-01T10:00:02+00:00' },
    { id: 'message-3', role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: '{"status": "OK"}' }], created_at: '2025-03-01T10:00:03+00:00' },
    { id: 'message-4', role: 'user', content: '{"type": "heartbeat", "reason": "Timer"}', created_at: '2025-03-01T10:00:04+00:00' },
  ];
  const human = { id: 'block-0', label: 'human', value: 'Name: Sam\n- Plays the oboe.\n', limit: 5000 };
  const persona = { id: 'block-1', label: 'persona', value: `I am kind.\n${'Long and winding. '.repeat(150)}`, limit: 5000 };

  it.each([
    ['of today', { agents: [{ id: 'agent-0', name: 'kindly', description: 'A kind one.', block_ids: ['block-0', 'block-1'], messages, tags: ['demo'] }], groups: [], blocks: [human, persona], files: [], sources: [], tools: [], mcp_servers: [], metadata: {}, created_at: '2025-03-02T00:00:00Z' }],
    ['of before', { agent_type: 'memgpt_agent', name: 'kindly', description: 'A kind one.', core_memory: [human, persona], messages, message_indices: [], tools: [], tags: ['demo'], version: '0.6.47' }],
  ])('%s become an agent, memories and a session', async (_, file) => {
    const api = await newTenant();
    const report = await movedIn(api, JSON.stringify(file, null, 1), { format: 'LETTA', scope: { user_id: 'sam' } });
    expect([report.problems, created(report)]).toMatchObject([[], { agent: 1, session: 1, event: 4 }]);
    expect((await api.ask('{ agents { id description } }')).agents).toEqual([{ id: 'kindly', description: 'A kind one.' }]);
    expect((await memoriesIn(api, { user_id: 'sam' })).map(({ fact }: { fact: string }) => fact).sort()).toEqual(['Name: Sam', 'Plays the oboe.']);
    const own = await memoriesIn(api, { agent_id: 'kindly' });
    expect([own.length, own.every(({ fact }: { fact: string }) => fact.length <= 2000)]).toEqual([3, true]);
    const [session] = await sessionsOf(api);
    expect([session.agentId, turns(session)]).toEqual(['kindly', [['USER', 'I am Sam.'], ['AGENT', 'Hello Sam!'], ['TOOL', '{"status": "OK"}'], ['SYSTEM', '{"type": "heartbeat", "reason": "Timer"}']]]);
  });
});

test('items of a LangGraph store go to the pool of their namespace, or of the parts that a mapping names', async () => {
  const item = (namespace: readonly string[], key: string, value: object) => ({ namespace, key, value, created_at: '2025-04-01T00:00:00+00:00', updated_at: '2025-04-02T00:00:00+00:00' });
  const items = [item(['memories', 'u1'], 'a', { kind: 'Memory', content: { content: 'Likes jazz' } }), item(['memories', 'u1'], 'b', { text: 'Hates rain', score: 2 }), item(['profiles', 'u2'], 'c', { age: 30 })];
  const plain = await newTenant();
  await movedIn(plain, JSON.stringify({ items }), { format: 'LANGGRAPH' });
  expect(await memoriesIn(plain, { namespace: 'memories/u1' })).toMatchObject([
    { fact: expect.any(String), createdAt: '2025-04-01T00:00:00.000Z', updatedAt: '2025-04-02T00:00:00.000Z' }, { fact: expect.any(String) },
  ]);
  const named = await newTenant();
  await movedIn(named, jsonLines(...items), { format: 'LANGGRAPH', mapping: { namespace: [null, 'user_id'] } });
  expect((await memoriesIn(named, { user_id: 'u1' })).map(({ fact }: { fact: string }) => fact).sort()).toEqual(['Hates rain', 'Likes jazz']);
  expect(await memoriesIn(named, { user_id: 'u2' })).toMatchObject([{ fact: '{"age":30}', metadata: { langgraph_namespace: 'profiles/u2', langgraph_key: 'c' } }]);
});

describe('rows of any table', () => {
  it('become memories by a mapping', async () => {
    const api = await newTenant();
    const rows = [{ id: 7, note: 'Pays by card', owner: 'kim', kind: 'billing', since: '2025-01-05', sure: '0.5', tier: 'gold' }, { id: 8, note: '', owner: 'kim' }];
    const report = await movedIn(api, jsonLines(...rows), { format: 'ROWS', scope: { project: 'shop' }, mapping: { as: 'memory', columns: { text: 'note', id: 'id', userId: 'owner', topic: 'kind', validFrom: 'since', confidence: 'sure', metadata: ['tier'] } } });
    expect(report.problems).toMatchObject([{ line: 2, field: 'note', code: 'INVALID_VALUE' }]);
    expect(await memoriesIn(api, { user_id: 'kim', project: 'shop' })).toMatchObject([{ fact: 'Pays by card', topics: ['billing'], confidence: 0.5, metadata: { tier: 'gold' }, validFrom: '2025-01-05T00:00:00.000Z' }]);
  });

  it('become sessions in the order of the rows', async () => {
    const api = await newTenant();
    const row = (chat: string, who: string, body: string, at: string) => ({ chat, who, body, at, customer: 'kim' });
    const rows = [row('x', 'user', 'Hello', '2025-01-01 10:00:00'), row('y', 'user', 'Other', '2025-01-01 10:00:01'), row('x', 'assistant', 'Hi', '2025-01-01 10:00:02.5')];
    await movedIn(api, jsonLines(...rows), { format: 'ROWS', mapping: { as: 'event', columns: { session: 'chat', role: 'who', text: 'body', createdAt: 'at', userId: 'customer' } } });
    const sessions = await sessionsOf(api);
    expect(sessions.map(turns).sort((a: unknown[], b: unknown[]) => a.length - b.length)).toEqual([[['USER', 'Other']], [['USER', 'Hello'], ['AGENT', 'Hi']]]);
    expect(sessions.every(({ userId }: { userId: string }) => userId === 'kim')).toBe(true);
  });

  it.each([
    ['without a mapping', null, 'input.mapping'], ['of an unknown kind', { as: 'table', columns: {} }, 'input.mapping.as'], ['without the text', { as: 'memory', columns: { userId: 'x' } }, 'input.mapping.columns.text'],
    ['with a column that is none', { as: 'memory', columns: { text: 'x', colour: 'y' } }, 'input.mapping.columns'],
  ])('are refused at once %s', async (_, mapping, field) => {
    const api = await newTenant();
    expect(await api.refusal('mutation($input: ImportDataInput!) { importData(input: $input) { id } }', { input: { format: 'ROWS', data: '{}', mapping } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  });
});

test.each(['MEM0', 'CONVERSATIONS', 'ZEP', 'LETTA', 'LANGGRAPH'])('what is not of %s is refused, and told so', async (format) => {
  const report = await bringIn(await newTenant(), jsonLines({ hello: 'world' }, [1], 'text', 5, null), { format, scope: { user_id: 'u' } });
  expect([report.status, report.counts]).toEqual(['COMPLETED', [{ kind: 'line', created: 0, existing: 0, refused: 5 }]]);
  expect(report.problems[0]).toMatchObject({ line: 1, code: 'UNKNOWN_SHAPE' });
});
