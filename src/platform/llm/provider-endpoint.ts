import OpenAI from 'openai';
import { fetchWithReadableErrors } from './readable-errors';

export interface ProviderEndpoint {
  /** Up to and without `/chat/completions`: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Empty for servers that need none; then no Authorization header is sent. */
  readonly apiKey: string;
  /** Prefix of the stored model name; by default it follows from the host. */
  readonly provider?: string;
  /** Carries the key instead of `Authorization: Bearer`. */
  readonly keyHeader?: 'api-key';
  /** Goes with every request. */
  readonly query?: Readonly<Record<string, string>>;
}

const PROVIDER_OF_HOST: Readonly<Record<string, string>> = {
  'api.openai.com': 'openai',
  'api.anthropic.com': 'anthropic',
  'api.deepseek.com': 'deepseek',
  'api.groq.com': 'groq',
  'api.mistral.ai': 'mistral',
  'api.together.xyz': 'together',
  'api.x.ai': 'xai',
  'generativelanguage.googleapis.com': 'gemini',
  'openrouter.ai': 'openrouter',
};

/** `provider/model`, the name under which everything that the model made is stored. Unknown hosts go by their host name. */
export function modelName(endpoint: ProviderEndpoint, model: string): string {
  const host = new URL(endpoint.baseUrl).hostname;
  return `${endpoint.provider ?? PROVIDER_OF_HOST[host] ?? host}/${model}`;
}

/** Hosts where `max_tokens` is deprecated and newer models refuse it; elsewhere it is the name that everyone knows. */
export const knowsCompletionTokens = (baseUrl: string): boolean => /(^|\.)openai\.(com|azure\.com)$/.test(new URL(baseUrl).hostname);

/**
 * Retries and time limits are the caller's (`callProvider`): the client's own wait ignores the abort signal, its timeout
 * ends with the headers. What it would read from the environment is set, so that configuration has one reader.
 */
export function openAiClient({ baseUrl, apiKey, keyHeader, query }: ProviderEndpoint): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey === '' ? 'none' : apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    fetch: fetchWithReadableErrors,
    logLevel: 'off',
    ...(apiKey === '' || keyHeader !== undefined ? { defaultHeaders: { Authorization: null, ...(keyHeader === undefined ? {} : { [keyHeader]: apiKey }) } } : {}),
    ...(query === undefined ? {} : { defaultQuery: { ...query } }),
  });
}
