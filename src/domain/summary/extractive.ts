import { sentencesOf } from '../extraction/offline/sentences';
import { analyze } from '../search/text-analysis';
import type { SummaryPoint } from './summary';
import type { SpokenTurn, Summarizer } from './summarizer';

const MAX_SENTENCE = 400;
/** Sentences of fewer words hardly say anything by themselves. */
const MIN_WORDS = 3;
const FIGURE = /\d/;
const NAME = /(?<=\S\s)\p{Lu}\p{L}+/u;
/** What was thought worth keeping before is, unless something better came. */
const KEPT_BONUS = 1.25;

interface Sentence {
  readonly point: SummaryPoint;
  readonly lexemes: readonly string[];
  readonly weight: number;
}

/** A sentence whose words are places in the list of how much each matters. */
interface Weighed {
  readonly point: SummaryPoint;
  readonly words: readonly number[];
  readonly weight: number;
}

/**
 * Chooses sentences without a model: those whose words the session comes back to, with figures and names, each bringing something that those
 * chosen before do not say. Questions and what tools gave out count little. Deterministic.
 */
export function createExtractiveSummarizer(): Summarizer {
  return {
    name: 'offline/extractive',
    async summarize({ before, turns, maxTokens, countTokens }) {
      const sentences = [
        ...before.map((point) => sentenceOf(point, KEPT_BONUS)),
        ...turns.flatMap((turn) => sentencesOf(turn.text).filter((text) => text.length <= MAX_SENTENCE).map((text) => spoken(turn, text))),
      ].filter(({ lexemes }) => lexemes.length >= MIN_WORDS);
      const { weighed, importance } = weigh(sentences);
      return inOrder(choose(weighed, importance, maxTokens, countTokens));
    },
  };
}

function weigh(sentences: readonly Sentence[]): { weighed: Weighed[]; importance: Float64Array } {
  const places = new Map<string, number>();
  const counts: number[] = [];
  const placeOf = (lexeme: string): number => {
    let place = places.get(lexeme);
    if (place === undefined) places.set(lexeme, place = counts.push(0) - 1);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  };
  const weighed = sentences.map(({ point, lexemes, weight }) => ({ point, words: lexemes.map(placeOf), weight }));
  return { weighed, importance: Float64Array.from(counts, (count) => Math.log(1 + count)) };
}

function choose(sentences: readonly Weighed[], importance: Float64Array, maxTokens: number, countTokens: (text: string) => number): SummaryPoint[] {
  const scoreOf = ({ words, weight }: Weighed): number => {
    let sum = 0;
    for (const word of words) sum += importance[word] ?? 0;
    return (weight * sum) / Math.sqrt(words.length + 4);
  };
  const chosen: SummaryPoint[] = [];
  let left = maxTokens;
  const open = new Set(sentences);
  // What is said is worth half to say again: the scores of the rest sink, so the best is looked for anew.
  while (open.size > 0) {
    let best: Weighed | null = null;
    let score = -1;
    for (const sentence of open) {
      const own = scoreOf(sentence);
      if (own > score) { best = sentence; score = own; }
    }
    if (best === null) break;
    open.delete(best);
    const cost = countTokens(`${best.point.text}\n`);
    if (cost > left) {
      if (left < 20) break;
      continue;
    }
    left -= cost;
    chosen.push(best.point);
    for (const word of best.words) importance[word] = (importance[word] ?? 0) / 2;
  }
  return chosen;
}

/** Who said it is no word of its own. */
const sentenceOf = (point: SummaryPoint, weight: number): Sentence => ({ point, weight, lexemes: [...analyze(point.text.replace(/^[^:]{1,60}: /u, '')).lexemes.keys()] });

function spoken({ seq, speaker, isTool, text: whole }: SpokenTurn, text: string): Sentence {
  const asks = /[?？]\s*$/u.test(text) && whole.length > text.length ? 0.5 : 1;
  const weight = asks * (isTool ? 0.4 : 1) * (FIGURE.test(text) ? 1.2 : 1) * (NAME.test(text) ? 1.1 : 1);
  return sentenceOf({ text: `${speaker}: ${text.replace(/\s+/gu, ' ').trim()}`, seqs: [seq] }, weight);
}

/** The same words twice are one point. */
function inOrder(points: readonly SummaryPoint[]): SummaryPoint[] {
  const byText = new Map<string, SummaryPoint>();
  const inTime = [...points].sort((a, b) => (a.seqs[0] ?? 0) - (b.seqs[0] ?? 0));
  for (const point of inTime) if (!byText.has(point.text)) byText.set(point.text, point);
  return [...byText.values()];
}
