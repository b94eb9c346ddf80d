import type { Embedder } from './embedding.port';
import { featuresOf, hashText } from './text-features';

const DIMENSION = 384;

/**
 * Vectors without a model: signed feature hashing (Weinberger et al., 2009) of words and character n-grams with
 * sublinear term frequency, 1 + ln tf, L2-normalised. The same text always gives the same vector, in every process. It
 * finds near-duplicates and spelling variants in any script; it knows no synonyms, so it is not `semantic`.
 */
export function createHashEmbedder(): Embedder {
  return {
    model: 'offline/hash-384',
    dimension: DIMENSION,
    semantic: false,
    async embed(texts, signal) {
      return texts.map((text) => {
        signal.throwIfAborted();
        return hashVector(text);
      });
    },
  };
}

function hashVector(text: string): number[] {
  const vector = new Array<number>(DIMENSION).fill(0);
  const add = (hash: number, weight: number): void => {
    const at = hash % DIMENSION;
    vector[at] = (vector[at] ?? 0) + (hash >= 0x80000000 ? -weight : weight);
  };
  for (const [hash, { weight, count }] of featuresOf(text)) add(hash, weight * (1 + Math.log(count)));
  const norm = Math.hypot(...vector);
  if (norm > 1e-9) return vector.map((value) => value / norm);
  // Nothing to go by (no letters at all, or features that cancel out): the text itself is the one feature.
  vector.fill(0);
  add(hashText(text), 1);
  return vector;
}
