import OpenAI from 'openai';
import type { Gateway } from '../../src/gateway';
import { startTestGateway } from '../../src/testing/gateway';
import { content, startScriptedModel, toolCall, type Behaviour, type ScriptedModel } from '../../src/testing/scripted-model';
import { connect, findSessions, graphql, type ContextIQ, type Event } from '../typescript-client';
import { startAgent, type Agent } from './agent';
import { TOOLS } from './clock';

let gateway: Gateway;
let client: ContextIQ;
const models: ScriptedModel[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  client = connect(gateway.url);
});
afterAll(async () => {
  await client.close();
  await gateway.close();
  await Promise.all(models.map((model) => model.close()));
});

/** An agent with a model that says these things in order, over real HTTP. */
async function newAgent(userId: string, script: readonly Behaviour[]): Promise<{ agent: Agent; model: ScriptedModel }> {
  const model = await startScriptedModel(script);
  models.push(model);
  const openai = new OpenAI({ baseURL: model.url, apiKey: 'none' });
  return { agent: await startAgent({ client, openai, model: 'scripted', instructions: 'Be brief.', tools: TOOLS, userId }), model };
}

const readEvents = graphql<{ session: { events: readonly Event[] } }, { id: string }>(
  'query ($id: ID!) { session(id: $id) { events { author content { text } actions { toolCalls { id name arguments } toolOutputs { toolCallId output isError } } } } }',
);
const eventsOf = async (userId: string): Promise<readonly Event[]> => {
  const { sessions: [newest] } = await client.request(findSessions, { userId, limit: 1 });
  return (await client.request(readEvents, { id: newest!.id })).session.events;
};

test('a fact of the first session is in the prompt of the second, behind the instructions and before the turn', async () => {
  const first = await newAgent('Nora', [content('Noted.')]);
  expect(await first.agent.reply('I am allergic to walnuts.')).toBe('Noted.');
  await first.agent.end();
  const second = await newAgent('Nora', [content('A cake without nuts.')]);
  expect(await second.agent.reply('Which cake shall I bake?')).toBe('A cake without nuts.');
  const messages = second.model.requests[0]!.messages;
  expect(messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
  expect(messages[1]).toEqual({ role: 'system', content: expect.stringContaining('Nora is allergic to walnuts.') });
  expect(messages.at(-1)).toEqual({ role: 'user', content: 'Which cake shall I bake?' });
});

test('the prompt begins with the same bytes turn after turn', async () => {
  const past = await newAgent('Otto', [content('Good.')]);
  await past.agent.reply('I live in Graz and I work as a nurse.');
  await past.agent.end();
  const { agent, model } = await newAgent('Otto', [content('One.'), content('Two.'), content('Three.')]);
  for (const text of ['Where can I swim?', 'And at night?', 'Thank you.']) await agent.reply(text);
  const beginnings = model.requests.map(({ messages }) => JSON.stringify(messages.slice(0, 2)));
  expect(new Set(beginnings).size).toBe(1);
  expect(beginnings[0]).toContain('Graz');
  expect(model.requests[2]!.messages.slice(-5).map(({ content: text }) => text)).toEqual(['Where can I swim?', 'One.', 'And at night?', 'Two.', 'Thank you.']);
});

test('tool calls go back to the model and are stored with both turns', async () => {
  const { agent, model } = await newAgent('Pia', [toolCall({ zone: 'Europe/Lisbon' }), content('Nearly noon.')]);
  expect(await agent.reply('What time is it in Lisbon?')).toBe('Nearly noon.');
  const roles = model.requests[1]!.messages.map(({ role }) => role);
  expect(roles.slice(-3)).toEqual(['user', 'assistant', 'tool']);
  expect(await eventsOf('Pia')).toMatchObject([
    { author: 'USER', content: [{ text: 'What time is it in Lisbon?' }] },
    { author: 'AGENT', actions: { toolCalls: [{ id: 'call_1', name: 'local_time', arguments: '{"zone":"Europe/Lisbon"}' }] } },
    { author: 'TOOL', actions: { toolOutputs: [{ toolCallId: 'call_1', output: expect.stringMatching(/^\d\d:\d\d$/) }] } },
    { author: 'AGENT', content: [{ text: 'Nearly noon.' }] },
  ]);
});

test('a tool that fails tells the model why', async () => {
  const { agent, model } = await newAgent('Quin', [toolCall({ zone: 7 }), content('Which city?')]);
  expect(await agent.reply('What time is it?')).toBe('Which city?');
  expect(model.requests[1]!.messages.at(-1)).toEqual({ role: 'tool', content: '"zone must be the IANA name of a time zone"' });
  expect((await eventsOf('Quin'))[2]).toMatchObject({ actions: { toolOutputs: [{ isError: true }] } });
});

test('a model that only ever calls tools is stopped', async () => {
  const { agent } = await newAgent('Rosa', Array.from({ length: 8 }, () => toolCall({ zone: 'UTC' })));
  await expect(agent.reply('Go on.')).rejects.toThrow('called tools 8 times');
});
