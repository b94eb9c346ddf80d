import { randomUUID } from 'node:crypto';
import type { Gateway } from '../../gateway';
import { startTestGateway } from '../gateway';
import { answer, INBOX, newAgent, scene, send, SEND, STEPS, taskOf, update, UPDATE } from './agents';
import { createApiClient, type ApiClient } from './client';
import { dataOf, follow } from './follower';
import { newSession } from './memories';
import { until } from './until';

let gateway: Gateway;
let api: ApiClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  api = createApiClient(gateway.url);
});
afterAll(() => gateway.close());

const REGISTER = 'mutation($input: RegisterAgentInput!) { registerAgent(input: $input) { id name version online lastSeenAt card skills { id tags } } }';
const EVENTS = 'query($id: ID!) { session(id: $id) { state events { id author authorName invocationId content { text mediaType data } actions { transferTo stateDelta } metadata message { id kind } } messages { id kind seq } } }';
const eventsOf = async (id: string) => (await api.ask(EVENTS, { id })).session;

describe('the registry', () => {
  test('keeps the card of an agent, changes it when it registers again, and finds it by its skills', async () => {
    const id = `planner-${randomUUID()}`;
    const tag = randomUUID();
    const skill = { id: 'plan', name: 'Plan', description: 'Plans trips.', tags: [tag] };
    const { registerAgent } = await api.ask(REGISTER, { input: { id, name: 'Planner', description: 'Plans.', skills: [skill] } });
    expect(registerAgent).toMatchObject({ id, version: '1', online: true, card: { name: 'Planner', skills: [skill], defaultInputModes: ['text/plain', 'application/json'], supportedInterfaces: [] } });
    await api.ask(REGISTER, { input: { id, name: 'Planner', description: 'Plans.', version: '2', skills: [skill] } });
    expect(await api.ask('query($skill: String) { agents(skill: $skill) { id version } agentsConnection(skill: $skill, first: 1) { nodes { id } pageInfo { hasNextPage } } }', { skill: tag }))
      .toEqual({ agents: [{ id, version: '2' }], agentsConnection: { nodes: [{ id }], pageInfo: { hasNextPage: false } } });
  });

  test('pages through agents by cursor', async () => {
    const tag = randomUUID();
    for (const name of ['a', 'b', 'c']) await newAgent(api, name, { skills: [{ id: 's', name: 's', description: 's', tags: [tag] }] });
    const page = async (after: string | null) => (await api.ask('query($s: String, $after: String) { agentsConnection(skill: $s, first: 2, after: $after) { nodes { name } pageInfo { endCursor hasNextPage } } }', { s: tag, after })).agentsConnection;
    const first = await page(null);
    expect([first, await page(first.pageInfo.endCursor)].map(({ nodes }) => nodes.map(({ name }: { name: string }) => name))).toEqual([['a', 'b'], ['c']]);
  });

  test('tells who is online by heartbeats', async () => {
    const id = await newAgent(api, 'sleeper', { heartbeatSeconds: 1 });
    const agent = async () => (await api.ask('query($id: String!) { agent(id: $id) { online } }', { id })).agent;
    await until('the agent is silent too long', async () => !(await agent()).online);
    expect((await api.ask('mutation($id: String!) { agentHeartbeat(id: $id) { online } }', { id })).agentHeartbeat).toEqual({ online: true });
  });

  test.each([
    ['an address of its own', { url: 'https://agents.example/a2a' }, 'input.url'],
    ['a skill twice', { skills: [1, 2].map(() => ({ id: 's', name: 's', description: 's' })) }, 'input.skills'],
    ['no name', { name: '' }, 'input.name'],
    ['a heartbeat of a day', { heartbeatSeconds: 86_400 }, 'input.heartbeatSeconds'],
  ])('refuses an agent with %s', async (_, input, field) => {
    expect(await api.refusal(REGISTER, { input: { id: 'x', name: 'x', description: 'x', ...input } })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  });

  test('an agent that is removed leaves its unfinished tasks failed, and its inbox ends', async () => {
    const { sessionId, worker } = await scene(api);
    const { taskId } = await send(api, { sessionId, toAgentId: worker });
    const inbox = follow(gateway.url, INBOX, { agentId: worker });
    await until('the inbox is open', () => inbox.items.length === 1);
    await api.ask('mutation($id: String!) { deregisterAgent(id: $id) }', { id: worker });
    expect(await taskOf(api, taskId)).toMatchObject({ state: 'FAILED', reason: 'AGENT_REMOVED' });
    expect(await api.refusal(SEND, { input: { messageId: 'm', sessionId, toAgentId: worker, parts: [{ text: 'hi' }] } })).toMatchObject({ extensions: { code: 'NOT_FOUND', field: 'input.toAgentId' } });
    await inbox.close();
  });
});

describe('a message', () => {
  test('is an event of its session, waits in the inbox, and its answer reaches whoever asked', async () => {
    const { sessionId, caller, worker } = await scene(api);
    const request = await send(api, {
      sessionId, fromAgentId: caller, toAgentId: worker, invocationId: 'run 1', stateDelta: { step: 'asked' }, metadata: { urgent: true },
      parts: [{ text: 'Weigh this.' }, { data: { grams: 5 } }, { url: 'https://example.org/a.pdf', filename: 'a.pdf', mediaType: 'application/pdf' }],
    });
    expect(request).toMatchObject({ kind: 'REQUEST', seq: 1, invocationId: 'run 1', task: { state: 'SUBMITTED', response: null } });
    const inbox = follow(gateway.url, INBOX, { agentId: worker });
    await until('the request', () => inbox.items.length === 1);
    expect(dataOf(inbox, 'agentInbox')).toEqual([{ cursor: expect.any(String), message: { messageId: request.messageId, kind: 'REQUEST', taskId: request.taskId, sessionId, parts: [{ text: 'Weigh this.' }, { text: null }, { text: null }] } }]);
    await update(api, { taskId: request.taskId, state: 'WORKING' });
    await update(api, { taskId: request.taskId, messageId: 'r', parts: [{ text: 'Five grams.' }], stateDelta: { weight: 5, step: null } });
    const answered = follow(gateway.url, INBOX, { agentId: caller, after: '0' });
    await until('the answer', () => answered.items.length === 1);
    expect(dataOf(answered, 'agentInbox')[0].message).toMatchObject({ kind: 'RESPONSE', messageId: 'r', taskId: request.taskId });
    const { state, events, messages } = await eventsOf(sessionId);
    expect(state).toEqual({ weight: 5 });
    expect(events).toMatchObject([
      { author: 'AGENT', authorName: caller, invocationId: 'run 1', actions: { transferTo: worker, stateDelta: { step: 'asked' } }, metadata: { type: 'agent_request' }, message: { id: request.id, kind: 'REQUEST' } },
      { author: 'AGENT', authorName: worker, invocationId: 'run 1', content: [{ text: 'Five grams.' }], actions: { transferTo: caller }, metadata: { type: 'agent_response' }, message: { kind: 'RESPONSE' } },
    ]);
    expect(events[0].content).toEqual([
      { text: 'Weigh this.', mediaType: null, data: null }, { text: null, mediaType: 'application/json', data: { grams: 5 } },
      { text: null, mediaType: 'application/pdf', data: { url: 'https://example.org/a.pdf', filename: 'a.pdf' } },
    ]);
    expect(messages.map(({ id }: { id: string }) => id)).toEqual(events.map(({ id }: { id: string }) => id));
    await inbox.close();
    await answered.close();
  });

  test('that notifies has no task and wants no answer', async () => {
    const { sessionId, worker } = await scene(api);
    expect(await send(api, { sessionId, toAgentId: worker, kind: 'NOTIFICATION' })).toMatchObject({ kind: 'NOTIFICATION', taskId: null, task: null });
    expect((await eventsOf(sessionId)).events).toMatchObject([{ author: 'USER', metadata: { type: 'agent_notification' }, actions: { transferTo: null } }]);
  });

  test('that is sent again is the same message; with other words it is a conflict', async () => {
    const { sessionId, worker } = await scene(api);
    const input = { messageId: 'once', sessionId, toAgentId: worker, parts: [{ text: 'Once.' }] };
    const sent = await Promise.all([1, 2, 3, 4].map(() => send(api, input)));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect((await eventsOf(sessionId)).events).toHaveLength(1);
    expect(await api.refusal(SEND, { input: { ...input, parts: [{ text: 'Twice.' }] } })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'MESSAGE_ID_REUSED' } });
    // Another sender may use the same id.
    expect((await send(api, { ...input, fromAgentId: worker })).id).not.toBe(sent[0].id);
  });

  test.each([
    ['without parts', { parts: [] }, 'input.parts'],
    ['with two contents in a part', { parts: [{ text: 'a', data: 1 }] }, 'input.parts.0'],
    ['with no address as one', { parts: [{ url: 'nowhere' }] }, 'input.parts.0.url'],
    ['that hands state to nobody', { handDown: ['a'] }, 'input.handDown'],
    ['that notifies within a time', { kind: 'NOTIFICATION', timeoutSeconds: 5 }, 'input.timeoutSeconds'],
    ['that waits for an hour', { waitMs: 3_600_000 }, 'input.waitMs'],
  ])('%s is refused', async (_, input, field) => {
    const { sessionId, worker } = await scene(api);
    const message = { messageId: 'm', sessionId, toAgentId: worker, parts: [{ text: 'hi' }], ...input };
    expect(await api.refusal(SEND, { input: message })).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field } });
  });
});

