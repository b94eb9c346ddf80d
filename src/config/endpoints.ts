import { AZURE_VERSION, isProvider, PROVIDER_NAMES, PROVIDERS, URL_EXAMPLES, type Provider, type ProviderName } from './providers';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where one model answers, and how it likes to be asked. */
export interface ModelEndpoint {
  /** As the provider calls it. */
  readonly model: string;
  /** Up to and without `/chat/completions`. */
  readonly baseUrl: string;
  /** Empty where none is needed. */
  readonly apiKey: string;
  /** Absent for an address without a known provider: its name follows from the host, its dialect is found by asking. */
  readonly provider?: ProviderName;
  /** Carries the key instead of `Authorization: Bearer`. */
  readonly keyHeader?: 'api-key';
  readonly query?: Readonly<Record<string, string>>;
  readonly structuredOutput?: Provider['structuredOutput'];
  readonly tokenField?: Provider['tokenField'];
}

/** A variable at fault. */
export interface Problem {
  readonly variable: string;
  readonly message: string;
  readonly example: string;
}

/** What a name without a provider is asked at: an address of one's own, or OpenAI's. */
export interface OwnEndpoint {
  readonly url: string;
  readonly key: string;
  /** Where `url` comes from. */
  readonly urlVariable: string;
}

/**
 * `provider/model` to its endpoint, as LiteLLM reads such names; a bare name goes to `own`. What begins with no known
 * provider is a name of its own where an address is given, and a mistake elsewhere.
 */
export function routeModel(variable: string, name: string, own: OwnEndpoint, env: Environment): ModelEndpoint | Problem {
  const slash = name.indexOf('/');
  const [prefix, rest] = slash === -1 ? ['', name] : [name.slice(0, slash), name.slice(slash + 1)];
  if (isProvider(prefix)) {
    if (rest === '') return { variable, message: `${name} names no model`, example: PROVIDERS[prefix].example };
    return providerEndpoint(prefix, rest, env[PROVIDERS[prefix].keyVariable] ?? '', env);
  }
  if (own.url !== '') return { model: name, baseUrl: own.url, apiKey: own.key };
  if (slash === -1) {
    const key = own.key === '' ? (env[PROVIDERS.openai.keyVariable] ?? '') : own.key;
    return providerEndpoint('openai', name, key, env);
  }
  return {
    variable,
    message: `there is no provider ${JSON.stringify(prefix)}, only ${PROVIDER_NAMES.join(', ')}; a model whose own name has a slash needs ${own.urlVariable}`,
    example: 'openai/gpt-5-mini',
  };
}

export const isProblem = (routed: object): routed is Problem => 'message' in routed;

function providerEndpoint(name: ProviderName, model: string, apiKey: string, env: Environment): ModelEndpoint | Problem {
  const provider: Provider = PROVIDERS[name];
  if (provider.needsKey && apiKey === '') return { variable: provider.keyVariable, message: `${name}/${model} needs a key`, example: provider.keyExample };
  const given = env[provider.urlVariable] ?? '';
  const url = given === '' ? provider.url : given;
  const example = URL_EXAMPLES[name] ?? provider.url ?? '';
  if (url === null) return { variable: provider.urlVariable, message: `${name}/${model} needs the address of its server`, example };
  if (!/^https?:/.test(url) || !URL.canParse(url)) return { variable: provider.urlVariable, message: 'an http(s) URL', example };
  const base = {
    model, apiKey, provider: name, baseUrl: withPath(url, provider.path),
    structuredOutput: provider.structuredOutput, tokenField: provider.tokenField,
  };
  return name === 'azure' ? azureEndpoint(base, env) : base;
}

/** A deployment has an address of its own; the version is part of the query. */
function azureEndpoint(base: ModelEndpoint, env: Environment): ModelEndpoint {
  const given = env[AZURE_VERSION.variable] ?? '';
  const version = given === '' ? AZURE_VERSION.default : given;
  const root = base.baseUrl.replace(/\/openai(\/.*)?$/, '');
  if (version === 'v1') return { ...base, keyHeader: 'api-key', baseUrl: `${root}/openai/v1` };
  return { ...base, keyHeader: 'api-key', baseUrl: `${root}/openai/deployments/${encodeURIComponent(base.model)}`, query: { 'api-version': version } };
}

function withPath(url: string, path: string): string {
  const bare = url.replace(/\/+$/, '');
  return new URL(bare).pathname === '/' ? `${bare}${path}` : bare;
}
