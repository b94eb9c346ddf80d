/** Counts model tokens of a text; o200k_base unless the adapter says otherwise. */
export interface Tokenizer {
  readonly encoding: string;
  count(text: string): number;
}
