/** Shorter words have too many neighbours to guess from. */
const MIN_LENGTH = 4;
/** From this length two slips are forgiven, below it one. */
const LONG_WORD = 7;
const CORRECTIONS = 2;
const LETTERS = /^\p{L}+$/u;
/** Written as bigrams: a neighbour of two characters is another word, not a slip. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export const isCorrectable = (lexeme: string): boolean => lexeme.length >= MIN_LENGTH && LETTERS.test(lexeme) && !UNSPACED.test(lexeme);

export const slipsAllowed = (lexeme: string): number => (lexeme.length >= LONG_WORD ? 2 : 1);

/**
 * Optimal string alignment distance (Damerau–Levenshtein with adjacent transpositions, each letter edited once);
 * `max` + 1 for whatever exceeds `max`.
 */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) distance = Math.min(distance, (older[j - 2] ?? 0) + 1);
      current.push(distance);
      best = Math.min(best, distance);
    }
    if (best > max) return max + 1;
    older = previous;
    previous = current;
  }
  return Math.min(previous[b.length] ?? 0, max + 1);
}

/** The likeliest words meant, at most two: nearest first, then most frequent. */
export function correctionsOf(lexeme: string, known: ReadonlyMap<string, number>): string[] {
  const max = slipsAllowed(lexeme);
  return [...known]
    .map(([word, frequency]) => ({ word, frequency, distance: editDistance(lexeme, word, max) }))
    .filter(({ distance }) => distance > 0 && distance <= max)
    .sort((a, b) => a.distance - b.distance || b.frequency - a.frequency || (a.word < b.word ? -1 : 1))
    .slice(0, CORRECTIONS)
    .map(({ word }) => word);
}
