import { randomUUID } from 'node:crypto';
import { answer, INBOX, scene, send, STEPS, taskOf } from './agents';
import { createApiClient } from './client';
import { dataOf, follow } from './follower';
import { killAll, startProcess, withDataDir } from './process';
import { until } from './until';

afterEach(killAll);

/** With embedded data and, in production runs, on PostgreSQL: every start below follows a death of the only process. */
test('messages that nobody had read, calls without an answer and time limits outlive every process', () => withDataDir(async (dataDir) => {
  const before = await startProcess(dataDir);
  const api = createApiClient(before.url);
  const { sessionId, caller, worker } = await scene(api);
  const request = { messageId: randomUUID(), sessionId, fromAgentId: caller, toAgentId: worker, parts: [{ text: 'Weigh this.' }] };
  const { taskId } = await send(api, request);
  const { taskId: hasty } = await send(api, { sessionId, toAgentId: worker, parts: [{ text: 'Quick!' }], timeoutSeconds: 1 });
  await send(api, { sessionId, toAgentId: worker, kind: 'NOTIFICATION', parts: [{ text: 'By the way.' }] });
  await before.stop('SIGKILL');

  const between = await startProcess(dataDir);
  const inbox = follow(between.url, INBOX, { agentId: worker });
  await until('the messages', () => inbox.items.length === 3);
  const [first] = dataOf(inbox, 'agentInbox');
  expect(dataOf(inbox, 'agentInbox').map(({ message }) => message.parts[0].text)).toEqual(['Weigh this.', 'Quick!', 'By the way.']);
  // Its limit passed while nothing ran, or passes now: whoever follows is told once.
  const steps = follow(between.url, STEPS, { taskId: hasty });
  expect((await steps.end).error).toBeNull();
  expect(dataOf(steps, 'a2aTaskEvents').map(({ state, reason }) => [state, reason])).toEqual([['SUBMITTED', null], ['FAILED', 'TIMED_OUT']]);
  await between.stop('SIGKILL');

  const after = await startProcess(dataDir);
  const last = createApiClient(after.url);
  const rest = follow(after.url, INBOX, { agentId: worker, after: first.cursor });
  await until('the rest', () => rest.items.length === 2);
  expect(dataOf(rest, 'agentInbox').map(({ message }) => message.parts[0].text)).toEqual(['Quick!', 'By the way.']);
  await rest.close();
  const again = follow(after.url, STEPS, { taskId: hasty });
  expect((await again.end).error).toBeNull();
  expect(dataOf(again, 'a2aTaskEvents')).toEqual(dataOf(steps, 'a2aTaskEvents'));
  const calling = send(last, { ...request, waitMs: 25_000 });
  await answer(last, taskId, 'Five grams.');
  expect(await calling).toMatchObject({ taskId, task: { state: 'COMPLETED', response: { parts: [{ text: 'Five grams.' }] } } });
  expect((await taskOf(last, taskId)).messages.map(({ kind }: { kind: string }) => kind)).toEqual(['REQUEST', 'RESPONSE']);
}), 90_000);
