import { parseConfig, type Config } from './schema';
import { PROVIDERS, PROVIDER_NAMES, URL_EXAMPLES } from './providers';

type Remote = Extract<Config['chat'], { kind: 'openai' }>;
const modelsOf = (env: Record<string, string>): Remote['models'] => {
  const { chat } = parseConfig(env);
  if (chat.kind === 'offline') throw new Error('no model was configured');
  return chat.models;
};

describe('a model by provider/model', () => {
  it.each(PROVIDER_NAMES)('%s takes its own key and address, and goes by its name', (name) => {
    const provider = PROVIDERS[name];
    const [model] = modelsOf({ CONTEXTIQ_MODEL: `${name}/m/1`, [provider.keyVariable]: 'k', [provider.urlVariable]: 'http://127.0.0.1:9/base/' });
    expect(model).toMatchObject({ provider: name, model: 'm/1', apiKey: 'k', structuredOutput: provider.structuredOutput });
    expect(model.baseUrl).toBe(name === 'azure' ? 'http://127.0.0.1:9/base/openai/deployments/m%2F1' : 'http://127.0.0.1:9/base');
  });

  it.each(PROVIDER_NAMES.filter((name) => PROVIDERS[name].needsKey))('%s without its key names the variable, with an example', (name) => {
    const { keyVariable, urlVariable } = PROVIDERS[name];
    expect(() => parseConfig({ CONTEXTIQ_MODEL: `${name}/m`, [urlVariable]: URL_EXAMPLES[name] ?? '' })).toThrow(new RegExp(`${keyVariable}: ${name}/m needs a key \\(for example ${keyVariable}=`));
  });

  it.each(['ollama', 'vllm'] as const)('%s needs neither', (name) => {
    expect(modelsOf({ CONTEXTIQ_MODEL: `${name}/m` })[0]).toMatchObject({ apiKey: '', baseUrl: PROVIDERS[name].url });
  });

  it.each(['azure', 'litellm'] as const)('%s has no common address and asks for one', (name) => {
    const { keyVariable, urlVariable } = PROVIDERS[name];
    expect(() => parseConfig({ CONTEXTIQ_MODEL: `${name}/m`, [keyVariable]: 'k' })).toThrow(new RegExp(`${urlVariable}: ${name}/m needs the address`));
    expect(() => parseConfig({ CONTEXTIQ_MODEL: `${name}/m`, [keyVariable]: 'k', [urlVariable]: 'localhost:1' })).toThrow(new RegExp(`${urlVariable}: an http`));
  });

  it('an address without a path gets the usual one', () => {
    expect(modelsOf({ CONTEXTIQ_MODEL: 'ollama/m', OLLAMA_API_BASE: 'http://box:11434' })[0].baseUrl).toBe('http://box:11434/v1');
    expect(modelsOf({ CONTEXTIQ_MODEL: 'groq/m', GROQ_API_KEY: 'k', GROQ_API_BASE: 'http://proxy/' })[0].baseUrl).toBe('http://proxy/openai/v1');
  });

  it('azure asks a deployment, in a version, or its newer address without either', () => {
    const azure = { CONTEXTIQ_MODEL: 'azure/cheap', AZURE_API_KEY: 'k', AZURE_API_BASE: 'https://res.openai.azure.com/' };
    expect(modelsOf(azure)[0]).toMatchObject({ keyHeader: 'api-key', baseUrl: 'https://res.openai.azure.com/openai/deployments/cheap', query: { 'api-version': '2024-10-21' } });
    expect(modelsOf({ ...azure, AZURE_API_VERSION: '2025-04-01-preview' })[0].query).toEqual({ 'api-version': '2025-04-01-preview' });
    const newer = modelsOf({ ...azure, AZURE_API_VERSION: 'v1' })[0];
    expect(newer.baseUrl).toBe('https://res.openai.azure.com/openai/v1');
    expect(newer).not.toHaveProperty('query');
  });

  it('several are tried in order, each with its own key, and every one at fault is named', () => {
    const chain = 'openai/gpt-5-mini, anthropic/claude-haiku-4-5,ollama/llama3.1';
    expect(modelsOf({ CONTEXTIQ_MODEL: chain, OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b' }).map(({ model, apiKey }) => [model, apiKey]))
      .toEqual([['gpt-5-mini', 'a'], ['claude-haiku-4-5', 'b'], ['llama3.1', '']]);
    expect(() => parseConfig({ CONTEXTIQ_MODEL: chain })).toThrow(/OPENAI_API_KEY[\s\S]*ANTHROPIC_API_KEY/);
  });

  it('a prefix that is no provider is a mistake, unless the name has an address of its own', () => {
    expect(() => parseConfig({ CONTEXTIQ_MODEL: 'opnai/gpt-5-mini' })).toThrow(/CONTEXTIQ_MODEL: there is no provider "opnai", only openai, azure.*for example CONTEXTIQ_MODEL=openai\/gpt-5-mini/);
    expect(() => parseConfig({ CONTEXTIQ_MODEL: 'openai/', OPENAI_API_KEY: 'k' })).toThrow(/names no model/);
    expect(modelsOf({ CONTEXTIQ_MODEL: 'meta-llama/Llama-3', CONTEXTIQ_MODEL_URL: 'https://api.together.xyz/v1', CONTEXTIQ_MODEL_KEY: 'k' })[0])
      .toEqual({ model: 'meta-llama/Llama-3', baseUrl: 'https://api.together.xyz/v1', apiKey: 'k' });
  });
});

describe('a bare name', () => {
  it('is one of OpenAI, with either key', () => {
    for (const key of ['CONTEXTIQ_MODEL_KEY', 'OPENAI_API_KEY']) {
      expect(modelsOf({ CONTEXTIQ_MODEL: 'gpt-5-mini', [key]: 'k' })[0]).toMatchObject({ provider: 'openai', apiKey: 'k', baseUrl: 'https://api.openai.com/v1' });
    }
    expect(() => parseConfig({ CONTEXTIQ_MODEL: 'gpt-5-mini' })).toThrow(/OPENAI_API_KEY/);
  });

  it('is asked at the configured address, which never sees another provider’s key', () => {
    expect(modelsOf({ CONTEXTIQ_MODEL: 'llama3.1', CONTEXTIQ_MODEL_URL: 'http://127.0.0.1:11434/v1', OPENAI_API_KEY: 'secret' })[0])
      .toEqual({ model: 'llama3.1', baseUrl: 'http://127.0.0.1:11434/v1', apiKey: '' });
  });

  it('an address that nobody would be asked at is a mistake', () => {
    expect(() => parseConfig({ CONTEXTIQ_MODEL: 'openai/gpt-5-mini', OPENAI_API_KEY: 'k', CONTEXTIQ_MODEL_URL: 'https://openrouter.ai/api/v1' }))
      .toThrow(/CONTEXTIQ_MODEL_URL: only a name without a provider.*OPENAI_BASE_URL/);
  });
});

describe('an embedding model', () => {
  const embedding = (env: Record<string, string>): Config['embedding'] => parseConfig({ OPENAI_API_KEY: 'k', GEMINI_API_KEY: 'k', MISTRAL_API_KEY: 'k', ...env }).embedding;

  it.each([
    ['openai/text-embedding-3-small', {}, 1536, false],
    ['openai/text-embedding-3-small', { CONTEXTIQ_EMBEDDING_DIMENSION: '512' }, 512, true],
    ['openai/text-embedding-3-large', {}, 1536, true],
    ['gemini/gemini-embedding-001', { CONTEXTIQ_EMBEDDING_DIMENSION: '768' }, 768, true],
    ['mistral/mistral-embed', {}, 1024, false],
    ['ollama/nomic-embed-text:latest', {}, 768, false],
    ['ollama/something-new', { CONTEXTIQ_EMBEDDING_DIMENSION: '100' }, 100, false],
    ['ollama/something-new', { CONTEXTIQ_EMBEDDING_DIMENSION: '100', CONTEXTIQ_EMBEDDING_SHORTEN: 'true' }, 100, true],
  ])('%s %j has vectors of %i numbers (shortened: %s)', (name, more, dimension, requestDimensions) => {
    expect(embedding({ CONTEXTIQ_EMBEDDING_MODEL: name, ...more })).toMatchObject({ kind: 'openai', dimension, requestDimensions });
  });

  it.each([
    ['openai/text-embedding-3-small,mistral/mistral-embed', {}, /one model only: vectors of two models cannot be compared/],
    ['anthropic/claude', { ANTHROPIC_API_KEY: 'k' }, /anthropic has no embeddings/],
    ['mistral/mistral-embed', { CONTEXTIQ_EMBEDDING_DIMENSION: '512' }, /vectors of 1024 numbers, and nothing was asked/],
    ['mistral/mistral-embed', { CONTEXTIQ_EMBEDDING_DIMENSION: '1536' }, /vectors of 1024 numbers, not of 1536/],
    ['transformers/gpt-5', {}, /of transformers there are all-MiniLM-L6-v2, bge-small-en-v1.5/],
  ])('%s %j is refused', (name, more, message) => {
    expect(() => embedding({ CONTEXTIQ_EMBEDDING_MODEL: name, ...more })).toThrow(message);
  });

  it('runs in this process by its short name', () => {
    expect(embedding({ CONTEXTIQ_EMBEDDING_MODEL: 'transformers/bge-small-en-v1.5', CONTEXTIQ_TRANSFORMERS_CACHE: '/m' }))
      .toMatchObject({ kind: 'transformers', repo: 'Xenova/bge-small-en-v1.5', dimension: 384, folder: '/m', download: false });
  });
});

describe('prices', () => {
  it('are given as JSON, an output price where there is one', () => {
    expect(parseConfig({ CONTEXTIQ_MODEL_PRICES: '{"azure/a": {"input": 1, "output": 2}, "vllm/b": {"input": 0}}' }).modelPrices)
      .toEqual({ 'azure/a': { input: 1, output: 2 }, 'vllm/b': { input: 0, output: 0 } });
  });

  it.each(['{', '[]', '{"a": 1}', '{"a": {"input": -1}}', '{"a": {"inputs": 1}}'])('%s is refused', (text) => {
    expect(() => parseConfig({ CONTEXTIQ_MODEL_PRICES: text })).toThrow(/CONTEXTIQ_MODEL_PRICES/);
  });
});
