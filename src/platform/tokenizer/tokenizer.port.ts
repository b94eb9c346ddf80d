/** Counts model tokens of a text. */
export interface Tokenizer {
  count(text: string): number;
}
