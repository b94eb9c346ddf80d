import type { ModelUsage } from '../../platform/llm/usage.port';
import { PRICES, type ModelPrice } from './prices';

/** What usage costs by list price, in USD; null when a part of it has no known price, or no known tokens. */
export type CostOf = (usage: readonly ModelUsage[]) => number | null;

/** `own` prices come before the table's. A dated name, `gpt-5-mini-2025-08-07`, costs what the name without its date does. */
export function createCostOf(own: Readonly<Record<string, ModelPrice>> = {}): CostOf {
  const priceOf = (model: string): ModelPrice | undefined => own[model] ?? PRICES[model] ?? PRICES[model.replace(/-\d{4}-?\d{2}-?\d{2}$/, '')];
  return (usage) => {
    let micros = 0;
    for (const { model, calls, promptTokens, completionTokens } of usage) {
      const price = priceOf(model);
      if (price === undefined || (calls > 0 && promptTokens + completionTokens === 0)) return null;
      micros += promptTokens * price.input + completionTokens * price.output;
    }
    return Math.round(micros * 1000) / 1e9;
  };
}
