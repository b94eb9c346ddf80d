import { appendEvent, createSession, type ContextIQ } from '../typescript-client';
import { ask } from './ask';
import { history, type Told } from './operations';
import { withTeam, type Skill } from './specialist';

/** Sees whatever was said in the one session. */
const weather: Skill = (_, request) => Promise.resolve({ text: '14 degrees and showers.', results: { forecast: 'showers', askedBy: request.fromAgentId } });
const packing: Skill = async (client, { sessionId }) => {
  const { session } = await client.request(history, { id: sessionId });
  return { text: session.state['forecast'] === 'showers' ? 'A rain jacket and good shoes.' : 'Sun cream.' };
};

/** One session for all: each agent reads the whole history and shares its state. @returns that history */
export const unified = (client: ContextIQ): Promise<readonly Told[]> =>
  withTeam(client, { weather, packing }, async () => {
    const { createSession: { id } } = await client.request(createSession, { input: { userId: 'ann', agentId: 'coordinator' } });
    await client.request(appendEvent, { sessionId: id, event: { author: 'USER', authorName: 'Ann', text: 'What do I take to Porto?' } });
    await ask(client, id, 'weather', 'How is Porto in November?');
    const advice = await ask(client, id, 'packing', 'What does Ann take?');
    await client.request(appendEvent, { sessionId: id, event: { author: 'AGENT', authorName: 'coordinator', text: `Take this: ${advice}` } });
    return (await client.request(history, { id })).session.events;
  });
