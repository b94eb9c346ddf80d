import { isApiError, isContentFilter } from './provider-failure';
import { RUNGS, type Dialect, type Rung } from './structured-request';

/** What servers say when they refuse a rung: OpenAI, Azure, DeepSeek, vLLM, Ollama, OpenRouter and others in their own words. */
const REFUSALS: Readonly<Record<Rung, RegExp>> = {
  json_schema: /response_?format|json_?schema|structured[ _-]?output|\bschema\b|grammar|requested parameters/i,
  tool: /\btools?\b|tool_(choice|calls?)|tool use|function|requested parameters/i,
  json_object: /(?!)/,
};

export const rungBelow = (rung: Rung): Rung | null => RUNGS[RUNGS.indexOf(rung) + 1] ?? null;

/**
 * The dialect to try after the server refused a request for how it was put; null when the refusal has another cause.
 * `first` is the dialect that the model began with: each name of the token limit is tried once.
 */
export function nextDialect(error: unknown, current: Dialect, first: Dialect): Dialect | null {
  if (!isApiError(error) || ![400, 404, 422].includes(error.status ?? 0) || isContentFilter(error)) return null;
  const about = `${error.param ?? ''} ${error.message}`;
  if (current.tokenField === first.tokenField && about.includes(current.tokenField)) {
    return { ...current, tokenField: current.tokenField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens' };
  }
  if (current.temperature && /\btemperature\b/i.test(about)) return { ...current, temperature: false };
  const below = rungBelow(current.rung);
  return below !== null && REFUSALS[current.rung].test(about) ? { ...current, rung: below } : null;
}
