/** Counts model tokens of a text; o200k_base unless the adapter says otherwise. */
export interface Tokenizer {
  readonly encoding: string;
  count(text: string): number;
  /** Counts the same for texts that share lines: it remembers them, without their marks (`[e1]`), for as long as it is held. */
  counter(): (text: string) => number;
}
