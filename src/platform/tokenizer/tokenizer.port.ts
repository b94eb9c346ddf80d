/** Counts model tokens of a text; o200k_base unless the adapter says otherwise. */
export interface Tokenizer {
  readonly encoding: string;
  count(text: string): number;
  /** Counts the same; cheaper for texts that share lines, which it remembers without their marks (`[e1]`). */
  countParts(text: string): number;
}
