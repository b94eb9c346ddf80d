import { z } from 'zod';
import type { GatewayClient } from './client';
import type { Conversation, ConversationSession, ConversationTurn } from './demo/conversation';

/** A conversation that stands in a gateway: which event is which turn. */
export interface LoadedConversation {
  readonly scope: Readonly<Record<string, string>>;
  readonly sessions: readonly { readonly id: string; readonly source: ConversationSession }[];
  /** Event id → turn. */
  readonly turns: ReadonlyMap<string, ConversationTurn>;
}

const APPEND_BATCH = 50;
const CREATE = `mutation Create($input: CreateSessionInput!) { createSession(input: $input) { id } }`;
const APPEND = `mutation Append($sessionId: ID!, $events: [EventInput!]!, $key: String!) { appendEvents(sessionId: $sessionId, events: $events, idempotencyKey: $key) { id seq } }`;
const Created = z.object({ createSession: z.object({ id: z.string() }) });
const Appended = z.object({ appendEvents: z.array(z.object({ id: z.string(), seq: z.number() })) });
const AUTHORS = { user: 'USER', agent: 'AGENT', tool: 'TOOL', system: 'SYSTEM' } as const;

/** Creates a session per session of the conversation, all in one scope, and appends its turns in order. */
export async function loadConversation(
  client: GatewayClient, conversation: Conversation, scope: Readonly<Record<string, string>>, onTurns: (done: number) => void = () => undefined,
): Promise<LoadedConversation> {
  const turns = new Map<string, ConversationTurn>();
  const sessions: { id: string; source: ConversationSession }[] = [];
  for (const source of conversation.sessions) {
    const input = { userId: conversation.speakers[0] ?? 'user', scope, metadata: { title: conversation.title, session: source.id, startedAt: source.startedAt.toISOString() } };
    const { createSession: { id } } = await client.request(Created, CREATE, { input });
    sessions.push({ id, source });
    for (let from = 0; from < source.turns.length; from += APPEND_BATCH) {
      const batch = source.turns.slice(from, from + APPEND_BATCH);
      // The key makes it safe to send the batch again when the answer was lost.
      const { appendEvents } = await client.request(Appended, APPEND, { sessionId: id, events: batch.map(toEventInput), key: `${id}:${from}` });
      appendEvents.forEach((event, index) => {
        const turn = batch[index];
        if (turn !== undefined) turns.set(event.id, turn);
      });
      onTurns(turns.size);
    }
  }
  return { scope, sessions, turns };
}

const toEventInput = (turn: ConversationTurn): object => ({
  author: AUTHORS[turn.author],
  authorName: turn.speaker,
  ...(turn.text === '' || turn.toolCallId !== undefined ? {} : { text: turn.text }),
  occurredAt: turn.occurredAt.toISOString(),
  metadata: { turn: turn.id },
  ...(turn.toolCalls === undefined ? {} : { actions: { toolCalls: turn.toolCalls } }),
  ...(turn.toolCallId === undefined ? {} : { actions: { toolOutputs: [{ toolCallId: turn.toolCallId, output: turn.text }] } }),
});
