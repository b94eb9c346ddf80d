import { inverseDocumentFrequency, saturate, type CorpusStats } from './bm25';
import type { Neighbor } from './neighborhood';
import type { RankingQuery } from './query-planning';
import type { Analysis } from './text-analysis';

/** Per row, in the order of the rows. */
export interface TermScores {
  /** BM25 of the row's own words. */
  readonly own: Float64Array;
  /** BM25 over the row's words plus shares of its neighbours', saturated once: a turn speaks in its context. */
  readonly context: Float64Array;
  /** The same with words of the same everyday concepts in place of the question's. */
  readonly concepts: Float64Array;
  /** Share of the question's IDF mass that row and neighbours hold, 0 to 1. */
  readonly coverage: Float64Array;
}

interface Column {
  readonly idf: number;
  readonly related: boolean;
  readonly frequencies: Float64Array;
}

/** One column of term frequencies per term and one per term's concepts; each row's lexemes are looked up once. */
function columnsOf(query: RankingQuery, analyses: readonly Analysis[], stats: CorpusStats): Column[] {
  const columns: Column[] = [];
  const columnsByLexeme = new Map<string, Column[]>();
  const addColumn = (lexemes: readonly string[], weight: number, related: boolean): void => {
    // A concept is one term: its documents are those of its words, so broad concepts count for little.
    const frequency = lexemes.reduce((sum, lexeme) => sum + stats.documentFrequency(lexeme), 0);
    const idf = weight * inverseDocumentFrequency(stats, Math.min(frequency, stats.documents));
    const column = { idf, related, frequencies: new Float64Array(analyses.length) };
    columns.push(column);
    for (const lexeme of lexemes) columnsByLexeme.set(lexeme, [...(columnsByLexeme.get(lexeme) ?? []), column]);
  };
  for (const [lexeme, weight] of query.terms) {
    addColumn([lexeme], weight, false);
    const related = query.related.get(lexeme) ?? [];
    if (related.length > 0) addColumn(related, weight, true);
  }
  analyses.forEach(({ lexemes }, row) => {
    for (const [lexeme, positions] of lexemes) {
      for (const { frequencies } of columnsByLexeme.get(lexeme) ?? []) frequencies[row] = (frequencies[row] ?? 0) + positions.length;
    }
  });
  return columns;
}

/** BM25 with context propagation; `near` comes from `neighborhoods` over the same rows. */
export function scoreTerms(
  query: RankingQuery,
  analyses: readonly Analysis[],
  near: readonly (readonly Neighbor[])[],
  stats: CorpusStats,
): TermScores {
  const zeros = (): Float64Array => new Float64Array(analyses.length);
  const scores = { own: zeros(), context: zeros(), concepts: zeros(), coverage: zeros() };
  const add = (target: Float64Array, row: number, value: number): void => {
    target[row] = (target[row] ?? 0) + value;
  };
  const columns = columnsOf(query, analyses, stats);
  const mass = columns.reduce((sum, { idf, related }) => (related ? sum : sum + idf), 0);
  for (const { idf, related, frequencies } of columns) {
    analyses.forEach(({ length }, row) => {
      const around = (near[row] ?? []).reduce((sum, { index, share }) => sum + share * (frequencies[index] ?? 0), 0);
      if (around === 0) return;
      const bm25 = (frequency: number): number => idf * saturate(frequency, length, stats.averageLength);
      add(related ? scores.concepts : scores.context, row, bm25(around));
      if (related) return;
      add(scores.own, row, bm25(frequencies[row] ?? 0));
      add(scores.coverage, row, mass === 0 ? 0 : (idf * Math.min(1, around)) / mass);
    });
  }
  return scores;
}