describe('a blocking call', () => {
  test('answers when the task is answered', async () => {
    const { sessionId, worker } = await scene(api);
    const calling = send(api, { sessionId, toAgentId: worker, waitMs: 60_000 });
    const inbox = follow(gateway.url, INBOX, { agentId: worker });
    const { taskId } = (await until('the request', () => dataOf(inbox, 'agentInbox')[0] ?? null)).message;
    await update(api, { taskId, state: 'WORKING' });
    await answer(api, taskId, 'Done.');
    expect(await calling).toMatchObject({ task: { state: 'COMPLETED', response: { parts: [{ text: 'Done.' }] } } });
    await inbox.close();
  });

  test('gives what there is when its time is over, and goes on waiting when it is sent again', async () => {
    const { sessionId, worker } = await scene(api);
    const input = { messageId: 'patient', sessionId, toAgentId: worker };
    const { taskId, task } = await send(api, { ...input, waitMs: 20 });
    expect(task).toMatchObject({ state: 'SUBMITTED', response: null });
    const again = send(api, { ...input, waitMs: 60_000 });
    await answer(api, taskId, 'At last.');
    expect(await again).toMatchObject({ taskId, task: { state: 'COMPLETED', response: { parts: [{ text: 'At last.' }] } } });
  });

  test('also answers when the agent wants more, and the task goes on with what it is given', async () => {
    const { sessionId, worker } = await scene(api);
    const { taskId } = await send(api, { sessionId, toAgentId: worker });
    await update(api, { taskId, state: 'INPUT_REQUIRED', parts: [{ text: 'Which one?' }] });
    const more = send(api, { messageId: 'more', sessionId, toAgentId: worker, taskId, parts: [{ text: 'The red one.' }], waitMs: 60_000 });
    await until('the task goes on', async () => (await taskOf(api, taskId)).state === 'WORKING');
    await answer(api, taskId, 'Painted.');
    expect((await more).task).toMatchObject({ id: taskId, state: 'COMPLETED' });
    expect((await taskOf(api, taskId)).messages.map(({ kind, parts }: { kind: string; parts: { text: string }[] }) => [kind, parts[0]?.text]))
      .toEqual([['REQUEST', 'hello'], ['RESPONSE', 'Which one?'], ['REQUEST', 'The red one.'], ['RESPONSE', 'Painted.']]);
  });
});

