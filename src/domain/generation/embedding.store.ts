import type { Actor } from '../../kernel/actor';

/** Which memories to look at: these, or all that a generation made or reworded. */
export type EmbeddingTarget = { readonly memoryIds: readonly string[] } | { readonly generationId: string };

export interface Unembedded {
  readonly memoryId: string;
  readonly fact: string;
}

export interface EmbeddingStore {
  /** Visible memories of the target without a vector of this model and their present words. */
  pending(actor: Actor, model: string, target: EmbeddingTarget, limit: number): Promise<Unembedded[]>;
  /** Vectors of these very texts that the model gave before; texts unknown to the cache are missing. */
  cached(actor: Actor, model: string, texts: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  remember(actor: Actor, model: string, vectors: ReadonlyMap<string, readonly number[]>): Promise<void>;
  /** Writes the vectors of memories that still say what was embedded. */
  put(actor: Actor, model: string, items: readonly (Unembedded & { readonly vector: readonly number[] })[]): Promise<void>;
  /** Forgets cached vectors older than `days`. @returns how many */
  sweepCache(actor: Actor, days: number, limit: number): Promise<number>;
}
