import type { Actor } from '../../kernel/actor';
import type { PageRequest } from '../../kernel/page';
import type { Session } from './session';
import type { TreeEvent } from './tree';

/** Sessions outside the actor's tenant or scope limits, and expired ones, are in no tree here, nor are their events. */
export interface TreeStore {
  /** Sessions below each of these, down to `depth` levels; the upper ones first, each level in the order of creation. In the order of `sessionIds`. */
  children(actor: Actor, sessionIds: readonly string[], bounds: { readonly depth: number; readonly limit: number }): Promise<readonly Session[][]>;
  /** All sessions of the trees that these are part of, in the same order; one that stands alone is its own tree. */
  trees(actor: Actor, sessionIds: readonly string[], limit: number): Promise<readonly Session[][]>;
  /** Gives every committed event of these sessions' trees its position; one that stood alone is the top of a tree from now on. */
  settle(actor: Actor, sessionIds: readonly string[]): Promise<void>;
  /** Events of each of these sessions and of all below it, after a position, in their one order. In the order of `sessionIds`. */
  events(actor: Actor, sessionIds: readonly string[], position: PageRequest<number>): Promise<readonly TreeEvent[][]>;
  /** Position of the newest stamped event of the tree, 0 when there is none. */
  head(actor: Actor, rootId: string): Promise<number>;
}
