import type { ModelUsage } from '../extraction/extractor';

/** Tokens summed per model. */
export function addUsage(before: readonly ModelUsage[], more: readonly ModelUsage[]): ModelUsage[] {
  const byModel = new Map<string, ModelUsage>();
  for (const usage of [...before, ...more]) {
    const sum = byModel.get(usage.model);
    byModel.set(usage.model, sum === undefined ? usage : {
      model: usage.model,
      promptTokens: sum.promptTokens + usage.promptTokens,
      completionTokens: sum.completionTokens + usage.completionTokens,
    });
  }
  return [...byModel.values()];
}
