import type { Actor } from '../../kernel/actor';
import type { Node, NodeKind, RelatedNode } from './relation';

export interface Goal {
  readonly depth: number;
  /** In the order of the answer. */
  readonly kinds: readonly NodeKind[];
  readonly enough: number;
  readonly after: (Node & { readonly depth: number }) | null;
}

/** Relations as they follow from what happened. Rows of other tenants, outside the actor's scope limits, deleted or expired relate nothing. */
export interface RelationStore {
  /**
   * What is reached from the node by at most `depth` steps, each by a shortest way; in no order, also of other kinds than those wanted. Goes no
   * further once `enough` that are wanted were found behind the place `after`, in the order of depth, kind and id.
   */
  walk(actor: Actor, from: Node, goal: Goal): Promise<{ readonly nodes: readonly RelatedNode[]; readonly isPartial: boolean }>;
}
