import { transformersModel, TRANSFORMERS_MODELS, vectorShape, type TransformersModel } from './embedding-models';
import { isProblem, routeModel, type ModelEndpoint, type OwnEndpoint, type Problem } from './endpoints';
import { PROVIDERS } from './providers';

/** `models` are asked in their order: the next one when the one before cannot answer. */
export type ChatConfig =
  | { readonly kind: 'offline' }
  | {
      readonly kind: 'openai';
      readonly models: readonly [ModelEndpoint, ...ModelEndpoint[]];
      readonly temperature: number | null;
      readonly maxTokens: number;
      readonly timeoutMs: number;
    };

export type EmbeddingConfig =
  | { readonly kind: 'offline' }
  | (ModelEndpoint & { readonly kind: 'openai'; readonly dimension: number; readonly requestDimensions?: boolean; readonly timeoutMs: number })
  | (TransformersModel & { readonly kind: 'transformers'; readonly folder: string; readonly download: boolean; readonly timeoutMs: number });

/** The variables that models are read from, parsed. */
interface Values {
  readonly CONTEXTIQ_MODEL: readonly string[];
  readonly CONTEXTIQ_MODEL_URL: string;
  readonly CONTEXTIQ_MODEL_KEY: string;
  readonly CONTEXTIQ_MODEL_TEMPERATURE: number | null;
  readonly CONTEXTIQ_MODEL_MAX_TOKENS: number;
  readonly CONTEXTIQ_MODEL_TIMEOUT_MS: number;
  readonly CONTEXTIQ_EMBEDDING_MODEL: string;
  readonly CONTEXTIQ_EMBEDDING_URL: string;
  readonly CONTEXTIQ_EMBEDDING_KEY: string;
  readonly CONTEXTIQ_EMBEDDING_DIMENSION: number | null;
  readonly CONTEXTIQ_EMBEDDING_SHORTEN: boolean | null;
  readonly CONTEXTIQ_TRANSFORMERS_CACHE: string;
  readonly CONTEXTIQ_TRANSFORMERS_DOWNLOAD: boolean;
}
type Environment = Readonly<Record<string, string | undefined>>;

export const isProblems = (read: object): read is readonly Problem[] => Array.isArray(read);

const ownChat = (value: Values): OwnEndpoint =>
  ({ url: value.CONTEXTIQ_MODEL_URL, key: value.CONTEXTIQ_MODEL_KEY, urlVariable: 'CONTEXTIQ_MODEL_URL' });

export function chatOf(value: Values, env: Environment): ChatConfig | readonly Problem[] {
  const routed = value.CONTEXTIQ_MODEL.map((name) => routeModel('CONTEXTIQ_MODEL', name, ownChat(value), env));
  const [first, ...others] = routed.flatMap((item) => (isProblem(item) ? [] : [item]));
  const problems = routed.filter(isProblem);
  if (problems.length > 0) return problems;
  if (first === undefined) return { kind: 'offline' };
  const models = [first, ...others] as const;
  const isUsed = value.CONTEXTIQ_MODEL_URL === '' || models.some(({ provider }) => provider === undefined) || (value.CONTEXTIQ_EMBEDDING_MODEL !== '' && value.CONTEXTIQ_EMBEDDING_URL === '');
  if (!isUsed) {
    const { urlVariable } = PROVIDERS[first.provider ?? 'openai'];
    const message = `only a name without a provider is asked there; ${first.provider ?? ''}/${first.model} has its address from ${urlVariable}`;
    return [{ variable: 'CONTEXTIQ_MODEL_URL', message, example: '' }];
  }
  return { kind: 'openai', models, temperature: value.CONTEXTIQ_MODEL_TEMPERATURE, maxTokens: value.CONTEXTIQ_MODEL_MAX_TOKENS, timeoutMs: value.CONTEXTIQ_MODEL_TIMEOUT_MS };
}

export function embeddingOf(value: Values, env: Environment): EmbeddingConfig | readonly Problem[] {
  const variable = 'CONTEXTIQ_EMBEDDING_MODEL';
  const name = value.CONTEXTIQ_EMBEDDING_MODEL;
  const timeoutMs = value.CONTEXTIQ_MODEL_TIMEOUT_MS;
  if (name === '') return { kind: 'offline' };
  if (name.includes(',')) return [{ variable, message: 'one model only: vectors of two models cannot be compared, so there is none to fall back to', example: 'openai/text-embedding-3-small' }];
  if (name.startsWith('transformers/')) {
    const known = transformersModel(name.slice('transformers/'.length));
    if (known === null) return [{ variable, message: `of transformers there are ${Object.keys(TRANSFORMERS_MODELS).join(', ')}`, example: 'transformers/all-MiniLM-L6-v2' }];
    return { kind: 'transformers', ...known, folder: value.CONTEXTIQ_TRANSFORMERS_CACHE, download: value.CONTEXTIQ_TRANSFORMERS_DOWNLOAD, timeoutMs };
  }
  const own = ownEmbedding(value);
  const endpoint = routeModel(variable, name, own, env);
  if (isProblem(endpoint)) return [endpoint];
  if (endpoint.provider !== undefined && !PROVIDERS[endpoint.provider].embeddings) return [{ variable, message: `${endpoint.provider} has no embeddings`, example: 'openai/text-embedding-3-small' }];
  const shape = vectorShape(endpoint.model, value.CONTEXTIQ_EMBEDDING_DIMENSION, value.CONTEXTIQ_EMBEDDING_SHORTEN);
  if (typeof shape === 'string') return [{ variable: 'CONTEXTIQ_EMBEDDING_DIMENSION', message: shape, example: '768' }];
  return { kind: 'openai', ...endpoint, ...shape, timeoutMs };
}

/** An embedder without an endpoint of its own follows the chat model's. */
const ownEmbedding = (value: Values): OwnEndpoint => ({
  url: value.CONTEXTIQ_EMBEDDING_URL === '' ? value.CONTEXTIQ_MODEL_URL : value.CONTEXTIQ_EMBEDDING_URL,
  key: value.CONTEXTIQ_EMBEDDING_KEY === '' ? value.CONTEXTIQ_MODEL_KEY : value.CONTEXTIQ_EMBEDDING_KEY,
  urlVariable: 'CONTEXTIQ_EMBEDDING_URL',
});
