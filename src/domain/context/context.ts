import type { Degradation, RecallInput } from '../search/recall';

/** Sensory: the last turns. Working: state and preferences. Episodic: past turns. Semantic: memories. */
export const CONTEXT_LAYERS = ['SENSORY', 'WORKING', 'EPISODIC', 'SEMANTIC'] as const;
export type ContextLayer = (typeof CONTEXT_LAYERS)[number];

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
  /** How many of the last events to show at most, 0 to 50, default 10. */
  readonly sensoryTurns?: number | null;
  readonly waitFor?: string | null;
  readonly waitMs?: number | null;
}

export interface ContextItem {
  readonly layer: ContextLayer;
  readonly kind: 'STATE' | 'MEMORY' | 'EVENT';
  /** The memory's or event's id, or the state's key. */
  readonly id: string;
  /** The mark that stands before it in the text, `[m1]`. */
  readonly citation: string;
  readonly memoryId: string | null;
  readonly eventId: string | null;
  readonly sessionId: string | null;
  readonly seq: number | null;
  /** As it stands in the block, without its mark. */
  readonly text: string;
  readonly tokens: number;
  /** 0 to 1, comparable within a layer; null for what was not searched for. */
  readonly score: number | null;
  readonly why: string;
}

export type LeftOutReason = 'BUDGET' | 'NO_TEXT';
export interface ContextLeftOut {
  readonly layer: ContextLayer;
  readonly reason: LeftOutReason;
  readonly count: number;
}

export interface ContextMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  /** True for what was recalled: an agent that stores the message marks it so, and it is never extracted again. */
  readonly fromRecall: boolean;
}

export interface ContextBlock {
  /** All of it, never more than `budgetTokens`. The same inputs over the same data give the same bytes. */
  readonly text: string;
  /** The same for a chat model: the stable part, what was recalled for this turn, then the last turns one by one. */
  readonly messages: readonly ContextMessage[];
  /** Of `text`. */
  readonly tokens: number;
  readonly budgetTokens: number;
  /** SHA-256 in hex of the part of `text` that only changes with state and memories: what a prompt cache can keep. */
  readonly stablePrefixHash: string;
  readonly stablePrefixTokens: number;
  /** In the order of the text. */
  readonly items: readonly ContextItem[];
  readonly leftOut: readonly ContextLeftOut[];
  readonly degraded: readonly Degradation[];
  readonly indexedThrough: Date;
}