describe('a task', () => {
  test('ends once: a second answer is a conflict, the same answer again is the same', async () => {
    const { sessionId, worker } = await scene(api);
    const { taskId } = await send(api, { sessionId, toAgentId: worker });
    const answers = await Promise.all([1, 2, 3].map(() => answer(api, taskId, 'Yes.')));
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ id: taskId, state: 'COMPLETED', reason: null, workSessionId: null, response: { messageId: `answer to ${taskId}`, parts: [{ text: 'Yes.' }] } })));
    expect(await api.refusal(UPDATE, { input: { taskId, messageId: 'other', parts: [{ text: 'No.' }] } })).toMatchObject({ extensions: { code: 'CONFLICT', reason: 'TASK_ENDED' } });
    expect((await eventsOf(sessionId)).events).toHaveLength(2);
  });

  test('that nobody answers in time has failed, and says so', async () => {
    const { sessionId, worker } = await scene(api);
    const { taskId, task } = await send(api, { sessionId, toAgentId: worker, timeoutSeconds: 1, waitMs: 60_000 });
    expect(task).toMatchObject({ state: 'FAILED', reason: 'TIMED_OUT', response: null });
    expect(await api.refusal(UPDATE, { input: { taskId, parts: [{ text: 'Too late.' }] } })).toMatchObject({ extensions: { reason: 'TASK_ENDED' } });
    expect((await eventsOf(sessionId)).events).toHaveLength(1);
  });

  test('can be taken back by whoever asked', async () => {
    const { sessionId, caller, worker } = await scene(api);
    const { taskId } = await send(api, { sessionId, fromAgentId: caller, toAgentId: worker });
    const { cancelA2ATask } = await api.ask('mutation($id: ID!) { cancelA2ATask(id: $id, reason: "Never mind.") { state reason } }', { id: taskId });
    expect(cancelA2ATask).toEqual({ state: 'CANCELED', reason: 'Never mind.' });
    expect(await api.ask('query($a: String) { a2aTasks(agentId: $a, state: CANCELED) { id } a2aTasksConnection(agentId: $a) { nodes { id } } }', { a: worker }))
      .toEqual({ a2aTasks: [{ id: taskId }], a2aTasksConnection: { nodes: [{ id: taskId }] } });
  });

  test('is followed step by step from any cursor, to its end', async () => {
    const { sessionId, worker } = await scene(api);
    const { taskId } = await send(api, { sessionId, toAgentId: worker });
    const steps = follow(gateway.url, STEPS, { taskId });
    await until('the first step', () => steps.items.length === 1);
    await update(api, { taskId, state: 'WORKING', reason: 'weighing' });
    await update(api, { taskId, state: 'REJECTED', reason: 'too heavy' });
    expect((await steps.end).error).toBeNull();
    const seen = dataOf(steps, 'a2aTaskEvents');
    expect(seen).toMatchObject([{ state: 'SUBMITTED' }, { state: 'WORKING', reason: 'weighing' }, { state: 'REJECTED', reason: 'too heavy' }]);
    for (const [at, { cursor }] of seen.entries()) {
      const resumed = follow(gateway.url, STEPS, { taskId, after: cursor });
      expect((await resumed.end).error).toBeNull();
      expect(dataOf(resumed, 'a2aTaskEvents')).toEqual(seen.slice(at + 1));
    }
  });
});

