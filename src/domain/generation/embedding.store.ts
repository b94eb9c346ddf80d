import type { Actor } from '../../kernel/actor';

/** Which memories to look at: these, or all that a generation made or reworded. */
export type EmbeddingTarget = { readonly memoryIds: readonly string[] } | { readonly generationId: string };

export interface Unembedded {
  readonly memoryId: string;
  readonly fact: string;
}

/** `space` is the embedder's model with its dimension, as `vectorSpaceOf` names it. */
export interface EmbeddingStore {
  /** Visible memories of the target without a vector of this space and their present words. */
  pending(actor: Actor, space: string, target: EmbeddingTarget, limit: number): Promise<Unembedded[]>;
  /** Ids of active memories, settled for a minute, without a vector of this space and their present words; the newest have a job of their own. */
  lacking(actor: Actor, space: string, limit: number): Promise<string[]>;
  /** Whether a job that catches up waits or runs. Locks out other callers for the tenant until the transaction ends: only one finds that there is none. */
  isCatchingUp(actor: Actor): Promise<boolean>;
  /** Vectors of these very texts that the embedder gave before; texts unknown to the cache are missing. */
  cached(actor: Actor, space: string, texts: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  remember(actor: Actor, space: string, vectors: ReadonlyMap<string, readonly number[]>): Promise<void>;
  /** Writes the vectors of memories that still say what was embedded. */
  put(actor: Actor, space: string, items: readonly (Unembedded & { readonly vector: readonly number[] })[]): Promise<void>;
  /** Forgets cached vectors older than `days`. @returns how many */
  sweepCache(actor: Actor, days: number, limit: number): Promise<number>;
}
