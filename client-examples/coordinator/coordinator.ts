import { appendEvent, createSession, findSessions, objectAt, openSession, stateChanges, type ContextIQ, type Session } from '../typescript-client';
import { resultsIn, type Results, type Task } from './task';

/** One session per specialist, below the parent: those of a run before, or new ones. */
export async function openSpecialists(client: ContextIQ, parentId: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const parent = await openSession(client, parentId);
  return new Map(await Promise.all(names.map(async (name) => [name, (await openSpecialist(client, parent, name)).id] as const)));
}

async function openSpecialist(client: ContextIQ, { id: parentId, userId }: Session, agentId: string): Promise<Session> {
  const { sessions: [known] } = await client.request(findSessions, { parentId, agentId, limit: 1 });
  return known ?? (await client.request(createSession, { input: { userId, agentId, parentId } }, `specialist:${parentId}:${agentId}`)).createSession;
}

/**
 * Hands each task to its specialist as soon as the results it needs are there, and merges all results into the parent session.
 * What was handed out and answered is read from the sessions, so a coordinator that starts anew goes on where the last one stopped.
 */
export async function coordinate(client: ContextIQ, parentId: string, specialists: ReadonlyMap<string, string>, tasks: readonly Task[]): Promise<Results> {
  const done = new AbortController();
  const handedOut = new Set<string>();
  const results = new Map<string, string>();

  const handOut = async (): Promise<void> => {
    const ready = tasks.filter(({ id, needs }) => !handedOut.has(id) && !results.has(id) && needs.every((need) => results.has(need)));
    for (const { id } of ready) handedOut.add(id);
    await Promise.all(ready.map(async ({ id, specialist, text, needs }) => {
      const sessionId = specialists.get(specialist);
      if (sessionId === undefined) throw new Error(`task ${id} is for ${specialist}, who is not here`);
      const given = Object.fromEntries(needs.map((need) => [need, results.get(need) ?? '']));
      const event = { author: 'AGENT', authorName: 'coordinator', text, actions: { transferTo: specialist, stateDelta: { tasks: { [id]: { text, given } } } } } as const;
      await client.request(appendEvent, { sessionId, event }, `task:${sessionId}:${id}`);
    }));
    if (tasks.every(({ id }) => results.has(id))) done.abort();
  };

  const listen = async (sessionId: string): Promise<void> => {
    for await (const change of stateChanges(client, sessionId, done.signal)) {
      for (const [id, result] of Object.entries(resultsIn(objectAt(change, 'results')))) results.set(id, result);
      await handOut();
    }
  };

  await Promise.all([...specialists.values()].map(listen)).finally(() => done.abort());
  const merged = Object.fromEntries(tasks.map(({ id }) => [id, results.get(id) ?? '']));
  const text = tasks.map(({ id, specialist }) => `${specialist}: ${results.get(id) ?? ''}`).join('\n');
  await client.request(appendEvent, { sessionId: parentId, event: { author: 'AGENT', authorName: 'coordinator', text, actions: { stateDelta: { results: merged } } } }, `merged:${parentId}`);
  return merged;
}
