import type { Actor } from '../../kernel/actor';
import type { Scope } from '../../kernel/scope';
import { RECALL_KINDS } from './recall';
import type { SearchPools } from './search.store';

/** What answers are made from; in the order in which a request names them. */
export const VERSIONED_KINDS = [...RECALL_KINDS, 'PROCEDURE'] as const;
export type VersionedKind = (typeof VERSIONED_KINDS)[number];

/**
 * Tells whether an answer still holds: a version changes with every committed write to what it stands for, and never comes back.
 */
export interface VersionStore {
  /**
   * Of the pools' memories, documents, procedures and their vectors, of how often procedures went well, of their sessions and events; the passing of an expiry changes it too. How frequent
   * words are in the tenant is not in it: that moves scores a little, and no text. It cannot be guessed: what is encrypted with it is
   * read by whoever may read the pools now.
   * Null when it would cost as much as an answer: the pools have more than a thousand parts or five hundred live sessions, or nothing was ever in them.
   */
  ofPools(actor: Actor, pools: SearchPools, kinds: readonly VersionedKind[]): Promise<string | null>;
  /** Of sessions, their events, their summaries, the state that they share with others and their agents' preferences, in the order of `ids`; null where there is no such session. */
  ofSessions(actor: Actor, ids: readonly string[]): Promise<readonly (SessionVersion | null)[]>;
}

export interface SessionVersion {
  readonly scope: Scope;
  readonly version: string;
}
