import type { Actor } from '../../kernel/actor';
import type { PageBefore } from '../../kernel/page';
import type { Summary } from './summary';

/** Summaries of sessions outside the actor's tenant or scope limits, and of expired ones, do not exist here. */
export interface SummaryStore {
  /** The newest of each session, in the order of `sessionIds`. */
  latestOfMany(actor: Actor, sessionIds: readonly string[]): Promise<readonly (Summary | null)[]>;
  /** The newest that was there by `knownAt` (now, when null) and tells of nothing after `throughSeq`. */
  latestAsOf(actor: Actor, sessionId: string, knownAt: Date | null, throughSeq: number): Promise<Summary | null>;
  /** Newest first. */
  historyOfMany(actor: Actor, sessionIds: readonly string[], position: PageBefore<number>): Promise<readonly Summary[][]>;
  /** False when the session is gone, or another one wrote that revision or covers that range already. */
  add(actor: Actor, summary: Omit<Summary, 'text' | 'createdAt'>): Promise<boolean>;
}
