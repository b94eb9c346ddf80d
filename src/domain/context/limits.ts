import { badInput } from '../../kernel/errors';
import { WEIGHTS, type Part } from './budget';
import { CONTEXT_LAYERS, type ContextLayer, type LayerBudget } from './context';

/** How a caller shares a block out among its layers. */
export interface LayerLimits {
  /** Tokens that a layer may take at most. */
  capOf(layer: ContextLayer): number;
  /** The weights of the parts, by the priorities of their layers. */
  readonly weights: Readonly<Record<Part, number>>;
}

const DEFAULT_PRIORITY = 5;
const MAX_PRIORITY = 10;
const FIELD = 'input.layerBudgets';
const LAYER_OF: Readonly<Record<Part, ContextLayer>> = {
  WORKING: 'WORKING', SUMMARY: 'WORKING', ESTABLISHED: 'SEMANTIC', RELATED: 'SEMANTIC', EPISODIC: 'EPISODIC', SENSORY: 'SENSORY', KNOWLEDGE: 'KNOWLEDGE', PROCEDURAL: 'PROCEDURAL',
};

/** @throws GatewayError BAD_USER_INPUT */
export function parseLayerBudgets(given: readonly LayerBudget[] | null | undefined, budget: number): readonly Required<LayerBudget>[] {
  const budgets = given ?? [];
  if (budgets.length > CONTEXT_LAYERS.length) throw badInput(FIELD, 'each layer has one budget at most');
  const seen = new Set<ContextLayer>();
  return budgets.map(({ layer, maxTokens, priority }, index) => {
    if (seen.has(layer)) throw badInput(`${FIELD}.${index}.layer`, `${layer} has a budget already`);
    seen.add(layer);
    const cap = maxTokens ?? budget;
    if (!Number.isInteger(cap) || cap < 0 || cap > budget) throw badInput(`${FIELD}.${index}.maxTokens`, `a layer takes 0 to ${budget} tokens, the budget of the block`);
    const rank = priority ?? DEFAULT_PRIORITY;
    if (!Number.isInteger(rank) || rank < 1 || rank > MAX_PRIORITY) throw badInput(`${FIELD}.${index}.priority`, `a priority is a whole number from 1 to ${MAX_PRIORITY}`);
    return { layer, maxTokens: cap, priority: rank };
  });
}

export function limitsOf(budgets: readonly Required<LayerBudget>[]): LayerLimits {
  const byLayer = new Map(budgets.map((budget) => [budget.layer, budget]));
  const weight = (part: Part): number => (WEIGHTS[part] * (byLayer.get(LAYER_OF[part])?.priority ?? DEFAULT_PRIORITY)) / DEFAULT_PRIORITY;
  return {
    capOf: (layer) => byLayer.get(layer)?.maxTokens ?? Infinity,
    weights: {
      WORKING: weight('WORKING'), SUMMARY: weight('SUMMARY'), ESTABLISHED: weight('ESTABLISHED'), RELATED: weight('RELATED'),
      EPISODIC: weight('EPISODIC'), SENSORY: weight('SENSORY'), KNOWLEDGE: weight('KNOWLEDGE'), PROCEDURAL: weight('PROCEDURAL'),
    },
  };
}
