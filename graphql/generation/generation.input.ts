import { DEFAULT_BANK } from '../../src/domain/bank/bank';
import type { GenerateInput } from '../../src/domain/generation/generation-input';
import type { GenerationFilter } from '../../src/domain/generation/generation.store';
import { badInput } from '../../src/kernel/errors';
import { parseScope } from '../../src/kernel/scope';
import { given } from '../input';
import type { GenerateMemoriesInput } from './generation.types';

/** @throws GatewayError BAD_USER_INPUT when both a session and a pool, or a bank without a scope, are named */
export function toFilter(sessionId?: string | null, scope?: unknown, bankId?: string | null): GenerationFilter {
  const bySession = sessionId === null || sessionId === undefined ? {} : { sessionId };
  if (scope === null || scope === undefined) {
    if (bankId !== null && bankId !== undefined) throw badInput('scope', 'a bank is given together with the scope of a pool', 'ONE_FILTER');
    return bySession;
  }
  if ('sessionId' in bySession) throw badInput('scope', 'give a session or a pool, not both', 'ONE_FILTER');
  return { pool: { bankId: bankId ?? DEFAULT_BANK, scope: parseScope(scope, 'scope') } };
}

/** What says more about a source, and about no other. */
const DETAILS = { sessionId: ['fromSeq', 'toSeq'], text: ['speaker', 'occurredAt'] } as const;

/** @throws GatewayError BAD_USER_INPUT unless exactly one source is given, and nothing that belongs to another */
export function toGenerateInput(input: GenerateMemoriesInput): GenerateInput {
  const sources = given(input, ['sessionId', 'text', 'facts']);
  if (Object.keys(sources).length !== 1) throw badInput('input', 'give exactly one of sessionId, text and facts', 'ONE_SOURCE');
  for (const source of ['sessionId', 'text'] as const) {
    const stray = sources[source] === undefined ? DETAILS[source].find((detail) => input[detail] !== null && input[detail] !== undefined) : undefined;
    if (stray !== undefined) throw badInput(`input.${stray}`, `${stray} goes with ${source}`, 'ONE_SOURCE');
  }
  const pool = {
    bankId: input.bankId,
    ...given(input, ['priority']),
    ...(input.scope === null || input.scope === undefined ? {} : { scope: parseScope(input.scope, 'input.scope') }),
  };
  if (sources.sessionId !== undefined) return { ...pool, source: { sessionId: sources.sessionId, ...given(input, DETAILS.sessionId) } };
  if (sources.text !== undefined) return { ...pool, source: { text: sources.text, ...given(input, DETAILS.text) } };
  return { ...pool, source: { facts: sources.facts ?? [] } };
}
