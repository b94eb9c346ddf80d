import type { Meter } from '../../platform/llm/usage.port';
import type { Candidate, ModelUsage } from '../extraction/extractor';
import type { Memory } from '../memory/memory';

/** A candidate beside the active memories of its pool that may say the same or the opposite. */
export interface ConsolidationItem {
  readonly ordinal: number;
  readonly candidate: Candidate;
  /** Nearest first, at most 10; the same memory may stand beside several candidates. */
  readonly neighbours: readonly Memory[];
}

/**
 * What to do with one candidate. `duplicate`: the memory already says it, its confidence and evidence grow.
 * `refine`: the memory is reworded to `fact`. `contradict`: the memory's validity ends and the candidate becomes a new one.
 * `retract`: the memory is deleted because its speaker took it back. `quarantine`: kept out of memory, shown with its reason.
 */
export type Decision = { readonly ordinal: number; readonly reason: string } & (
  | { readonly action: 'create' }
  | { readonly action: 'duplicate'; readonly memoryId: string }
  | { readonly action: 'refine'; readonly memoryId: string; readonly fact: string }
  | { readonly action: 'contradict'; readonly memoryId: string }
  | { readonly action: 'retract'; readonly memoryId: string }
  | { readonly action: 'quarantine' }
);

/** Weighs candidates against what is known. One decision per item; memory ids come from the item's own neighbours. */
export interface Consolidator {
  /**
   * `usage` is of who answered, empty for rules; the meter hears of every call.
   * @throws GatewayError UNAVAILABLE when a remote model cannot answer (the job waits and tries again)
   */
  decide(items: readonly ConsolidationItem[], signal: AbortSignal, meter?: Meter): Promise<{ readonly decisions: readonly Decision[]; readonly usage: readonly ModelUsage[] }>;
}
