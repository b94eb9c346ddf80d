import type { GenerateInput } from '../../src/domain/generation/generation-input';
import { badInput } from '../../src/kernel/errors';
import { parseScope } from '../../src/kernel/scope';
import { given } from '../input';
import type { GenerateMemoriesInput } from './generation.types';

/** @throws GatewayError BAD_USER_INPUT unless exactly one source is given */
export function toGenerateInput(input: GenerateMemoriesInput): GenerateInput {
  const sources = given(input, ['sessionId', 'text', 'facts']);
  if (Object.keys(sources).length !== 1) throw badInput('input', 'give exactly one of sessionId, text and facts', 'ONE_SOURCE');
  const pool = {
    bankId: input.bankId,
    ...(input.scope === null || input.scope === undefined ? {} : { scope: parseScope(input.scope, 'input.scope') }),
  };
  if (sources.sessionId !== undefined) return { ...pool, source: { sessionId: sources.sessionId, ...given(input, ['fromSeq', 'toSeq']) } };
  if (sources.text !== undefined) return { ...pool, source: { text: sources.text, ...given(input, ['speaker', 'occurredAt']) } };
  return { ...pool, source: { facts: sources.facts ?? [] } };
}
