/** What a ranking knows of the whole corpus, usually from the tenant's lexicon. It may lag behind the rows. */
export interface CorpusStats {
  readonly documents: number;
  /** Mean document length in tokens. */
  readonly averageLength: number;
  /** Documents that hold the lexeme; 0 for an unknown one. */
  documentFrequency(lexeme: string): number;
}

/** Turns are short and a word rarely repeats in one: length counts for less than BM25's usual b = 0.75. */
export const BM25_K1 = 1.2;
export const BM25_B = 0.4;

/** Robertson–Spärck Jones weight as in Lucene: never negative, so a word in every document is merely worthless. */
export const inverseDocumentFrequency = (stats: CorpusStats, frequency: number): number =>
  Math.log(1 + (Math.max(stats.documents, frequency) - frequency + 0.5) / (frequency + 0.5));

/** BM25's saturated term frequency, 0 to k1 + 1. */
export const saturate = (frequency: number, length: number, averageLength: number): number =>
  (frequency * (BM25_K1 + 1)) / (frequency + BM25_K1 * (1 - BM25_B + (BM25_B * length) / Math.max(averageLength, 1)));