test('messages page by cursor, of a session and of a task', async () => {
  const { sessionId, worker } = await scene(api);
  const { taskId } = await send(api, { sessionId, toAgentId: worker, parts: [{ text: '1' }] });
  await send(api, { sessionId, toAgentId: worker, kind: 'NOTIFICATION', parts: [{ text: '2' }] });
  await update(api, { taskId, state: 'WORKING', parts: [{ text: '3' }] });
  await update(api, { taskId, parts: [{ text: '4' }] });
  const page = 'messagesConnection(first: 2, after: $after) { nodes { parts { text } } pageInfo { hasNextPage endCursor } }';
  const read = async (of: string, id: string) => {
    const pages: string[][] = [];
    for (let after: string | null = null; ;) {
      const { found } = await api.ask(`query($id: ID!, $after: String) { found: ${of}(id: $id) { ${page} } }`, { id, after });
      pages.push(found.messagesConnection.nodes.map(({ parts }: { parts: { text: string }[] }) => parts[0]?.text));
      if (!found.messagesConnection.pageInfo.hasNextPage) return pages;
      after = found.messagesConnection.pageInfo.endCursor;
    }
  };
  expect([await read('session', sessionId), await read('a2aTask', taskId)]).toEqual([[['1', '2'], ['3', '4']], [['1', '3'], ['4']]]);
});

