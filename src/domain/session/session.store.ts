import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';
import type { Event, NewEvent } from './event';
import type { OutsideBody } from './event-body';
import type { Session, SessionFilter } from './session';
import type { SplitState } from './state';

/** A session ready to be written: every default resolved. */
export interface SessionDraft {
  readonly id: string;
  readonly userId: string;
  readonly agentId: string | null;
  readonly parentId: string | null;
  /** Its place in the tree; null when it stands alone. */
  readonly place: TreePlace | null;
  readonly scope: Scope;
  readonly state: SplitState;
  readonly metadata: JsonObject;
  readonly expiresAt: Date | null;
}

/** Where a session stands: the way down to it, from the root to its parent. */
export interface TreePlace {
  readonly rootId: string;
  readonly ancestors: readonly string[];
}

/** What a child takes over. */
export interface ParentSession {
  /** Of the child. */
  readonly place: TreePlace;
  /** The parent's own keys. */
  readonly state: JsonObject;
}

export interface ListPosition {
  readonly limit: number;
  readonly offset: number;
  /** Id of the last session already seen; newest first. */
  readonly after: string | null;
}

/** Sessions outside the actor's tenant or scope limits, and expired ones, do not exist here. */
export interface SessionStore {
  /** @throws GatewayError CONFLICT when the id is taken */
  insert(actor: Actor, draft: SessionDraft): Promise<Session>;
  /** Locks the session until the transaction ends; one that stood alone is the top of a tree from now on. */
  lockParent(actor: Actor, id: string): Promise<ParentSession | null>;
  /** In the order of `ids`, null where there is none. */
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Session | null)[]>;
  list(actor: Actor, filter: SessionFilter, position: ListPosition): Promise<Session[]>;
  /** Removes the session and its events; false when there was none. */
  remove(actor: Actor, id: string): Promise<boolean>;
  /** Erases up to `limit` expired sessions of every tenant. @returns how many */
  sweepExpired(limit: number): Promise<number>;
}

/** An event ready to be written: id, texts and search terms computed. */
export interface EventDraft extends Required<Omit<NewEvent, 'occurredAt'>> {
  readonly occurredAt: Date;
  /** The same as they are stored. */
  readonly json: { readonly content: string; readonly actions: string; readonly metadata: string };
  /** Its state delta by owner, `temp:` gone. */
  readonly delta: SplitState;
  /** A tsvector literal of the event's own text, and how many words it has. */
  readonly tsv: string;
  readonly length: number;
  /** Its body is in this object, which was announced and written; without it the row holds the body. */
  readonly outside?: OutsideBody;
}

/** What one caller appends, all of it or nothing. */
export interface Append {
  readonly actor: Actor;
  readonly sessionId: string;
  readonly events: readonly EventDraft[];
  readonly expectedVersion: number | null;
  readonly idempotency: { readonly field: string; readonly key: string; readonly bodyHash: Buffer } | null;
}

/** Appended events; `replayed` when the idempotency key had already done it. */
export interface Appended {
  readonly events: readonly Event[];
  readonly replayed: boolean;
  /** A replay whose bodies are in objects: read the events again, outside of the queue. */
  readonly incomplete?: true;
}

/** By when events had been appended, and by when they had happened; null sets no bound. */
export interface Moment {
  readonly knownAt: Date | null;
  readonly validAt: Date | null;
}

export interface EventStore {
  /**
   * Appends for many callers in one transaction, sessions locked in id order, each one's events at the next gapless seqs.
   * A caller's foreseen failure (NOT_FOUND, CONFLICT) is its own result; anything else fails the whole flush.
   */
  flush(appends: readonly Append[]): Promise<readonly (Appended | Error)[]>;
  /** Ascending by seq, from `fromSeq` on. */
  readRange(actor: Actor, sessionId: string, fromSeq: number, limit: number): Promise<Event[]>;
  /** The same of each session, in the order of `sessionIds`. */
  readRanges(actor: Actor, sessionIds: readonly string[], fromSeq: number, limit: number): Promise<readonly Event[][]>;
  /** The newest `last` events of each session, ascending by seq, in the order of `sessionIds`. */
  readLast(actor: Actor, sessionIds: readonly string[], last: number): Promise<readonly Event[][]>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Event | null)[]>;
  /** The session's own state before its first event, and its deltas up to `throughSeq`, in order, a page at a time. */
  initialState(actor: Actor, sessionId: string): Promise<JsonObject | null>;
  /** Seq of the newest event by then, 0 when there was none; null when the session is not there or was made later. */
  seqAsOf(actor: Actor, sessionId: string, moment: Moment): Promise<number | null>;
  deltas(actor: Actor, sessionId: string, afterSeq: number, throughSeq: number, limit: number): Promise<{ seq: number; delta: JsonObject }[]>;
}
