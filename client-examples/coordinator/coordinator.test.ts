import type { Gateway } from '../../src/gateway';
import { startTestGateway } from '../../src/testing/gateway';
import { startTcpProxy, type TcpProxy } from '../../src/testing/tcp-proxy';
import { connect, createSession, findSessions, graphql, openSession, type ContextIQ, type Event } from '../typescript-client';
import { coordinate, openSpecialists } from './coordinator';
import { work, type Skill } from './specialist';
import type { Task } from './task';
import { SKILLS, TASKS } from './trip';

let gateway: Gateway;
let network: TcpProxy;
let client: ContextIQ;
beforeAll(async () => {
  gateway = await startTestGateway();
  network = await startTcpProxy(gateway.url);
  client = connect(network.url);
});
afterAll(async () => {
  await client.close();
  await network.close();
  await gateway.close();
});

const newParent = async (): Promise<string> => (await client.request(createSession, { input: { userId: 'ann', agentId: 'coordinator' } })).createSession.id;
const readEvents = graphql<{ session: { events: readonly Pick<Event, 'authorName' | 'actions'>[] } }, { id: string }>('query ($id: ID!) { session(id: $id) { events { authorName actions { transferTo } } } }');
const eventsOf = async (id: string) => (await client.request(readEvents, { id })).session.events;

/** Coordinates while specialists work, each on a connection of its own. */
async function plan(parentId: string, tasks: readonly Task[], skills: Readonly<Record<string, Skill>>) {
  const stop = new AbortController();
  const specialists = await openSpecialists(client, parentId, Object.keys(skills));
  const own = Object.entries(skills).map(([name, skill]) => ({ name, skill, client: connect(network.url) }));
  const working = own.map((one) => work(one.client, specialists.get(one.name)!, one.name, one.skill, stop.signal));
  const results = await coordinate(client, parentId, specialists, tasks);
  stop.abort();
  await Promise.all(working);
  await Promise.all(own.map((one) => one.client.close()));
  return { results, specialists };
}

test('each specialist gets its task in a session below the parent, and the results are merged there', async () => {
  const parentId = await newParent();
  const { results } = await plan(parentId, TASKS, SKILLS);
  expect(results).toEqual({ forecast: expect.stringContaining('showers'), places: expect.stringContaining('Serralves'), suitcase: 'A rain jacket and good shoes.' });
  expect((await openSession(client, parentId)).state).toEqual({ results });
  const { sessions } = await client.request(findSessions, { parentId });
  expect(sessions).toHaveLength(3);
  expect(sessions.every(({ state }) => Object.keys(state['tasks']!).length === 0)).toBe(true);
  for (const { id } of sessions) expect((await eventsOf(id)).map(({ actions }) => actions.transferTo !== null)).toEqual([true, false]);
});

test('sockets that break while specialists work lose no task and do none twice', async () => {
  const cutting: Skill = (task) => {
    network.cut();
    return `${task} is done`;
  };
  const tasks = Array.from({ length: 24 }, (_, n): Task => ({ id: `t${n}`, specialist: n % 2 === 0 ? 'even' : 'odd', text: `step ${n}`, needs: n < 4 ? [] : [`t${n - 3}`] }));
  const parentId = await newParent();
  const { results, specialists } = await plan(parentId, tasks, { even: cutting, odd: cutting });
  expect(results).toEqual(Object.fromEntries(tasks.map(({ id, text }) => [id, `${text} is done`])));
  for (const sessionId of specialists.values()) {
    const authors = (await eventsOf(sessionId)).map(({ authorName }) => authorName);
    expect(authors.filter((author) => author === 'coordinator')).toHaveLength(12);
    expect(authors).toHaveLength(24);
  }
});

test('a coordinator that starts again after the work was done hands nothing out again', async () => {
  const parentId = await newParent();
  const first = await plan(parentId, TASKS, SKILLS);
  const again = await coordinate(client, parentId, await openSpecialists(client, parentId, Object.keys(SKILLS)), TASKS);
  expect(again).toEqual(first.results);
  for (const sessionId of first.specialists.values()) expect(await eventsOf(sessionId)).toHaveLength(2);
});
