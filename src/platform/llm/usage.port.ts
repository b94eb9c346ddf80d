/** What calls of one model took, as its provider counted. */
export interface ModelUsage {
  /** `provider/model` */
  readonly model: string;
  /** Answers, each of which was paid for: repair turns and answers that could not be used among them. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Told of every answer as it comes, whatever becomes of the call that it belongs to. */
export type Meter = (usage: ModelUsage) => void;

/** Summed per model. */
export function addUsage(before: readonly ModelUsage[], more: readonly ModelUsage[]): ModelUsage[] {
  const byModel = new Map<string, ModelUsage>();
  for (const usage of [...before, ...more]) {
    const sum = byModel.get(usage.model);
    byModel.set(usage.model, sum === undefined ? usage : {
      model: usage.model,
      calls: sum.calls + usage.calls,
      promptTokens: sum.promptTokens + usage.promptTokens,
      completionTokens: sum.completionTokens + usage.completionTokens,
    });
  }
  return [...byModel.values()];
}
