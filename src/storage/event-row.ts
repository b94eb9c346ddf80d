import type { EventBody } from '../domain/session/event-body';
import type { ContentPart, Event, EventActions, EventAuthor } from '../domain/session/event';
import type { JsonObject } from '../kernel/json';
import type { EventDraft } from '../domain/session/session.store';
import type { Scope } from '../kernel/scope';

export interface EventRow {
  readonly id: string;
  readonly session_id: string;
  readonly seq: string;
  readonly author: EventAuthor;
  readonly author_name: string | null;
  readonly invocation_id: string | null;
  readonly content: readonly ContentPart[];
  readonly actions: EventActions;
  readonly metadata: JsonObject;
  readonly occurred_at: Date;
  readonly created_at: Date;
  /** The object that holds content and actions; null when the row does. */
  readonly body: string | null;
  readonly scope: Scope;
}

export const toEvent = (row: EventRow, body: EventBody = row): Event => ({
  id: row.id,
  sessionId: row.session_id,
  seq: Number(row.seq),
  author: row.author,
  authorName: row.author_name,
  invocationId: row.invocation_id,
  content: body.content,
  actions: body.actions,
  metadata: row.metadata,
  occurredAt: row.occurred_at,
  createdAt: row.created_at,
});

export const placedEvent = ({ id, author, authorName, invocationId, content, actions, metadata, occurredAt }: EventDraft, sessionId: string, seq: number, createdAt: Date): Event => ({
  id, sessionId, seq, author, authorName, invocationId, content, actions, metadata, occurredAt, createdAt,
});
