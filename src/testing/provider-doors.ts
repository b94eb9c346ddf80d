import { PROVIDERS, type ProviderName } from '../config/providers';
import type { Behaviour, ScriptedResponse } from './scripted-behaviours';

export const PROVIDER_KEY = 'secret-key-1234567890';

/** How each provider words an error, as far as its form differs from OpenAI's. */
export function providerError(name: ProviderName, code: number, message: string, details: object = {}, headers: Readonly<Record<string, string>> = {}): Behaviour {
  const plain = { message, type: 'invalid_request_error', param: null, code: null, ...details };
  const body = {
    openai: { error: plain },
    azure: { error: { message, code: String(code), ...details } },
    anthropic: { error: { message, type: 'invalid_request_error', param: null, code: null, ...details } },
    gemini: [{ error: { message, status: 'INVALID_ARGUMENT', code, ...details } }],
    deepseek: { error: { ...plain, code: 'invalid_request_error', ...details } },
    groq: { error: { message, type: 'invalid_request_error', ...details } },
    mistral: { object: 'error', message, type: 'invalid_request_error', code: '3051', ...details },
    ollama: { error: { ...plain, type: 'api_error' } },
    vllm: { object: 'error', message, type: 'BadRequestError', param: null, code, ...details },
    litellm: { error: { ...plain, code: String(code), ...details } },
  }[name];
  return (): ScriptedResponse => ({ status: code, headers, body });
}

/** The provider's own words for not knowing the first way of asking for structure; null where it is always taken. */
export const RUNG_REFUSALS: Readonly<Record<ProviderName, string>> = {
  openai: "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
  azure: 'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
  anthropic: 'tool_choice: Forced tool use is not supported when thinking is enabled.',
  gemini: 'Invalid JSON payload received. Unknown name "additionalProperties" at generation_config.response_schema: json_schema',
  deepseek: 'This response_format type is unavailable now',
  groq: 'This model does not support response format `json_schema`. See supported models.',
  mistral: 'Invalid response_format: json_schema is not supported by this model',
  ollama: 'invalid format: json schema conversion failed: unsupported grammar',
  vllm: 'Failed to compile the json_schema grammar',
  litellm: "litellm.UnsupportedParamsError: model does not support parameters: ['response_format']",
};

/** Lets through what the provider would: the right path, version and key. Else 404 or 401, as it would say. */
export const providerDoor = (name: ProviderName, then: Behaviour): Behaviour => (request) => {
  const url = new URL(request.path, 'http://localhost');
  const root = name === 'azure' ? '/openai/deployments/m1' : PROVIDERS[name].path;
  if (!url.pathname.startsWith(`${root}/`)) return providerError(name, 404, `no such path: ${request.path}`)(request);
  if (name === 'azure' && url.searchParams.get('api-version') === null) return providerError(name, 404, 'Resource not found')(request);
  const key = name === 'azure' ? request.headers['api-key'] : request.headers.authorization?.replace(/^Bearer /, '');
  if (key !== PROVIDER_KEY || (name === 'azure' && request.headers.authorization !== undefined)) return providerError(name, 401, `Incorrect API key provided: ${String(key)}`)(request);
  return then(request);
};
