import { ContextIQError, type ContextIQ, type JsonObject } from '../typescript-client';
import { acknowledge, agentInbox, answerTask, registerAgent, type Message } from './operations';

/** What an agent says, and what it puts into the state of the session that the request came from. */
export interface Reply {
  readonly text: string;
  readonly results?: JsonObject;
}

/** What a specialist can do: a model call in real life. */
export type Skill = (client: ContextIQ, request: Message) => Promise<Reply>;

export const textOf = ({ parts }: Pick<Message, 'parts'>): string => parts.map(({ text }) => text ?? '').join('');

/** Answers the requests in the agent's inbox until the signal aborts, first those that a run before left there. */
export async function serve(client: ContextIQ, agentId: string, skill: Skill, signal: AbortSignal): Promise<void> {
  for await (const { cursor, message } of client.subscribe(agentInbox, { agentId }, { after: null, signal })) {
    if (message.kind === 'REQUEST' && message.taskId !== null) await answer(client, message, message.taskId, skill);
    await client.request(acknowledge, { id: agentId, cursor });
  }
}

async function answer(client: ContextIQ, message: Message, taskId: string, skill: Skill): Promise<void> {
  const { text, results } = await skill(client, message);
  const input = { taskId, messageId: `answer:${taskId}`, parts: [{ text }], ...(results === undefined ? {} : { stateDelta: results }) };
  await client.request(answerTask, { input }).catch((error: unknown) => {
    // It was answered before this run, in other words, or taken back.
    if (!(error instanceof ContextIQError) || error.code !== 'CONFLICT') throw error;
  });
}

/** Registers the agents, lets the specialists serve while the coordinator works, and ends them. */
export async function withTeam<T>(client: ContextIQ, specialists: Readonly<Record<string, Skill>>, coordinate: () => Promise<T>): Promise<T> {
  for (const id of ['coordinator', ...Object.keys(specialists)]) {
    await client.request(registerAgent, { input: { id, name: id, description: `The ${id} of a team that plans trips.` } });
  }
  const stop = new AbortController();
  const serving = Object.entries(specialists).map(([id, skill]) => serve(client, id, skill, stop.signal));
  const work = coordinate().finally(() => { stop.abort(); });
  await Promise.all([work, ...serving]);
  return work;
}
