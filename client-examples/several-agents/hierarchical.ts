import { createSession, type ContextIQ, type JsonObject } from '../typescript-client';
import { ask } from './ask';
import { history, readTree, treeEvents } from './operations';
import { withTeam, type Skill } from './specialist';

/** Works with the state that was handed down to its session, and hands its result up. */
const inCity = (key: string, say: (city: string) => string): Skill => async (client, { task }) => {
  const { session } = await client.request(history, { id: task?.workSession?.id ?? '' });
  const text = say(typeof session.state['city'] === 'string' ? session.state['city'] : 'nowhere');
  return { text, results: { results: { [key]: text } } };
};
const specialists = { weather: inCity('weather', (city) => `${city}: showers.`), sights: inCity('sights', (city) => `${city}: Serralves.`) };

export interface Hierarchy {
  readonly tree: readonly { readonly depth: number; readonly agentId: string | null; readonly state: JsonObject }[];
  /** What was said in the whole tree, in one order: by whom, and at which level. */
  readonly stream: readonly string[];
}

/** A tree of sessions: state goes down with the children, results come up with the answers, and one subscription follows all of it. */
export const hierarchical = (client: ContextIQ): Promise<Hierarchy> =>
  withTeam(client, specialists, async () => {
    const { createSession: root } = await client.request(createSession, { input: { userId: 'ann', agentId: 'coordinator', state: { city: 'Porto', budget: 'secret' } } });
    // Followed from the start, before there are children.
    const following = follow(client, root.id, 2 * 2 * Object.keys(specialists).length);
    await Promise.all(Object.keys(specialists).map(async (agentId) => {
      const { createSession: child } = await client.request(createSession, { input: { userId: 'ann', agentId, parentId: root.id, handDown: ['city'] } });
      await ask(client, root.id, agentId, 'Your part, please.', { workSessionId: child.id });
    }));
    const { session: { tree } } = await client.request(readTree, { id: root.id });
    const depths = new Map(tree.map(({ id, depth }) => [id, depth]));
    const stream = (await following).map(({ sessionId, authorName, content }) => `${depths.get(sessionId) ?? ''} ${authorName ?? ''}: ${content[0]?.text ?? ''}`);
    return { tree: tree.map(({ depth, agentId, state }) => ({ depth, agentId, state })), stream };
  });

/** Each message is an event of the coordinator's session and of the one where the work is done. */
async function follow(client: ContextIQ, sessionId: string, count: number) {
  const events = [];
  for await (const { event } of client.subscribe(treeEvents, { sessionId })) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}
