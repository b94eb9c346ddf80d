import type { Gateway } from '../../src/gateway';
import { startTestGateway } from '../../src/testing/gateway';
import { startTcpProxy, type TcpProxy } from '../../src/testing/tcp-proxy';
import { connect, createSession, type ContextIQ } from '../typescript-client';
import { ask } from './ask';
import { hierarchical } from './hierarchical';
import { hybridMemory } from './hybrid-memory';
import { history } from './operations';
import { privateMemory } from './private-memory';
import { separate } from './separate';
import { sharedMemory } from './shared-memory';
import { textOf, withTeam, type Skill } from './specialist';
import { unified } from './unified';

/** One for all patterns. */
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

const said = (events: readonly { authorName: string | null; content: readonly { text: string | null }[] }[]): string[] => events.map(({ authorName, content }) => `${authorName ?? ''}: ${content[0]?.text ?? ''}`);

test('unified: one history, and each agent builds on what the others said there', async () => {
  expect(said(await unified(client))).toEqual([
    'Ann: What do I take to Porto?', 'coordinator: How is Porto in November?', 'weather: 14 degrees and showers.',
    'coordinator: What does Ann take?', 'packing: A rain jacket and good shoes.', 'coordinator: Take this: A rain jacket and good shoes.',
  ]);
});

test('separate: each agent has its own history, and only messages cross', async () => {
  const { coordinator = [], weather = [], sights = [] } = await separate(client);
  expect(said(coordinator)).toEqual(['coordinator: How is Porto in November?', 'weather: Showers.', 'coordinator: What is there to see? It will be: Showers.', 'sights: Serralves.']);
  expect(said(weather)).toEqual(['coordinator: How is Porto in November?', 'me: How is Porto in November? The sky over the Atlantic is grey.', 'weather: Showers.']);
  expect(said(sights)).toHaveLength(3);
});

test('hierarchical: state goes down, results come up, and one stream tells all of it', async () => {
  const { tree, stream } = await hierarchical(client);
  expect(tree).toEqual([
    { depth: 0, agentId: 'coordinator', state: { city: 'Porto', budget: 'secret', results: { weather: 'Porto: showers.', sights: 'Porto: Serralves.' } } },
    ...tree.slice(1).map(({ agentId }) => ({ depth: 1, agentId, state: { city: 'Porto' } })),
  ]);
  expect(tree.slice(1).map(({ agentId }) => agentId).sort()).toEqual(['sights', 'weather']);
  const all = ['coordinator: Your part, please.', 'coordinator: Your part, please.', 'weather: Porto: showers.', 'sights: Porto: Serralves.'];
  expect([...stream].sort()).toEqual([...all.map((line) => `0 ${line}`), ...all.map((line) => `1 ${line}`)].sort());
  expect(stream.indexOf('0 weather: Porto: showers.')).toBeGreaterThan(stream.indexOf('0 coordinator: Your part, please.'));
});

const [SHOWERS, MUSEUM, TRAIN] = ['Porto has showers in November.', 'Porto has a museum called Serralves.', 'Ann goes to Porto by train.'];

test('shared memory: what one learns, all know', async () => {
  const { weather, sights } = await sharedMemory(client, 'one');
  expect(weather.split('\n')).toEqual([`${TRAIN} (one)`, `${MUSEUM} (one)`, `${SHOWERS} (one)`]);
  expect(sights).toBe(weather);
});

test('private memory: nobody knows what another one learnt', async () => {
  const { weather, sights } = await privateMemory(client, 'two');
  expect(weather).toBe(`${SHOWERS} (two weather)`);
  expect(sights.split('\n')).toEqual([`${TRAIN} (two sights)`, `${MUSEUM} (two sights)`]);
});

test('hybrid memory: the own and the common in one recall, each with where it stands', async () => {
  const { weather, sights } = await hybridMemory(client, 'three');
  expect(weather.split('\n')).toEqual([`${TRAIN} (three)`, `${SHOWERS} (three weather)`]);
  expect(sights.split('\n')).toEqual([`${TRAIN} (three)`, `${MUSEUM} (three sights)`]);
});

test('connections that break while agents work lose no request, and none is answered twice', async () => {
  const cutting: Skill = (_, request) => {
    network.cut();
    return Promise.resolve({ text: `${textOf(request)} is done` });
  };
  const { createSession: { id } } = await client.request(createSession, { input: { userId: 'ann' } });
  const steps = Array.from({ length: 8 }, (_, n) => `step ${n}`);
  const answers = await withTeam(client, { left: cutting, right: cutting }, () => Promise.all(steps.map((step, n) => ask(client, id, n % 2 === 0 ? 'left' : 'right', step))));
  expect(answers).toEqual(steps.map((step) => `${step} is done`));
  expect((await client.request(history, { id })).session.events).toHaveLength(2 * steps.length);
});
