import type { Meter } from '../llm/usage.port';

/** The name that stored vectors bear: only vectors of one model and one dimension can be compared. `openai/text-embedding-3-small@512` */
export const vectorSpaceOf = ({ model, dimension }: Pick<Embedder, 'model' | 'dimension'>): string => `${model}@${dimension}`;

export interface EmbedOptions {
  /** What the texts are for; some models want to be told. Default `document`. */
  readonly purpose?: 'document' | 'query';
  /** Told what each request took, where the provider counts. */
  readonly meter?: Meter | undefined;
}

/** Turns texts into vectors. Implementations: offline hashing, or a provider. */
export interface Embedder {
  /** `offline/hash-384`, `openai/text-embedding-3-small`. Vectors of different models are never compared. */
  readonly model: string;
  /** At most 1,536: a vector stays in one page. */
  readonly dimension: number;
  /** True when the vectors carry meaning: only then their arm counts in ranking. Offline hashing serves near-duplicates. */
  readonly semantic: boolean;
  /**
   * One vector per text, in order; batches are the adapter's business.
   * @throws GatewayError UNAVAILABLE when the provider cannot answer in time
   */
  embed(texts: readonly string[], signal: AbortSignal, options?: EmbedOptions): Promise<readonly (readonly number[])[]>;
  /** Frees what it holds (a thread); absent where it holds nothing. */
  close?(): Promise<void>;
}
