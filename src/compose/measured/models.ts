import type { EmbeddingStore } from '../../domain/generation/embedding.store';
import type { Metrics } from '../../kernel/metrics-type';
import type { CacheObserver } from '../../platform/cache/cache.port';
import type { Embedder } from '../../platform/embedding/embedding.port';
import type { ChatModel } from '../../platform/llm/llm.port';
import { outcomeOf, stopwatch } from './outcome';

export const measuredChat = (chat: ChatModel, metrics: Metrics): ChatModel => ({
  name: chat.name,
  async structured(request) {
    const seconds = stopwatch();
    const count = (model: string, outcome: string): void => {
      metrics.add('contextiq_model_calls_total', { model, outcome });
      metrics.observe('contextiq_model_call_duration_seconds', { model }, seconds());
    };
    try {
      const answer = await chat.structured({
        ...request,
        meter(usage) {
          const { model, promptTokens, completionTokens } = usage;
          metrics.add('contextiq_model_tokens_total', { model, kind: 'prompt' }, promptTokens);
          metrics.add('contextiq_model_tokens_total', { model, kind: 'completion' }, completionTokens);
          request.meter?.(usage);
        },
      });
      count(answer.usage.model, 'ok');
      return answer;
    } catch (error) {
      count(chat.name, outcomeOf(error));
      throw error;
    }
  },
});

export const measuredEmbedder = (embedder: Embedder, metrics: Metrics): Embedder => {
  const { model, dimension, semantic } = embedder;
  return {
    model, dimension, semantic,
    async embed(texts, signal, options) {
      const seconds = stopwatch();
      let outcome = 'ok';
      try {
        const vectors = await embedder.embed(texts, signal, options);
        metrics.add('contextiq_embedding_texts_total', { model, source: 'embedder' }, texts.length);
        return vectors;
      } catch (error) {
        outcome = outcomeOf(error);
        throw error;
      } finally {
        metrics.add('contextiq_embedding_calls_total', { model, outcome });
        metrics.observe('contextiq_embedding_call_duration_seconds', { model }, seconds());
      }
    },
  };
};

/** Texts whose vectors the database still had. */
export const measuredEmbeddings = (embeddings: EmbeddingStore, { model }: Embedder, metrics: Metrics): EmbeddingStore => ({
  ...embeddings,
  async cached(actor, space, texts) {
    const found = await embeddings.cached(actor, space, texts);
    if (found.size > 0) metrics.add('contextiq_embedding_texts_total', { model, source: 'cache' }, found.size);
    return found;
  },
});

export const cacheObserver = (metrics: Metrics, cache: 'recall' | 'context' | 'session' | 'embedding'): CacheObserver => ({
  looked: (level, result) => { metrics.add('contextiq_cache_reads_total', { cache, level, result }); },
});
