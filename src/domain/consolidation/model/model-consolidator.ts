import { unavailable } from '../../../kernel/errors';
import type { ChatModel } from '../../../platform/llm/llm.port';
import type { Meter } from '../../../platform/llm/usage.port';
import type { ModelUsage } from '../../extraction/extractor';
import type { ConsolidationItem, Consolidator, Decision } from '../consolidator';
import { consolidationMessages, numbered } from './consolidation-prompt';
import { CONSOLIDATION_SCHEMA, parseAnswer } from './consolidation-schema';
import { decisionWithoutModel, readDecisions } from './decisions';

export interface ModelConsolidatorOptions {
  readonly chat: ChatModel;
  /** Candidates per call, default 20: with ten neighbours each, about 8,000 tokens. */
  readonly batchSize?: number;
}

/**
 * Consolidation by a model. A candidate without neighbours is created without asking. A decision must name a memory of its
 * own candidate; the model is asked once to repair what is missing or impossible. What is still undecided then is settled
 * without it where that is safe (`decisionWithoutModel`); otherwise the whole call is UNAVAILABLE with reason
 * CONSOLIDATION_UNDECIDED: to create beside a memory that may contradict would lose the contradiction for good,
 * a later attempt costs one call. Rejects else as `ChatModel.structured` does.
 */
export function createModelConsolidator({ chat, batchSize = 20 }: ModelConsolidatorOptions): Consolidator {
  async function decideBatch(batch: readonly ConsolidationItem[], signal: AbortSignal, meter: Meter | undefined): Promise<{ decisions: Decision[]; usage: ModelUsage }> {
    const items = numbered(batch);
    let mayRepair = true;
    const { value, usage } = await chat.structured({
      schemaName: 'memory_decisions',
      jsonSchema: CONSOLIDATION_SCHEMA,
      messages: consolidationMessages(items),
      signal,
      meter,
      parse(answer) {
        const verdicts = readDecisions(parseAnswer(answer), items);
        if (verdicts.problems.length > 0 && mayRepair) {
          mayRepair = false;
          throw new Error(verdicts.problems.join('; '));
        }
        return verdicts;
      },
    });
    return { decisions: [...value.decisions, ...value.undecided.map(settled)], usage };
  }

  return {
    async decide(items, signal, meter) {
      const decisions = items.filter(isAlone).map(({ ordinal }): Decision => ({ ordinal, action: 'create', reason: 'nothing known is near it' }));
      const usage: ModelUsage[] = [];
      const open = items.filter((item) => !isAlone(item));
      for (let start = 0; start < open.length; start += batchSize) {
        const batch = await decideBatch(open.slice(start, start + batchSize), signal, meter);
        decisions.push(...batch.decisions);
        usage.push(batch.usage);
      }
      return { decisions: decisions.sort((a, b) => a.ordinal - b.ordinal), usage };
    },
  };
}

const isAlone = (item: ConsolidationItem): boolean => item.neighbours.length === 0;

function settled(item: ConsolidationItem): Decision {
  const decision = decisionWithoutModel(item);
  if (decision === null) throw unavailable('the model left a candidate undecided that may contradict a memory', 'CONSOLIDATION_UNDECIDED', 5000);
  return decision;
}
