import type { RankingQuery } from './query-planning';
import { analyze } from './text-analysis';

/** Beyond this many UTF-16 units a text is not searched for its best passage. */
const MAX_SEARCHED = 100_000;
const RELATED_WEIGHT = 0.2;
const SENTENCE = /[^.!?。？！\n]+[.!?。？！\n]*|[.!?。？！\n]+/gu;
const CUT = '…';

function pieces(text: string, maxLength: number): string[] {
  return (text.match(SENTENCE) ?? []).flatMap((sentence) => {
    const parts: string[] = [];
    for (let start = 0; start < sentence.length; start += maxLength) parts.push(sentence.slice(start, start + maxLength));
    return parts;
  });
}

/** The most a passage may hold of the question: its terms once each, related words for less. */
function weigh(query: RankingQuery): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const words of query.related.values()) for (const word of words) weights.set(word, RELATED_WEIGHT);
  for (const [lexeme, weight] of query.terms) weights.set(lexeme, weight);
  return weights;
}

/**
 * A text cut to at most `maxLength` characters: the run of whole sentences that holds most of the question's words, the first of equals;
 * `…` marks a cut. A shorter text comes back unchanged.
 */
export function excerptAround(text: string, query: RankingQuery, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const room = Math.max(1, maxLength - 2 * CUT.length);
  const sentences = pieces(text.slice(0, MAX_SEARCHED), room);
  const weights = weigh(query);
  const scores = sentences.map((sentence) => [...analyze(sentence).lexemes.keys()].reduce((sum, lexeme) => sum + (weights.get(lexeme) ?? 0), 0));
  let best = { start: 0, end: 0, score: -1 };
  let start = 0;
  let length = 0;
  let score = 0;
  sentences.forEach((sentence, index) => {
    length += sentence.length;
    score += scores[index] ?? 0;
    for (; length > room; start += 1) {
      length -= sentences[start]?.length ?? 0;
      score -= scores[start] ?? 0;
    }
    // Floating-point sums drift by the last digit: only a real gain moves the window.
    if (score > best.score + 1e-9) best = { start, end: index + 1, score };
  });
  // The window that first holds the best words ends with them: what follows fits while there is room.
  let used = sentences.slice(best.start, best.end).join('').length;
  let end = best.end;
  while (end < sentences.length && used + (sentences[end]?.length ?? 0) <= room) used += sentences[end++]?.length ?? 0;
  const passage = sentences.slice(best.start, end).join('').toWellFormed().trim();
  const isCutAfter = end < sentences.length || text.length > MAX_SEARCHED;
  return `${best.start > 0 ? CUT : ''}${passage}${isCutAfter ? CUT : ''}`;
}
