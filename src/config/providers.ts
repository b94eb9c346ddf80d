/** Ways to get structure out of a model, best first. */
type StructuredOutput = 'json_schema' | 'tool' | 'json_object';

/** What is known of a provider that speaks OpenAI's protocol; variables bear LiteLLM's names. */
export interface Provider {
  readonly keyVariable: string;
  readonly keyExample: string;
  /** False: servers of one's own, which may need none. */
  readonly needsKey: boolean;
  readonly urlVariable: string;
  /** Null where there is no common address. */
  readonly url: string | null;
  /** Added to an address without a path, so that `http://host:11434` is enough. */
  readonly path: string;
  /** What it is asked for first; it is asked for less when it refuses. */
  readonly structuredOutput: StructuredOutput;
  /** OpenAI's newer models refuse `max_tokens`; elsewhere it is the name that everyone knows. */
  readonly tokenField: 'max_tokens' | 'max_completion_tokens';
  readonly embeddings: boolean;
  readonly example: string;
}

const common = { needsKey: true, path: '/v1', structuredOutput: 'json_schema', tokenField: 'max_tokens', embeddings: true } as const;

export const PROVIDERS = {
  openai: {
    ...common, keyVariable: 'OPENAI_API_KEY', keyExample: 'sk-…', urlVariable: 'OPENAI_BASE_URL', url: 'https://api.openai.com/v1',
    tokenField: 'max_completion_tokens', example: 'openai/gpt-5-mini',
  },
  // Its models are deployments: the model's name is the deployment's.
  azure: {
    ...common, keyVariable: 'AZURE_API_KEY', keyExample: '0123abc…', urlVariable: 'AZURE_API_BASE', url: null,
    path: '', tokenField: 'max_completion_tokens', example: 'azure/my-deployment',
  },
  // The compatible endpoint ignores response_format; a forced tool call it obeys.
  anthropic: {
    ...common, keyVariable: 'ANTHROPIC_API_KEY', keyExample: 'sk-ant-…', urlVariable: 'ANTHROPIC_API_BASE', url: 'https://api.anthropic.com/v1',
    structuredOutput: 'tool', embeddings: false, example: 'anthropic/claude-haiku-4-5',
  },
  gemini: {
    ...common, keyVariable: 'GEMINI_API_KEY', keyExample: 'AIza…', urlVariable: 'GEMINI_API_BASE', url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    path: '/v1beta/openai', example: 'gemini/gemini-2.5-flash',
  },
  // No schemas, and a blank answer now and then.
  deepseek: {
    ...common, keyVariable: 'DEEPSEEK_API_KEY', keyExample: 'sk-…', urlVariable: 'DEEPSEEK_API_BASE', url: 'https://api.deepseek.com/v1',
    structuredOutput: 'json_object', embeddings: false, example: 'deepseek/deepseek-chat',
  },
  groq: {
    ...common, keyVariable: 'GROQ_API_KEY', keyExample: 'gsk_…', urlVariable: 'GROQ_API_BASE', url: 'https://api.groq.com/openai/v1',
    path: '/openai/v1', embeddings: false, example: 'groq/llama-3.3-70b-versatile',
  },
  mistral: {
    ...common, keyVariable: 'MISTRAL_API_KEY', keyExample: 'abc…', urlVariable: 'MISTRAL_API_BASE', url: 'https://api.mistral.ai/v1',
    example: 'mistral/mistral-small-latest',
  },
  ollama: {
    ...common, keyVariable: 'OLLAMA_API_KEY', keyExample: 'abc…', needsKey: false, urlVariable: 'OLLAMA_API_BASE', url: 'http://127.0.0.1:11434/v1',
    example: 'ollama/llama3.1',
  },
  vllm: {
    ...common, keyVariable: 'HOSTED_VLLM_API_KEY', keyExample: 'abc…', needsKey: false, urlVariable: 'HOSTED_VLLM_API_BASE', url: 'http://127.0.0.1:8000/v1',
    example: 'vllm/Qwen/Qwen3-8B',
  },
  litellm: {
    ...common, keyVariable: 'LITELLM_PROXY_API_KEY', keyExample: 'sk-…', needsKey: false, urlVariable: 'LITELLM_PROXY_API_BASE', url: null,
    example: 'litellm/any-model-of-the-proxy',
  },
} as const satisfies Readonly<Record<string, Provider>>;

export type ProviderName = keyof typeof PROVIDERS;
export const PROVIDER_NAMES = Object.keys(PROVIDERS).filter((name): name is ProviderName => name in PROVIDERS);
export const isProvider = (name: string): name is ProviderName => Object.hasOwn(PROVIDERS, name);

/** An example of the address where there is no common one. */
export const URL_EXAMPLES: Partial<Readonly<Record<ProviderName, string>>> = {
  azure: 'https://my-resource.openai.azure.com',
  litellm: 'http://127.0.0.1:4100',
};

/** The version with structured output that is generally available; `v1` takes Azure's address without deployments. */
export const AZURE_VERSION = { variable: 'AZURE_API_VERSION', default: '2024-10-21' } as const;
