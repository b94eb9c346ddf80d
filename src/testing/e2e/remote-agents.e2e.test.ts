import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { startScriptedAgent, wireTask, type AgentCall, type AgentReply, type ScriptedAgent, type ScriptedAgentOptions } from '../scripted-agent';
import { newAgent, scene, send, STEPS, taskOf } from './agents';
import { createApiClient, type ApiClient } from './client';
import { dataOf, follow } from './follower';
import { newSession } from './memories';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
const started: ScriptedAgent[] = [];
/** Each agent that a test starts is added. */
const origins: string[] = ['https://listed.example'];
const authorizations: Record<string, Record<string, Record<string, string>>> = {};
beforeAll(async () => {
  gateway = await startTestGateway({ remoteAgents: { origins, networks: [], timeoutMs: 2000, authorizations } });
  api = createApiClient(gateway.url);
});
afterAll(async () => {
  await gateway.close();
  for (const agent of started) await agent.close();
});

type Script = (call: AgentCall) => AgentReply | Promise<AgentReply>;

/** An agent elsewhere that is on the list, and a session to ask it from. */
async function remote(script: Script, options: ScriptedAgentOptions = {}) {
  const agent = await startScriptedAgent(script, options);
  started.push(agent);
  origins.push(agent.origin);
  const toAgentId = await newAgent(api, 'weather', { url: agent.url });
  return { agent, toAgentId, sessionId: await newSession(api, { userId: 'ada' }) };
}

const AGENT = 'query($id: String!) { agent(id: $id) { url online failure lastSeenAt card } }';
const agentOf = async (id: string) => (await api.ask(AGENT, { id })).agent;
const eventsOf = async (id: string) => (await api.ask('query($id: ID!) { session(id: $id) { events { author authorName content { text mediaType data } metadata } } }', { id })).session.events;
const ended = (taskId: string, state: string) => until(`the task is ${state}`, async () => {
  const task = await taskOf(api, taskId);
  return task.state === state ? task : null;
});
/** The gateway's sweeper sees it at its next look. */
const passTheLimit = (taskId: string) => gateway.composition.platform.database.query({ text: 'update a2a_tasks set due_at = now() where id = $1' }, [taskId]);
const says = (text: string): AgentReply => ({ result: { message: { messageId: randomUUID(), role: 'ROLE_AGENT', contextId: 'their-context', parts: [{ text }] } } });