describe('an inbox', () => {
  test('goes on from any cursor, and without one after what was acknowledged', async () => {
    const { sessionId, worker } = await scene(api);
    for (const n of [1, 2, 3, 4]) await send(api, { sessionId, toAgentId: worker, kind: 'NOTIFICATION', parts: [{ text: `${n}` }] });
    const read = async (after: string | null, count: number) => {
      const inbox = follow(gateway.url, INBOX, { agentId: worker, after });
      const items = await until('the inbox', () => (inbox.items.length >= count ? dataOf(inbox, 'agentInbox') : null));
      await inbox.close();
      return items;
    };
    const all = await read(null, 4);
    expect(all.map(({ message }) => message.parts[0].text)).toEqual(['1', '2', '3', '4']);
    expect(await read(all[1].cursor, 2)).toEqual(all.slice(2));
    await api.ask('mutation($id: String!, $cursor: String) { agentHeartbeat(id: $id, acknowledged: $cursor) { id } }', { id: worker, cursor: all[2].cursor });
    expect(await read(null, 1)).toEqual(all.slice(3));
    expect(await read('0', 4)).toEqual(all);
  });

  test('leaves out what went with its session', async () => {
    const { sessionId, worker } = await scene(api);
    const other = await newSession(api, { userId: 'ada' });
    await send(api, { sessionId, toAgentId: worker, parts: [{ text: 'gone' }] });
    await send(api, { sessionId: other, toAgentId: worker, parts: [{ text: 'here' }] });
    await api.ask('mutation($id: ID!) { deleteSession(id: $id) }', { id: sessionId });
    const inbox = follow(gateway.url, INBOX, { agentId: worker });
    await until('a message', () => inbox.items.length > 0);
    expect(dataOf(inbox, 'agentInbox').map(({ message }) => message.parts[0].text)).toEqual(['here']);
    await inbox.close();
  });
});

describe('work in a session of its own', () => {
  test('is handed state with the request, and hands results up with the answer; each side has it in its history', async () => {
    const { caller, worker } = await scene(api);
    const sessionId = await newSession(api, { userId: 'ada', state: { city: 'Porto', secret: 'walnut' } });
    const workSessionId = await newSession(api, { userId: 'ada', agentId: worker, parentId: sessionId });
    const { taskId } = await send(api, { sessionId, fromAgentId: caller, toAgentId: worker, workSessionId, handDown: ['city', 'days'], stateDelta: { days: 3 } });
    expect((await eventsOf(workSessionId)).state).toEqual({ city: 'Porto', days: 3 });
    await update(api, { taskId, parts: [{ text: 'Sunny.' }], stateDelta: { weather: 'sunny' } });
    const [own, work] = [await eventsOf(sessionId), await eventsOf(workSessionId)];
    expect(own.state).toEqual({ city: 'Porto', secret: 'walnut', days: 3, weather: 'sunny' });
    expect(work.state).toEqual({ city: 'Porto', days: 3 });
    for (const { events } of [own, work]) expect(events.map(({ metadata }: { metadata: { type: string } }) => metadata.type)).toEqual(['agent_request', 'agent_response']);
    expect(work.messages).toEqual([]);
    expect(await api.ask('query($id: ID!) { a2aTask(id: $id) { session { id } workSession { id parent { id } } agent { id } } }', { id: taskId }))
      .toEqual({ a2aTask: { session: { id: sessionId }, workSession: { id: workSessionId, parent: { id: sessionId } }, agent: { id: worker } } });
  });
});
