import type { ApiClient } from './client';
import { CONVERSATION } from './conversation';
import { eventsOf, generate, hold, memoriesOf, untilEnded } from './memories';

export const SCOPE = { user_id: 'mara' };

/** A session with memories made of it. @returns its id */
export async function remember(api: ApiClient): Promise<string> {
  const sessionId = await hold(api, CONVERSATION, { userId: 'mara', scope: SCOPE });
  await untilEnded(api, await generate(api, { sessionId }));
  return sessionId;
}

/** What a user can see of a session and of its pool, revisions and all, and that it can be found. */
export async function seen(api: ApiClient, sessionId: string) {
  const { session } = await api.ask('query($id: ID!) { session(id: $id) { version state scope createdAt events(last: 200) { id seq content { text } occurredAt createdAt metadata } } }', { id: sessionId });
  const memories = await memoriesOf(api, SCOPE, true);
  const revisions = [];
  for (const { id } of memories) {
    revisions.push((await api.ask('query($id: ID!) { memory(id: $id) { revisions(limit: 50) { revision action fact createdAt eventIds } events { id } } }', { id })).memory);
  }
  const { recall } = await api.ask('query($scope: JSON!) { recall(input: { scopes: [{ scope: $scope }], query: "Where does Mara live?" }) { hits { memory { id } event { id } } } }', { scope: SCOPE });
  return { session, memories, revisions, recall, events: await eventsOf(api, sessionId) };
}
