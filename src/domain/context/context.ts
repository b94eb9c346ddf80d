import type { ProcedureKind } from '../procedural/procedure';
import type { AsOfInput } from '../search/as-of';
import type { Degradation, RecallInput } from '../search/recall';

/** Sensory: the last turns. Working: state, preferences, running summary. Episodic: past turns. Semantic: memories. Knowledge: passages of documents. Procedural: workflows, skills, trajectories. */
export const CONTEXT_LAYERS = ['SENSORY', 'WORKING', 'EPISODIC', 'SEMANTIC', 'KNOWLEDGE', 'PROCEDURAL'] as const;
export type ContextLayer = (typeof CONTEXT_LAYERS)[number];

/** What a layer may take of a block. */
export interface LayerBudget {
  readonly layer: ContextLayer;
  /** 0 to the block's budget; no bound of its own unless given. */
  readonly maxTokens?: number | null;
  /** 1 to 10, default 5: twice as high is twice the share, while layers want more than there is. */
  readonly priority?: number | null;
}

export interface ContextInput {
  /** Whose state and last turns to show; needed unless `scopes` is given. */
  readonly sessionId?: string | null;
  /** Default: the session's own scope, exactly. */
  readonly scopes?: RecallInput['scopes'] | null;
  readonly bankId?: string | null;
  /** Default: what the user said last in the session. */
  readonly query?: string | null;
  /** 200 to 32,000, default 2,000. */
  readonly budgetTokens?: number | null;
  /** Default all. */
  readonly layers?: readonly ContextLayer[] | null;
  /** How many of the last events to show at most, 0 to 50. Default 10, or more where more came since the running summary. */
  readonly sensoryTurns?: number | null;
  /** A look back: memories as they were, the session's own state and the turns of then; no summary, passage or procedure. */
  readonly asOf?: AsOfInput | null;
  readonly layerBudgets?: readonly LayerBudget[] | null;
  /** The `stablePrefixHash` of a block that the caller still has: a stable part that is the same is not sent again. */
  readonly knownPrefixHash?: string | null;
  readonly waitFor?: string | null;
  readonly waitMs?: number | null;
}

export interface ContextItem {
  readonly layer: ContextLayer;
  readonly kind: 'STATE' | 'SUMMARY' | 'MEMORY' | 'EVENT' | 'PASSAGE' | ProcedureKind;
  /** The memory's, event's, passage's or procedure's id, or the state's key. */
  readonly id: string;
  /** The mark that stands before it in the text, `[m1]`. */
  readonly citation: string;
  readonly memoryId: string | null;
  readonly eventId: string | null;
  readonly documentId: string | null;
  /** The workflow, skill or trajectory. */
  readonly procedureId: string | null;
  readonly sessionId: string | null;
  readonly seq: number | null;
  /** As it stands in the block, without its mark. */
  readonly text: string;
  /** Of its line, mark and line's end included. */
  readonly tokens: number;
  /** Relevance, weighed by recency and importance: 0 to 1, comparable within a layer; null for what was not searched for. */
  readonly score: number | null;
  /** Each 0 to 1, null where it has no say. Relevance: how well it answers. Recency: against the newest found. Importance: how certain, how often stated, how often it went well. */
  readonly relevance: number | null;
  readonly recency: number | null;
  readonly importance: number | null;
  readonly why: string;
}

/** DUPLICATE: something that is shown says it already. */
export type LeftOutReason = 'BUDGET' | 'NO_TEXT' | 'DUPLICATE';

export interface LeftOutItem {
  readonly kind: ContextItem['kind'];
  readonly id: string;
  /** At most 200 characters. */
  readonly text: string;
  readonly score: number | null;
}
export interface ContextLeftOut {
  readonly layer: ContextLayer;
  readonly reason: LeftOutReason;
  readonly count: number;
  /** The first that would have come, at most three. */
  readonly examples: readonly LeftOutItem[];
}

export interface ContextMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  /** True for what was recalled: an agent that stores the message marks it so, and it is never extracted again. */
  readonly fromRecall: boolean;
}

export interface ContextBlock {
  /** All of it (without the stable part when that is `unchanged`), never more than `budgetTokens`. The same inputs over the same data give the same bytes. */
  readonly text: string;
  /** The same for a chat model: the stable part, what was recalled for this turn, then the last turns one by one. */
  readonly messages: readonly ContextMessage[];
  /** Of all of it. */
  readonly tokens: number;
  readonly budgetTokens: number;
  /** SHA-256 in hex of the part of `text` that only changes with state, running summary and memories: what a prompt cache can keep. */
  readonly stablePrefixHash: string;
  readonly stablePrefixTokens: number;
  /** That part; null when it is `unchanged`. */
  readonly stablePrefix: string | null;
  /** The caller has the stable part: it is in neither `text` nor `messages`. */
  readonly unchanged: boolean;
  /** In the order of the text. */
  readonly items: readonly ContextItem[];
  readonly leftOut: readonly ContextLeftOut[];
  readonly degraded: readonly Degradation[];
  readonly indexedThrough: Date;
}
