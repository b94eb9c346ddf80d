/** A vector has to fit a page of the database. */
const MAX_DIMENSION = 1536;

/** What is known of embedding models, whoever serves them: their dimension, and whether servers shorten their vectors on request. */
const KNOWN: Readonly<Record<string, { readonly dimension: number; readonly shortens: boolean }>> = {
  'text-embedding-3-small': { dimension: 1536, shortens: true },
  'text-embedding-3-large': { dimension: 3072, shortens: true },
  'text-embedding-ada-002': { dimension: 1536, shortens: false },
  'gemini-embedding-001': { dimension: 3072, shortens: true },
  'mistral-embed': { dimension: 1024, shortens: false },
  'nomic-embed-text': { dimension: 768, shortens: false },
  'mxbai-embed-large': { dimension: 1024, shortens: false },
  'all-minilm': { dimension: 384, shortens: false },
  'bge-m3': { dimension: 1024, shortens: false },
};

/** Ollama's tags (`:latest`) say nothing about the dimension. */
const knownOf = (model: string) => KNOWN[model.replace(/:.*$/, '')];

export interface VectorShape {
  readonly dimension: number;
  readonly requestDimensions: boolean;
}

/** The dimension to expect and whether to ask for it; a text for people where the wish cannot be met. */
export function vectorShape(model: string, wanted: number | null, shorten: boolean | null): VectorShape | string {
  const known = knownOf(model);
  const native = known?.dimension ?? null;
  const dimension = wanted ?? Math.min(native ?? MAX_DIMENSION, MAX_DIMENSION);
  const requestDimensions = shorten ?? (known?.shortens === true && dimension !== native);
  if (native === null || dimension === native) return { dimension, requestDimensions };
  if (dimension > native) return `${model} has vectors of ${native} numbers, not of ${dimension}`;
  return requestDimensions ? { dimension, requestDimensions } : `${model} has vectors of ${native} numbers, and nothing was asked to shorten them to ${dimension}`;
}

/** Models that run in this process, through the optional package @huggingface/transformers. */
export const TRANSFORMERS_MODELS = {
  'all-MiniLM-L6-v2': { repo: 'Xenova/all-MiniLM-L6-v2', dimension: 384, pooling: 'mean', queryPrefix: '' },
  'bge-small-en-v1.5': {
    repo: 'Xenova/bge-small-en-v1.5', dimension: 384, pooling: 'cls', queryPrefix: 'Represent this sentence for searching relevant passages: ',
  },
} as const;

export interface TransformersModel {
  readonly model: string;
  /** Its folder below the model folder, and its name on the hub. */
  readonly repo: string;
  readonly dimension: number;
  readonly pooling: 'mean' | 'cls';
  /** Put before a question, not before a document. */
  readonly queryPrefix: string;
}

export function transformersModel(model: string): TransformersModel | null {
  const known = Object.entries(TRANSFORMERS_MODELS).find(([name]) => name === model)?.[1];
  return known === undefined ? null : { model, ...known };
}
