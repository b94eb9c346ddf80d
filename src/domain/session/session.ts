import type { JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly agentId: string | null;
  readonly parentId: string | null;
  /** The top of the tree that it is part of; its own id when it stands alone. */
  readonly rootId: string;
  /** Levels below the top, 0 for the top. */
  readonly depth: number;
  /** The pool of its events, `{ user_id }` unless said otherwise; also the default scope of memories made from it. */
  readonly scope: Scope;
  /** Its own keys merged with the shared ones, those under their `app:` and `user:` prefixes. */
  readonly state: JsonObject;
  readonly metadata: JsonObject;
  /** Seq of the newest event, 0 when there is none. */
  readonly lastSeq: number;
  /** Grows by one with each append, however many events it has; for `expectedVersion`. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date | null;
  /** Only while the database is away: this is what was read last, at that moment. */
  readonly knownAt?: Date;
}

export interface NewSession {
  /** Chosen by the caller (UUID) or made here. */
  readonly id?: string;
  readonly userId: string;
  readonly agentId?: string | null;
  readonly parentId?: string | null;
  /** Keys of the parent's own state that it begins with; those of `state` come before them. */
  readonly handDown?: readonly string[];
  readonly scope?: Scope;
  readonly state?: JsonObject;
  readonly metadata?: JsonObject;
  /** Seconds from now until the session and its events are gone. */
  readonly ttlSeconds?: number | null;
}

export interface SessionFilter {
  readonly userId?: string;
  readonly agentId?: string;
  readonly parentId?: string;
  /** Below this session, at any depth. */
  readonly ancestorId?: string;
  /** Sessions whose scope has at least these pairs. */
  readonly scope?: Scope;
}
