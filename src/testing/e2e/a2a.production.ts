import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { newSharedServices } from '../shared-services';
import { answer, INBOX, newAgent, scene, send, STEPS, taskOf } from './agents';
import { createApiClient, type ApiClient } from './client';
import { dataOf, follow } from './follower';
import { newSession } from './memories';
import { killPrograms, startProgram, type Program } from './program';
import { withSeed, type Random } from './random';
import { until } from './until';

const EVENTS = 'query($id: ID!) { session(id: $id) { events(last: 200) { metadata } } }';

let variables: Record<string, string>;
let drop: () => Promise<void>;
let gateways: (Program | undefined)[] = [];

beforeAll(async () => {
  const services = await newSharedServices();
  variables = { ...services.variables, CONTEXTIQ_PORT: '0' };
  drop = () => services.drop();
});
/** One for each that died. */
beforeEach(async () => {
  gateways = await Promise.all([0, 1].map(async (at) => gateways[at] ?? startProgram('gateway', { variables })));
});
afterAll(async () => {
  killPrograms();
  await drop();
});

const dead: string[] = [];
const urlOf = (at: number): string => gateways[at]?.entry.url ?? dead[at] ?? '';
const api = (at: number): ApiClient => createApiClient(urlOf(at));
const kill = async (at: number): Promise<void> => {
  await gateways[at]?.stop('SIGKILL');
  // Its address stays: a client finds nobody there.
  dead[at] = urlOf(at);
  gateways[at] = undefined;
};
const typesOf = async (sessionId: string): Promise<string[]> =>
  (await api(1).ask(EVENTS, { id: sessionId })).session.events.map(({ metadata }: { metadata: { type: string } }) => metadata.type);
/** Null when the connection broke before the answer. */
const untilCut = <T>(asking: Promise<T>): Promise<T | null> =>
  asking.catch((error: unknown) => {
    if (isBroken(error)) return null;
    throw error;
  });
/** By name: under jest, fetch throws the TypeError of another realm. */
const isBroken = (error: unknown): boolean => typeof error === 'object' && error !== null && 'name' in error && error.name === 'TypeError';

test('the gateway that a call waits at is killed: the same message sent through the other one waits for the same task, and is answered once', async () => {
  const { sessionId, caller, worker } = await scene(api(1));
  const request = { messageId: randomUUID(), sessionId, fromAgentId: caller, toAgentId: worker, parts: [{ text: 'Weigh this.' }], waitMs: 25_000 };
  const inbox = follow(urlOf(1), INBOX, { agentId: worker, after: '0' });
  const answers = follow(urlOf(1), INBOX, { agentId: caller, after: '0' });
  const cut = untilCut(send(api(0), request));
  const { taskId } = (await until('the request in the inbox', () => dataOf(inbox, 'agentInbox')[0] ?? null)).message;
  await kill(0);
  expect(await cut).toBeNull();
  const again = send(api(1), request);
  await pause(200); // it waits, as far as this can be seen from outside
  await answer(api(1), taskId, 'Five grams.');
  expect(await again).toMatchObject({ taskId, task: { state: 'COMPLETED', response: { parts: [{ text: 'Five grams.' }] } } });
  // A third time is no third request: it has its answer at once.
  expect(await send(api(1), request)).toMatchObject({ taskId, task: { state: 'COMPLETED' } });
  await until('the answer in the inbox', () => answers.items.length > 0);
  expect(await typesOf(sessionId)).toEqual(['agent_request', 'agent_response']);
  expect([inbox.items.length, answers.items.length]).toEqual([1, 1]);
  await inbox.close();
  await answers.close();
});

test('a call that returned at once is followed on at the other gateway, from the cursor that was reached', async () => {
  const { sessionId, worker } = await scene(api(1));
  const { taskId } = await send(api(0), { sessionId, toAgentId: worker });
  const steps = follow(urlOf(0), STEPS, { taskId });
  await until('the first step', () => steps.items.length === 1);
  await kill(0);
  expect((await steps.end).error).not.toBeNull();
  await answer(api(1), taskId, 'Done.');
  const rest = follow(urlOf(1), STEPS, { taskId, after: dataOf(steps, 'a2aTaskEvents')[0].cursor });
  expect((await rest.end).error).toBeNull();
  expect([...dataOf(steps, 'a2aTaskEvents'), ...dataOf(rest, 'a2aTaskEvents')].map(({ state }) => state)).toEqual(['SUBMITTED', 'COMPLETED']);
});

