import { randomUUID } from 'node:crypto';
import type { ApiClient } from './client';
import { newSession } from './memories';

export const SEND = `mutation($input: SendA2AMessageInput!) { sendA2AMessage(input: $input) {
  id messageId seq kind taskId invocationId task { id state reason response { parts { text data url filename mediaType } } } } }`;
export const UPDATE = 'mutation($input: UpdateA2ATaskInput!) { updateA2ATask(input: $input) { id state reason workSessionId response { messageId parts { text } } } }';
export const INBOX = 'subscription($agentId: String!, $after: String) { agentInbox(agentId: $agentId, after: $after) { cursor message { messageId kind taskId sessionId parts { text } } } }';
export const STEPS = 'subscription($taskId: ID!, $after: String) { a2aTaskEvents(taskId: $taskId, after: $after) { cursor state reason messageId } }';

/** Registers an agent with an id of its own. @returns the id */
export async function newAgent(api: ApiClient, name = 'agent', card: object = {}): Promise<string> {
  const id = `${name}-${randomUUID()}`;
  await api.ask('mutation($input: RegisterAgentInput!) { registerAgent(input: $input) { id } }', { input: { id, name, description: `Does what ${name} does.`, ...card } });
  return id;
}

export const send = async (api: ApiClient, input: object) =>
  (await api.ask(SEND, { input: { messageId: randomUUID(), parts: [{ text: 'hello' }], ...input } })).sendA2AMessage;

export const update = async (api: ApiClient, input: object) => (await api.ask(UPDATE, { input })).updateA2ATask;

export const answer = (api: ApiClient, taskId: string, text: string) => update(api, { taskId, messageId: `answer to ${taskId}`, parts: [{ text }] });

export const taskOf = async (api: ApiClient, id: string) =>
  (await api.ask('query($id: ID!) { a2aTask(id: $id) { id state reason finishedAt messages { kind messageId parts { text } } response { parts { text } } } }', { id })).a2aTask;

/** A session and two agents. */
export async function scene(api: ApiClient) {
  return { sessionId: await newSession(api, { userId: 'ada' }), caller: await newAgent(api, 'caller'), worker: await newAgent(api, 'worker') };
}
