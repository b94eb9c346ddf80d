import { appendEvent, ContextIQError, isObject, objectAt, stateChanges, type ContextIQ } from '../typescript-client';
import { resultsIn, type Results } from './task';

/** What a specialist can do: a model call in real life. `given` are the results that the task needs. */
export type Skill = (task: string, given: Results) => string | Promise<string>;

/** Works on what is handed out in its session until the signal aborts, first on what was left by a run before. */
export async function work(client: ContextIQ, sessionId: string, name: string, skill: Skill, signal: AbortSignal): Promise<void> {
  for await (const change of stateChanges(client, sessionId, signal)) {
    for (const [id, task] of Object.entries(objectAt(change, 'tasks'))) {
      if (!isObject(task) || typeof task['text'] !== 'string') continue;
      const result = await skill(task['text'], resultsIn(objectAt(task, 'given')));
      // The task leaves the state with the event that brings its result.
      const event = { author: 'AGENT', authorName: name, text: result, actions: { stateDelta: { tasks: { [id]: null }, results: { [id]: result } } } } as const;
      await client.request(appendEvent, { sessionId, event }, `result:${sessionId}:${id}`).catch((error: unknown) => {
        // A second copy of this specialist was faster, in other words.
        if (!(error instanceof ContextIQError) || error.reason !== 'IDEMPOTENCY_KEY_REUSED') throw error;
      });
    }
  }
}
