import { unavailable } from '../../kernel/errors';
import { createProviderPolicy, type CallPolicy } from '../llm/provider-call';
import { modelName, openAiClient, type ProviderEndpoint } from '../llm/provider-endpoint';
import { inBatches } from './batches';
import type { Meter } from '../llm/usage.port';
import type { Embedder } from './embedding.port';
import { presentable } from './presentable';
import { readEmbeddingTokens, readVectors } from './vectors';

export interface OpenAiEmbedderOptions extends ProviderEndpoint, CallPolicy {
  readonly model: string;
  /** Of the vectors as they come back; stored vectors are tied to it. At most 1,536. */
  readonly dimension: number;
  /** Texts per request, default 128; a request also stays below about 100,000 characters. */
  readonly batchSize?: number;
  /** Asks the server to shorten vectors to `dimension` (OpenAI's text-embedding-3); many servers refuse the parameter. Default false. */
  readonly requestDimensions?: boolean;
}

const MAX_REQUEST = 100_000;

/**
 * Vectors from any OpenAI-compatible endpoint. A text longer than 8,000 characters is represented by its beginning.
 * @throws GatewayError UNAVAILABLE as `createProviderPolicy` tells, or with reason EMBEDDING_DIMENSION_MISMATCH or
 * EMBEDDING_ANSWER_INVALID when what comes back is not what is configured
 */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const client = openAiClient(options);
  const { model, dimension, batchSize = 128 } = options;
  const name = modelName(options, model);

  const policy = createProviderPolicy(name, options, options.apiKey);

  async function embedBatch(input: string[], signal: AbortSignal, meter: Meter | undefined): Promise<number[][]> {
    const body: unknown = await policy.run((limited) =>
      client.embeddings.create(
        // Without it the client asks for base64, which many compatible servers do not know.
        { model, input, encoding_format: 'float', ...(options.requestDimensions === true ? { dimensions: dimension } : {}) },
        { signal: limited, timeout: options.timeoutMs },
      ), signal);
    meter?.({ model: name, calls: 1, promptTokens: readEmbeddingTokens(body), completionTokens: 0 });
    const vectors = readVectors(body, input.length);
    const stray = vectors.find((vector) => vector.length !== dimension);
    if (stray === undefined) return vectors;
    throw unavailable(`${name} returned vectors of dimension ${stray.length}, but ${dimension} is configured`, 'EMBEDDING_DIMENSION_MISMATCH', 60_000);
  }

  return {
    model: name,
    dimension,
    semantic: true,
    async embed(texts, signal, { meter } = {}) {
      const vectors: number[][] = [];
      for (const batch of inBatches(texts.map(presentable), batchSize, MAX_REQUEST)) vectors.push(...await embedBatch(batch, signal, meter));
      return vectors;
    },
  };
}
