export const NODE_KINDS = ['USER', 'AGENT', 'SESSION', 'TASK', 'MEMORY', 'WORKFLOW'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/** Each from what comes first in its words to what comes last: USER had SESSION, MEMORY derived from SESSION. */
export const RELATIONS = ['HAD_SESSION', 'TOOK_PART', 'PART_OF', 'TASK_OF', 'WORKED_IN', 'ASKED', 'WORKED_ON', 'DERIVED_FROM', 'SUPERSEDED_BY', 'ABOUT', 'USED'] as const;
export type Relation = (typeof RELATIONS)[number];

export interface Node {
  readonly kind: NodeKind;
  /** A UUID, or the name of a user or agent. */
  readonly id: string;
}

/** One step on the way from the node that was asked for, with the node that it leads to. */
export interface RelationStep extends Node {
  readonly relation: Relation;
  /** Whether the step goes the way that the relation reads. */
  readonly isForward: boolean;
}

export interface RelatedNode extends Node {
  /** Steps of a shortest way. */
  readonly depth: number;
  readonly path: readonly RelationStep[];
}

export interface Related {
  /** Nearest first, then by kind and id. */
  readonly nodes: readonly RelatedNode[];
  readonly hasMore: boolean;
  /** Whether a node had more neighbours than are followed. */
  readonly isPartial: boolean;
}

export const MAX_DEPTH = 4;
/** Of each relation of a node the newest are followed. */
export const MAX_FAN_OUT = 50;
/** Nodes that are reached by as many steps. */
export const MAX_LEVEL = 300;