describe('an agent on another server', () => {
  test.each(['JSONRPC', 'HTTP+JSON'] as const)('answers a blocking call at once with a message, over %s', async (binding) => {
    const { agent, toAgentId, sessionId } = await remote(() => says('Mild.'), { binding, tenant: 'north' });
    const { id, taskId, task } = await send(api, { sessionId, toAgentId, waitMs: 60_000, parts: [{ text: 'Kyoto?' }, { data: { month: 4 } }], metadata: { urgent: true } });
    expect(task).toMatchObject({ state: 'COMPLETED', response: { parts: [{ text: 'Mild.' }] } });
    expect(agent.calls).toHaveLength(1);
    const [call] = agent.calls;
    expect(call?.headers).toMatchObject({ 'a2a-version': '1.0' });
    expect(call).toMatchObject({ method: 'SendMessage', params: { tenant: 'north', configuration: { returnImmediately: true }, message: { messageId: id, role: 'ROLE_USER', parts: [{ text: 'Kyoto?' }, { data: { month: 4 } }], metadata: { urgent: true } } } });
    expect(await eventsOf(sessionId)).toMatchObject([
      { author: 'USER', metadata: { type: 'agent_request' } },
      { author: 'AGENT', authorName: toAgentId, content: [{ text: 'Mild.' }], metadata: { type: 'agent_response', taskId } },
    ]);
  });

  test('that takes its time is asked until it is done; what it says on the way is kept once', async () => {
    let asked = 0;
    const { agent, toAgentId, sessionId } = await remote(({ method }) => {
      if (method === 'SendMessage') return { result: { task: wireTask('t1', 'SUBMITTED') } };
      asked += 1;
      return { result: asked < 3 ? wireTask('t1', 'WORKING', { says: 'Looking it up.' }) : wireTask('t1', 'COMPLETED', { artifact: 'Mild, 15 degrees.' }) };
    });
    const { taskId } = await send(api, { sessionId, toAgentId });
    const steps = follow(gateway.url, STEPS, { taskId });
    expect((await steps.end).error).toBeNull();
    expect(dataOf(steps, 'a2aTaskEvents').map(({ state }) => state)).toEqual(['SUBMITTED', 'WORKING', 'COMPLETED']);
    expect(agent.callsOf('SendMessage')).toHaveLength(1);
    expect(agent.callsOf('GetTask').map(({ params }) => params.id)).toEqual(['t1', 't1', 't1']);
    expect((await taskOf(api, taskId)).messages.map(({ parts }: { parts: { text: string }[] }) => parts[0]?.text)).toEqual(['hello', 'Looking it up.', 'Mild, 15 degrees.']);
  });

  test('that needs more is answered in the same task and context', async () => {
    const { agent, toAgentId, sessionId } = await remote(({ params }) =>
      ({ result: { task: params.message.taskId === undefined ? wireTask('t2', 'INPUT_REQUIRED', { says: 'Which month?' }) : wireTask('t2', 'COMPLETED', { says: 'Mild.' }) } }));
    const { taskId, task } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(task).toMatchObject({ state: 'INPUT_REQUIRED', response: { parts: [{ text: 'Which month?' }] } });
    const { task: done } = await send(api, { sessionId, toAgentId, taskId, waitMs: 60_000, parts: [{ text: 'April.' }] });
    expect(done).toMatchObject({ state: 'COMPLETED', response: { parts: [{ text: 'Mild.' }] } });
    expect(agent.callsOf('SendMessage').map(({ params: { message } }) => [message.taskId, message.contextId])).toEqual([[undefined, undefined], ['t2', 'their-context']]);
    // The next request of the session goes on in the agent's context.
    await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(agent.callsOf('SendMessage')[2]?.params.message).toMatchObject({ contextId: 'their-context' });
  });

  test('gives bytes, files and data', async () => {
    const parts = [{ raw: 'AAEC', mediaType: 'image/png', filename: 'map.png' }, { url: 'https://example.org/a.pdf', filename: 'a.pdf' }, { data: [1, 2] }];
    const { toAgentId, sessionId } = await remote(() => ({ result: { message: { messageId: 'm', role: 'ROLE_AGENT', parts } } }));
    const { task } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(task).toMatchObject({ state: 'COMPLETED', reason: null });
    expect(task.response.parts).toMatchObject([
      { data: { raw: 'AAEC', filename: 'map.png' }, mediaType: 'image/png' }, { url: 'https://example.org/a.pdf', filename: 'a.pdf' }, { data: [1, 2] },
    ]);
  });

  test('is told when a task is taken back', async () => {
    const { agent, toAgentId, sessionId } = await remote(({ method }) =>
      ({ result: method === 'SendMessage' ? { task: wireTask('t3', 'WORKING') } : wireTask('t3', method === 'CancelTask' ? 'CANCELED' : 'WORKING') }));
    const { taskId } = await send(api, { sessionId, toAgentId });
    await ended(taskId, 'WORKING');
    await api.ask('mutation($id: ID!) { cancelA2ATask(id: $id, reason: "enough") { state } }', { id: taskId });
    await until('the agent is told', () => agent.callsOf('CancelTask').length > 0);
    expect(agent.callsOf('CancelTask')[0]?.params).toMatchObject({ id: 't3' });
    expect(await taskOf(api, taskId)).toMatchObject({ state: 'CANCELED', reason: 'enough' });
  });

  test('whose answer comes after the task was taken back is told then, and its words are not kept', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { agent, toAgentId, sessionId } = await remote(async ({ method }) => {
      if (method === 'SendMessage') await held;
      return { result: method === 'SendMessage' ? { task: wireTask('t4', 'WORKING', { says: 'On it.' }) } : wireTask('t4', 'CANCELED') };
    });
    const { taskId } = await send(api, { sessionId, toAgentId });
    await until('the agent has the message', () => agent.calls.length === 1);
    await api.ask('mutation($id: ID!) { cancelA2ATask(id: $id) { state } }', { id: taskId });
    release();
    await until('the agent is told', () => agent.callsOf('CancelTask').length > 0);
    expect(await taskOf(api, taskId)).toMatchObject({ state: 'CANCELED', messages: [{ kind: 'REQUEST' }] });
  });

  test('is told when a task was not done in time', async () => {
    const { agent, toAgentId, sessionId } = await remote(({ method }) => ({ result: method === 'SendMessage' ? { task: wireTask('t5', 'WORKING') } : wireTask('t5', 'WORKING') }));
    const { taskId } = await send(api, { sessionId, toAgentId });
    await ended(taskId, 'WORKING');
    await passTheLimit(taskId);
    expect(await ended(taskId, 'FAILED')).toMatchObject({ reason: 'TIMED_OUT' });
    await until('the agent is told', () => agent.callsOf('CancelTask').length > 0);
  });

  test('is told when a task’s time is over while it is asked', async () => {
    const asked: string[] = [];
    const { agent, toAgentId, sessionId } = await remote(async ({ method }) => {
      if (method !== 'GetTask') return { result: method === 'SendMessage' ? { task: wireTask('t7', 'WORKING') } : wireTask('t7', 'CANCELED') };
      const taskId = await until('the task is known', () => asked[0] ?? null);
      await passTheLimit(taskId);
      await ended(taskId, 'FAILED');
      return { result: wireTask('t7', 'WORKING') };
    });
    asked.push((await send(api, { sessionId, toAgentId })).taskId);
    await until('the agent is told', () => agent.callsOf('CancelTask').length > 0);
    expect(agent.callsOf('GetTask')).toHaveLength(1);
  });

  test('gets a notification, and its answer to that is nobody’s', async () => {
    const { agent, toAgentId, sessionId } = await remote(() => says('Thanks.'));
    await send(api, { sessionId, toAgentId, kind: 'NOTIFICATION' });
    await until('the agent has it', () => agent.calls.length === 1);
    expect(await eventsOf(sessionId)).toMatchObject([{ metadata: { type: 'agent_notification' } }]);
  });

  test('is online while it answers, and its card names where it is called', async () => {
    const { agent, toAgentId } = await remote(() => says('Hi.'));
    const known = await until('the agent was looked at', async () => {
      const found = await agentOf(toAgentId);
      return found.online ? found : null;
    });
    expect(known).toMatchObject({ url: agent.url, failure: null, card: { supportedInterfaces: [{ url: `${agent.origin}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }] } });
    expect(await api.refusal('mutation($id: String!) { agentHeartbeat(id: $id) { id } }', { id: toAgentId })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'REMOTE_AGENT', field: 'id' } });
    await agent.close();
    await api.ask('mutation($input: RegisterAgentInput!) { registerAgent(input: $input) { id } }', { input: { id: toAgentId, name: 'Weather', description: 'Away.', url: agent.url } });
    expect(await until('it is missed', async () => ((await agentOf(toAgentId)).failure === null ? null : agentOf(toAgentId)))).toMatchObject({ online: false, failure: expect.stringContaining('REMOTE_UNREACHABLE') });
  });

  test('is shown its own credential and no other, which nobody reads back', async () => {
    const secret = `Bearer ${randomUUID()}`;
    const { agent, toAgentId, sessionId } = await remote(() => says('Hi.'));
    authorizations[agent.origin] = { default: { [toAgentId]: secret } };
    await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(agent.calls.at(-1)?.headers.authorization).toBe(secret);
    const other = await newAgent(api, 'other', { url: agent.url });
    await send(api, { sessionId, toAgentId: other, waitMs: 60_000 });
    expect(agent.calls.at(-1)?.headers.authorization).toBeUndefined();
    expect(JSON.stringify([await agentOf(toAgentId), await api.ask('{ jobs { payload lastError } }')])).not.toContain(secret.slice(7));
  });
});

test('a credential that an agent says back is told to nobody', async () => {
  const secret = `Bearer ${randomUUID()}`;
  const { agent, toAgentId, sessionId } = await remote(({ headers }) => ({ error: { code: 1, message: `not with ${headers.authorization}` } }));
  authorizations[agent.origin] = { default: { [toAgentId]: secret } };
  const { taskId } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
  const task = await ended(taskId, 'FAILED');
  expect(task.reason).toContain('REMOTE_REFUSED');
  expect(JSON.stringify([task, await agentOf(toAgentId), await api.ask('{ deadLetters { payload lastError } }')])).not.toContain(secret.slice(7));
});

test('a card that cannot be kept is a card that cannot be used', async () => {
  const { toAgentId, sessionId } = await remote(() => says('Hi.'), { tenant: 'nor\u0000th' });
  const { task } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
  expect(task).toMatchObject({ state: 'FAILED', reason: expect.stringContaining('REMOTE_PROTOCOL_ERROR') });
});

describe('an agent that fails', () => {
  test('for a moment is tried again, with the same message id', async () => {
    let tries = 0;
    const { agent, toAgentId, sessionId } = await remote(() => ((tries += 1) < 2 ? { status: 503 } : says('Back.')));
    const { id, task } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(task).toMatchObject({ state: 'COMPLETED', response: { parts: [{ text: 'Back.' }] } });
    expect(agent.calls.map(({ params }) => params.message.messageId)).toEqual([id, id]);
  });

  test.each<[string, AgentReply, string]>([
    ['refuses', { error: { code: -32_602, message: 'no such thing' } }, 'REMOTE_REFUSED'],
    ['answers with a status', { status: 403, text: 'go away' }, 'REMOTE_REFUSED'],
    ['answers with something else', { status: 200, text: '<html>' }, 'REMOTE_PROTOCOL_ERROR'],
    ['sends the caller elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'REMOTE_REFUSED'],
    ['answers without end', { status: 200, text: `"${'x'.repeat(2 * 1024 * 1024)}"` }, 'REMOTE_PROTOCOL_ERROR'],
    ['names its task in words that cannot be kept', { result: { task: wireTask('t\u0000', 'WORKING') } }, 'REMOTE_PROTOCOL_ERROR'],
    ['refuses in words that cannot be kept', { error: { code: 1, message: 'no\u0000' } }, 'REMOTE_REFUSED'],
    ['nests without end', { status: 200, text: `{"result":{"message":{"messageId":"m","parts":[{"data":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}}}` }, 'REMOTE_PROTOCOL_ERROR'],
    ['says what cannot be kept', { result: { message: { messageId: 'm', parts: [{ text: '\u0000' }] } } }, 'REMOTE_PROTOCOL_ERROR'],
  ])('that %s: the task fails, and says why; the dead letter is there', async (_, answer, reason) => {
    const { toAgentId, sessionId } = await remote(() => answer);
    const { id, taskId, task } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(task).toMatchObject({ state: 'FAILED', reason: expect.stringContaining(reason) });
    const dead = await until('the dead letter', async () => (await api.ask('{ deadLetters { name payload } }')).deadLetters.find(({ payload }: { payload: { messageId?: string } }) => payload.messageId === id) ?? null);
    expect(dead).toMatchObject({ name: 'a2a.delivery' });
    expect((await taskOf(api, taskId)).messages).toHaveLength(1);
  });

  test('again and again is given up in the end: the task fails, and says so', async () => {
    const { agent, toAgentId, sessionId } = await remote(() => ({ status: 503 }));
    const { taskId } = await send(api, { sessionId, toAgentId });
    await until('the first try', () => agent.calls.length > 0);
    expect(await taskOf(api, taskId)).toMatchObject({ state: 'SUBMITTED' });
    // Minutes pass: nearly all tries are over.
    await until('the last try is next', async () => (await gateway.composition.platform.database.query(
      { text: `update jobs set attempts = 7, run_at = now() where name = 'a2a.delivery' and lease_token is null and attempts between 1 and 6 and dead_at is null and payload ->> 'messageId' in (select id::text from a2a_messages where task_id = $1) returning id` }, [taskId])).length > 0);
    expect(await ended(taskId, 'FAILED')).toMatchObject({ reason: expect.stringContaining('REMOTE_UNREACHABLE'), messages: [{ kind: 'REQUEST' }] });
    // The answers of a circuit that opened meanwhile count as tries, too.
    expect(agent.calls.length).toBeGreaterThan(1);
  });

  test('that lost its task: the task fails', async () => {
    const { toAgentId, sessionId } = await remote(({ method }) => (method === 'SendMessage' ? { result: { task: wireTask('t6', 'WORKING') } } : { error: { code: -32_001, message: 'unknown' } }));
    const { task } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(task).toMatchObject({ state: 'FAILED', reason: expect.stringContaining('REMOTE_TASK_NOT_FOUND') });
  });

  test.each<[string, ScriptedAgentOptions]>([
    ['speaks another version only', { version: '0.3' }],
    ['has an interface where nobody may call', { elsewhere: 'http://127.0.0.1:1/a2a' }],
    ['has an interface at the clouds’ metadata', { elsewhere: 'http://169.254.169.254/latest' }],
  ])('because it %s: the task fails without a call', async (_, options) => {
    const { agent, toAgentId, sessionId } = await remote(() => says('Hi.'), options);
    const { task } = await send(api, { sessionId, toAgentId, waitMs: 60_000 });
    expect(task).toMatchObject({ state: 'FAILED', reason: expect.stringMatching(/REMOTE_(PROTOCOL_ERROR|NOT_ALLOWED)/) });
    expect(agent.calls).toEqual([]);
  });
});

describe('an address that is not on the list', () => {
  test.each([
    ['a host', 'https://agents.example/a2a'],
    ['plain HTTP', 'http://agents.example/a2a'],
    ['the clouds’ metadata', 'http://169.254.169.254/latest'],
    ['this machine', 'http://127.0.0.1:1/'],
    ['this machine in other words', 'http://2130706433:1/'],
    ['this machine in IPv6', 'http://[::ffff:127.0.0.1]:1/'],
  ])('is refused with the variable to change: %s', async (_, url) => {
    expect(await api.refusal('mutation($input: RegisterAgentInput!) { registerAgent(input: $input) { id } }', { input: { id: 'x', name: 'x', description: 'x', url } }))
      .toMatchObject({ message: expect.stringContaining('CONTEXTIQ_A2A_REMOTE_HOSTS'), extensions: { code: 'BAD_USER_INPUT', reason: 'REMOTE_AGENT', field: 'input.url' } });
  });

  test.each(['nowhere', 'file:///etc/passwd', 'https://me:secret@agents.example/', 'https://agents.example/?key=secret'])('is refused: %s', async (url) => {
    expect(await api.refusal('mutation($input: RegisterAgentInput!) { registerAgent(input: $input) { id } }', { input: { id: 'x', name: 'x', description: 'x', url } }))
      .toMatchObject({ extensions: { code: 'BAD_USER_INPUT', reason: 'REMOTE_AGENT', field: 'input.url' } });
  });
});

test('agents here are asked as before', async () => {
  const { sessionId, worker } = await scene(api);
  expect(await send(api, { sessionId, toAgentId: worker })).toMatchObject({ task: { state: 'SUBMITTED' } });
});
