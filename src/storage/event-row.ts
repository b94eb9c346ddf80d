import type { ContentPart, Event, EventActions, EventAuthor } from '../domain/session/event';
import type { JsonObject } from '../kernel/json';
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
  readonly scope: Scope;
}

export const toEvent = (row: EventRow): Event => ({
  id: row.id,
  sessionId: row.session_id,
  seq: Number(row.seq),
  author: row.author,
  authorName: row.author_name,
  invocationId: row.invocation_id,
  content: row.content,
  actions: row.actions,
  metadata: row.metadata,
  occurredAt: row.occurred_at,
  createdAt: row.created_at,
});
