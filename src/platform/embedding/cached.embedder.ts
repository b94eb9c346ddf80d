import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cache } from '../cache/cache.port';
import { vectorSpaceOf, type EmbedOptions, type Embedder } from './embedding.port';

const TTL_MS = 3_600_000;
const Vector = z.array(z.number());

/**
 * Spares the provider the questions that are asked again: one text at a time, as searches embed. A vector depends on its text, its
 * purpose and its vector space alone, and all are in the key, so it cannot be stale. Who asks for the same at the same moment (the layers of a
 * context block) shares one call. Batches (facts to remember) have a cache in the database.
 */
export function withQueryCache(embedder: Embedder, cache: Cache): Embedder {
  if (!embedder.semantic) return embedder; // hashing in this process is cheaper than looking
  const space = vectorSpaceOf(embedder);
  const underway = new Map<string, { readonly vector: Promise<readonly number[]>; readonly signal: AbortSignal }>();
  const find = async (key: string, text: string, signal: AbortSignal, options: EmbedOptions): Promise<readonly number[]> => {
    const kept = await cache.get(key);
    if (kept !== null) return Vector.parse(JSON.parse(kept));
    const [vector = []] = await embedder.embed([text], signal, options);
    await cache.set(key, JSON.stringify(vector), TTL_MS);
    return vector;
  };
  return {
    model: embedder.model,
    dimension: embedder.dimension,
    semantic: embedder.semantic,
    async embed(texts, signal, options = {}) {
      const [text] = texts;
      if (text === undefined || texts.length > 1) return embedder.embed(texts, signal, options);
      const key = `embedding:${space}:${options.purpose ?? 'document'}:${createHash('sha256').update(text).digest('base64url')}`;
      const shared = underway.get(key);
      if (shared !== undefined) {
        try {
          return [await shared.vector];
        } catch (error) {
          // Whoever asked first ran out of time: this caller may have some left.
          if (signal.aborted || !shared.signal.aborted) throw error;
        }
      }
      const vector = find(key, text, signal, options).finally(() => underway.delete(key));
      underway.set(key, { vector, signal });
      return [await vector];
    },
  };
}
