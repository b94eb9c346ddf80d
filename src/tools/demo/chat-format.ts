import { basename } from 'node:path';
import { z } from 'zod';
import { contentText, functionCall, toolCallList } from './chat-content';
import { hasContent, storableText, type Conversation, type ConversationSession, type ConversationTurn } from './conversation';
import { instant } from './instant';
import { parseAt, type JsonDocument } from './json-document';

const ROLES = ['user', 'assistant', 'system', 'developer', 'tool', 'function'] as const;
const MINUTE_MS = 60_000;

const AUTHORS = { user: 'user', assistant: 'agent', system: 'system', developer: 'system', tool: 'tool', function: 'tool' } as const;
/** What a turn is called whose message has no `name`. */
const NAMELESS = { user: 'The user', agent: 'The assistant', system: 'System', tool: 'Tool' } as const;

const times = {
  timestamp: instant.nullish(),
  created_at: instant.nullish(),
  createdAt: instant.nullish(),
  date: instant.nullish(),
};

const messageSchema = z.object({
  role: z.enum(ROLES, {
    error: ({ input }) => `${input === undefined ? 'the role is missing' : `unknown role ${JSON.stringify(input)}`}: expected ${ROLES.join(', ')}`,
  }),
  content: contentText,
  name: z.string().nullish(),
  tool_calls: toolCallList,
  function_call: functionCall,
  tool_call_id: z.string().nullish(),
  ...times,
});
type Message = z.output<typeof messageSchema>;

const sessionSchema = z.object(times);

/** Where a session's messages stand: a list in a document, or one message in each of several (JSONL). */
export interface ChatSource {
  readonly messages: readonly { readonly document: JsonDocument; readonly value: unknown; readonly path: readonly PropertyKey[] }[];
  /** The object around the messages, whose own timestamp is the session's start. */
  readonly around?: { readonly document: JsonDocument; readonly value: unknown; readonly path: readonly PropertyKey[] };
}

interface DatedMessage {
  readonly message: Message;
  readonly time: Date | null;
}

/**
 * OpenAI-style messages, one or several sessions of them. Messages without a timestamp follow the one before by
 * a minute; when nothing has a timestamp the last message of the file is at `now`.
 */
export function readChatFormat(file: string, sources: readonly ChatSource[], now: Date): Conversation {
  const dated = sources.map((source) => dateMessages(source));
  const times = fillTimes(dated.flat().map((message) => message.time), now);
  let position = 0;
  const sessions = dated.map((messages, sessionIndex) => {
    const names = new Map<string, string>();
    const turns = messages.map(({ message }, index) => {
      for (const call of [...message.tool_calls, ...message.function_call]) names.set(call.id, call.name);
      return toTurn(message, `s${sessionIndex + 1}:${index + 1}`, times[position++] ?? now, names);
    });
    const filled = turns.filter(hasContent);
    return { id: `s${sessionIndex + 1}`, startedAt: turns[0]?.occurredAt ?? now, turns: filled } satisfies ConversationSession;
  });
  const people = sessions.flatMap((session) => session.turns).filter((turn) => turn.author === 'user' || turn.author === 'agent');
  return {
    title: basename(file).replace(/\.jsonl?$/i, ''),
    speakers: [...new Set(people.map((turn) => turn.speaker))],
    sessions: sessions.filter((session) => session.turns.length > 0),
    questions: [],
  };
}

function dateMessages({ messages, around }: ChatSource): DatedMessage[] {
  const start = around === undefined ? null : timeOf(parseAt(sessionSchema, around.document, around.value, around.path));
  return messages.map(({ document, value, path }, index) => {
    const message = parseAt(messageSchema, document, value, path);
    return { message, time: timeOf(message) ?? (index === 0 ? start : null) };
  });
}

const timeOf = (fields: z.output<typeof sessionSchema>): Date | null =>
  fields.timestamp ?? fields.created_at ?? fields.createdAt ?? fields.date ?? null;

/** Unknown times run on from the last known one, a minute each; those before the first known one count back from it. */
function fillTimes(times: readonly (Date | null)[], now: Date): readonly Date[] {
  const first = times.findIndex((time) => time !== null);
  const anchor = first === -1 ? times.length - 1 : first;
  const anchorTime = times[anchor] ?? now;
  let known = { index: anchor, time: anchorTime };
  return times.map((time, index) => {
    if (time !== null) known = { index, time };
    return new Date(known.time.getTime() + (index - known.index) * MINUTE_MS);
  });
}

function toTurn(message: Message, id: string, occurredAt: Date, callNames: ReadonlyMap<string, string>): ConversationTurn {
  const author = AUTHORS[message.role];
  const callId = message.tool_call_id ?? (message.role === 'function' ? message.name : null);
  const calls = [...message.tool_calls, ...message.function_call];
  return {
    id,
    speaker: message.name ?? (author === 'tool' ? callNames.get(callId ?? '') : undefined) ?? NAMELESS[author],
    author,
    text: storableText(message.content),
    occurredAt,
    ...(calls.length > 0 ? { toolCalls: calls } : {}),
    ...(callId ? { toolCallId: callId } : {}),
  };
}
