import { appendEvent, createSession, type ContextIQ } from '../typescript-client';
import { ask } from './ask';
import { history, type Told } from './operations';
import { textOf, withTeam, type Skill } from './specialist';

/** Thinks in the session that was given to it, and says only the result. */
const thinking = (thought: string, result: string): Skill => async (client, request) => {
  const sessionId = request.task?.workSession?.id ?? '';
  await client.request(appendEvent, { sessionId, event: { author: 'AGENT', authorName: 'me', text: `${textOf(request)} ${thought}` } });
  return { text: result };
};
const specialists = { weather: thinking('The sky over the Atlantic is grey.', 'Showers.'), sights: thinking('Museums, then.', 'Serralves.') };

/** A session for each agent, apart from each other: what crosses is what they say, by A2A. @returns the histories by agent */
export const separate = (client: ContextIQ): Promise<Readonly<Record<string, readonly Told[]>>> =>
  withTeam(client, specialists, async () => {
    const sessions = new Map<string, string>();
    for (const agentId of ['coordinator', ...Object.keys(specialists)]) {
      sessions.set(agentId, (await client.request(createSession, { input: { userId: 'ann', agentId } })).createSession.id);
    }
    const sessionOf = (agentId: string): string => sessions.get(agentId) ?? '';
    const forecast = await ask(client, sessionOf('coordinator'), 'weather', 'How is Porto in November?', { workSessionId: sessionOf('weather') });
    await ask(client, sessionOf('coordinator'), 'sights', `What is there to see? It will be: ${forecast}`, { workSessionId: sessionOf('sights') });
    const told = await Promise.all([...sessions].map(async ([agentId, id]) => [agentId, (await client.request(history, { id })).session.events] as const));
    return Object.fromEntries(told);
  });
