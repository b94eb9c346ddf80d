import { startScriptedAgent, wireTask } from '../scripted-agent';
import { newAgent, send, taskOf } from './agents';
import { createApiClient } from './client';
import { newSession } from './memories';
import { killAll, startProcess, withDataDir } from './process';
import { until } from './until';

afterEach(killAll);

/** With embedded data and, in production runs, on PostgreSQL: every start follows a death of the only process. */
test('a gateway killed while it hands over, and again while it waits: the agent sees one message id, and its answer is kept once', () => withDataDir(async (dataDir) => {
  let isDone = false;
  let hold: (() => void) | null = null;
  const seen = new Set<string>();
  const agent = await startScriptedAgent(async ({ method, params }) => {
    if (method !== 'SendMessage') return { result: isDone ? wireTask('t', 'COMPLETED', { artifact: 'Mild.' }) : wireTask('t', 'WORKING', { says: 'On it.' }) };
    seen.add(params.message.messageId);
    // The first answer reaches nobody. The same message is the same task to this agent.
    if (hold === null) await new Promise<void>((release) => { hold = release; });
    return { result: { task: wireTask('t', 'WORKING', { says: 'On it.' }) } };
  });
  const variables = { CONTEXTIQ_A2A_REMOTE_HOSTS: agent.origin };
  const first = await startProcess(dataDir, variables);
  const api = createApiClient(first.url);
  const toAgentId = await newAgent(api, 'weather', { url: agent.url });
  const sessionId = await newSession(api, { userId: 'ada' });
  const { id, taskId } = await send(api, { sessionId, toAgentId, parts: [{ text: 'Kyoto?' }] });
  await until('the agent has the message', () => seen.size === 1);
  await first.stop('SIGKILL');

  const second = await startProcess(dataDir, variables);
  await until('the agent is asked how it goes', () => agent.callsOf('GetTask').length > 0, 90_000);
  expect([...seen]).toEqual([id]);
  expect(agent.callsOf('SendMessage').length).toBe(2);
  await second.stop('SIGKILL');

  isDone = true;
  const third = await startProcess(dataDir, variables);
  const last = createApiClient(third.url);
  const done = await until('the answer', async () => {
    const task = await taskOf(last, taskId);
    return task.state === 'COMPLETED' ? task : null;
  }, 90_000);
  expect(done.messages.map(({ parts }: { parts: { text: string }[] }) => parts[0]?.text)).toEqual(['Kyoto?', 'On it.', 'Mild.']);
  expect(agent.callsOf('SendMessage').length).toBe(2);
  await third.stop('SIGTERM');
  await agent.close();
}), 240_000);

test('without a list nobody is called, whatever is registered already', () => withDataDir(async (dataDir) => {
  const agent = await startScriptedAgent(() => ({ status: 500 }));
  const open = await startProcess(dataDir, { CONTEXTIQ_A2A_REMOTE_HOSTS: agent.origin });
  const before = createApiClient(open.url);
  const toAgentId = await newAgent(before, 'weather', { url: agent.url });
  const sessionId = await newSession(before, { userId: 'ada' });
  await open.stop('SIGTERM');

  const closed = await startProcess(dataDir);
  const { task } = await send(createApiClient(closed.url), { sessionId, toAgentId, waitMs: 25_000 });
  expect(task).toMatchObject({ state: 'FAILED', reason: expect.stringMatching(/REMOTE_NOT_ALLOWED.*CONTEXTIQ_A2A_REMOTE_HOSTS/) });
  expect(agent.calls).toEqual([]);
  await closed.stop('SIGTERM');
  await agent.close();
}), 90_000);
