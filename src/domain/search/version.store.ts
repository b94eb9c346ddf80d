import type { Actor } from '../../kernel/actor';
import type { Scope } from '../../kernel/scope';
import type { RecallKind } from './recall';
import type { SearchPools } from './search.store';

/**
 * Tells whether an answer still holds: a version changes with every committed write to what it stands for, and never comes back.
 */
export interface VersionStore {
  /**
   * Of the pools' memories, documents and their vectors, of their sessions and events; the passing of an expiry changes it too. How frequent
   * words are in the tenant is not in it: that moves scores a little, and no text. It cannot be guessed: what is encrypted with it is
   * read by whoever may read the pools now.
   * Null when it would cost as much as an answer: the pools have more than a thousand parts or five hundred live sessions, or nothing was ever in them.
   */
  ofPools(actor: Actor, pools: SearchPools, kinds: readonly RecallKind[]): Promise<string | null>;
  /** Of sessions, their events, their summaries, the state that they share with others and their agents' preferences, in the order of `ids`; null where there is no such session. */
  ofSessions(actor: Actor, ids: readonly string[]): Promise<readonly (SessionVersion | null)[]>;
}

export interface SessionVersion {
  readonly scope: Scope;
  readonly version: string;
}
