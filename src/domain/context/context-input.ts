import type { Actor } from '../../kernel/actor';
import { badInput } from '../../kernel/errors';
import { parseAsOf, type AsOf } from '../search/as-of';
import type { RecallScope } from '../search/recall';
import { parseScopes, requireBankId, requireQuery } from '../search/recall-input';
import { CONTEXT_LAYERS, type ContextInput, type ContextLayer, type LayerBudget } from './context';
import { parseLayerBudgets } from './limits';

const MIN_BUDGET = 200;
const MAX_BUDGET = 32_000;
const DEFAULT_BUDGET = 2000;
export const MAX_SENSORY_TURNS = 50;
export const DEFAULT_SENSORY_TURNS = 10;

export interface ParsedContext {
  readonly sessionId: string | null;
  /** Null: the session's. */
  readonly scopes: readonly RecallScope[] | null;
  readonly bankId: string;
  /** Null: what the user said last. */
  readonly query: string | null;
  readonly budget: number;
  readonly layers: ReadonlySet<ContextLayer>;
  readonly layerBudgets: readonly Required<LayerBudget>[];
  /** Null: the default. */
  readonly sensoryTurns: number | null;
  readonly asOf: AsOf | null;
}

/** @throws GatewayError BAD_USER_INPUT, and FORBIDDEN for an exact scope outside the actor's limits */
export function parseContext(actor: Actor, input: ContextInput): ParsedContext {
  const sessionId = input.sessionId ?? null;
  const scopes = input.scopes ?? null;
  if (sessionId === null && scopes === null) throw badInput('input.sessionId', 'a context needs a session or scopes');
  const layers = input.layers ?? CONTEXT_LAYERS;
  if (layers.length === 0) throw badInput('input.layers', 'there is at least one layer');
  const budget = requireWhole(input.budgetTokens ?? DEFAULT_BUDGET, MIN_BUDGET, MAX_BUDGET, 'input.budgetTokens');
  return {
    sessionId,
    scopes: scopes === null ? null : parseScopes(actor, scopes),
    bankId: requireBankId(input.bankId),
    query: input.query === null || input.query === undefined ? null : requireQuery(input.query),
    budget,
    layerBudgets: parseLayerBudgets(input.layerBudgets, budget),
    layers: new Set(layers),
    sensoryTurns: input.sensoryTurns === null || input.sensoryTurns === undefined ? null : requireWhole(input.sensoryTurns, 0, MAX_SENSORY_TURNS, 'input.sensoryTurns'),
    asOf: parseAsOf(input.asOf, 'input.asOf'),
  };
}

function requireWhole(value: number, min: number, max: number, field: string): number {
  if (!Number.isInteger(value) || value < min || value > max) throw badInput(field, `a whole number from ${min} to ${max} is expected`);
  return value;
}