test('an answer that the agent gave through the gateway that died, and gives again through the other one, is one answer', async () => {
  const { sessionId, worker } = await scene(api(1));
  const calling = send(api(1), { sessionId, toAgentId: worker, waitMs: 25_000 });
  const inbox = follow(urlOf(0), INBOX, { agentId: worker, after: '0' });
  const { taskId } = (await until('the request in the inbox', () => dataOf(inbox, 'agentInbox')[0] ?? null)).message;
  const first = untilCut(answer(api(0), taskId, 'Done.'));
  await pause(3); // written or not: nobody knows
  await kill(0);
  await first;
  await answer(api(1), taskId, 'Done.');
  expect(await calling).toMatchObject({ task: { state: 'COMPLETED', response: { parts: [{ text: 'Done.' }] } } });
  expect(await typesOf(sessionId)).toEqual(['agent_request', 'agent_response']);
});

test('calls under way at both gateways while one is killed and replaced, at random moments: each is answered once, none is lost', () => withSeed(async (random) => {
  const calls = 40;
  const [caller, worker] = [await newAgent(api(1), 'caller'), await newAgent(api(1), 'worker')];
  const sessions = await Promise.all(Array.from({ length: 4 }, () => newSession(api(1), { userId: 'ada' })));
  const over = new AbortController();
  const working = work(worker, random, over.signal);
  const asking = Promise.all(Array.from({ length: calls }, async (_, n) => {
    const request = { messageId: `call ${n}`, sessionId: sessions[n % sessions.length], fromAgentId: caller, toAgentId: worker, parts: [{ text: `${n}` }], waitMs: 25_000 };
    await pause(random.int(2000));
    return anywhere(random, (gateway) => send(gateway, request));
  }));
  for (let kills = 0; kills < 3; kills += 1) {
    await pause(300 + random.int(500));
    await kill(0);
    gateways[0] = await startProgram('gateway', { variables });
  }
  const answered = await asking;
  over.abort();
  const requests = await working;
  expect(answered.map(({ task }) => [task.state, task.response.parts[0].text])).toEqual(answered.map((_, n) => ['COMPLETED', `${n}, done`]));
  expect(new Set(answered.map(({ taskId }) => taskId)).size).toBe(calls);
  expect([...requests].sort()).toEqual(answered.map((_, n) => `call ${n}`).sort());
  for (const { taskId } of answered) expect((await taskOf(api(1), taskId)).messages).toHaveLength(2);
  const types = (await Promise.all(sessions.map(typesOf))).flat();
  expect([types.filter((type) => type === 'agent_request').length, types.filter((type) => type === 'agent_response').length]).toEqual([calls, calls]);
}), 120_000);

/** Asks one gateway after the other until one answers: what a client does that lost its connection. */
async function anywhere<T>(random: Random, ask: (gateway: ApiClient) => Promise<T>): Promise<T> {
  for (let at = random.int(2), tries = 1; ; at = 1 - at, tries += 1) {
    try {
      return await ask(api(at));
    } catch (error) {
      if (!isBroken(error) || tries > 50) throw error;
      await pause(20);
    }
  }
}

/** An agent that reads its inbox at any gateway, goes on by cursor when it is cut, and answers through any gateway. @returns the requests it was given */
async function work(agentId: string, random: Random, over: AbortSignal): Promise<string[]> {
  const given: string[] = [];
  const answering: Promise<unknown>[] = [];
  for (let after = '0'; !over.aborted;) {
    const inbox = follow(urlOf(random.int(2)), INBOX, { agentId, after });
    let read = 0;
    const take = (): void => {
      for (const { cursor, message } of dataOf(inbox, 'agentInbox').slice(read)) {
        read += 1;
        after = cursor;
        given.push(message.messageId);
        answering.push(pause(random.int(300)).then(() => anywhere(random, (gateway) => answer(gateway, message.taskId, `${message.parts[0].text}, done`))));
      }
    };
    const left = AbortSignal.any([over, AbortSignal.timeout(5000)]);
    left.addEventListener('abort', () => { inbox.cut(); }, { once: true });
    const connection = { isOver: false };
    void inbox.end.then(() => { connection.isOver = true; });
    await until('the end of the connection', () => { take(); return connection.isOver; });
    take();
    await inbox.close();
    await pause(20);
  }
  await Promise.all(answering);
  return given;
}
