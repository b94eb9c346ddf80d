import type { JsonObject, JsonValue } from '../../kernel/json';

export const EVENT_AUTHORS = ['USER', 'AGENT', 'TOOL', 'SYSTEM'] as const;
export type EventAuthor = (typeof EVENT_AUTHORS)[number];

/** Text, or data such as a file reference; `fromRecall` marks text that a context block or recall gave, never extracted again. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string; readonly fromRecall?: boolean }
  | { readonly type: 'data'; readonly mediaType: string; readonly data: JsonValue };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonValue;
}

export interface ToolOutput {
  readonly toolCallId: string;
  readonly output: JsonValue;
  readonly isError?: boolean;
}

export interface EventActions {
  /** RFC 7396 merge patch; keys may start with `app:`, `user:` or `temp:`. */
  readonly stateDelta?: JsonObject;
  readonly toolCalls?: readonly ToolCall[];
  readonly toolOutputs?: readonly ToolOutput[];
  /** The agent that speaks next. */
  readonly transferTo?: string;
}

/** One thing that happened in a session. Append-only. */
export interface Event {
  readonly id: string;
  readonly sessionId: string;
  /** 1, 2, 3 … without gaps, in commit order. */
  readonly seq: number;
  readonly author: EventAuthor;
  /** Display name of who wrote it, “Caroline”, or the agent's id. */
  readonly authorName: string | null;
  readonly invocationId: string | null;
  readonly content: readonly ContentPart[];
  readonly actions: EventActions;
  readonly metadata: JsonObject;
  /** When it happened; may lie before `createdAt` for imported conversations. */
  readonly occurredAt: Date;
  readonly createdAt: Date;
}

export interface NewEvent {
  /** Chosen by the caller (UUID) or made here; the same id again is a CONFLICT. */
  readonly id?: string;
  readonly author: EventAuthor;
  readonly authorName?: string | null;
  readonly invocationId?: string | null;
  readonly content?: readonly ContentPart[];
  readonly actions?: EventActions;
  readonly metadata?: JsonObject;
  readonly occurredAt?: Date;
}

/** The text of an event as search, extraction and the context block see it. */
export function eventText({ content }: Pick<Event, 'content'>): string {
  const [first] = content;
  if (content.length === 1 && first?.type === 'text') return first.text;
  return content.filter((part) => part.type === 'text').map(({ text }) => text).join('\n');
}

/** The bus topic that is notified after events of the session were committed. */
export const eventsTopic = (tenantId: string, sessionId: string): string => `events:${tenantId}:${sessionId}`;
