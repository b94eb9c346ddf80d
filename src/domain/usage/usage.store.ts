import type { Actor } from '../../kernel/actor';
import type { ModelUsage } from '../../platform/llm/usage.port';

/** What a tenant took of one model on one day. */
export interface DailyUsage extends ModelUsage {
  /** `2026-11-21`, in UTC. */
  readonly day: string;
}

export interface UsageStore {
  /** Adds to the tenant's sums of today. */
  record(actor: Actor, taken: readonly ModelUsage[]): Promise<void>;
  /** Newest day first, then by model; both days inclusive. */
  daily(actor: Actor, from: string, to: string, limit: number): Promise<DailyUsage[]>;
}
