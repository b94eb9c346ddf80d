import { createRequire } from 'node:module';
import type * as O200kBase from 'gpt-tokenizer/encoding/o200k_base';
import { ownText } from '../../kernel/own-text';
import type { Tokenizer } from './tokenizer.port';

/** Runs up to this length go to the encoder whole. Its cost grows with the square of a run: 14,000 Thai letters in one run took 870 ms. */
const LONGEST_RUN = 128;
const LONG_RUN = new RegExp(`\\S{${LONGEST_RUN},}|\\s{${LONGEST_RUN},}`, 'g');
/** No token reaches over a line's end to what begins like this, nor from a mark (`[e1]`) to the word after it. */
const PART_START = /(?<=\n)(?=[^\s/])|(?<=\])(?= \S)/;
const PIECE = new RegExp(`[\\s\\S]{1,${LONGEST_RUN}}`, 'gu');
/** Parts that are remembered, of so many characters at most: what stands in one context block often stands in the next. */
const [MAX_PARTS, MAX_PART] = [20_000, 500];
/** Distinct words whose merges stay cached; the package's own default is 100,000. */
const MERGE_CACHE = 50_000;

/**
 * Counts o200k_base tokens. Words like `<|endoftext|>` in a text are text. Runs without spaces (or of nothing but spaces)
 * longer than 128 characters are counted in pieces: linear time for any input (a million characters take 0.04 to 1.8 s), and
 * an upper-bound approximation, about one token too many per cut; endless repetition is overcounted more.
 * Lines are remembered without their marks (`[e1]`), so texts that share lines are cheap to count again.
 * The vocabulary (about 120 ms, 70 MB) is loaded by the first count.
 */
export function createO200kTokenizer(): Tokenizer {
  let loaded: ((text: string) => number) | null = null;
  const countPart = (part: string): number => {
    loaded ??= loadCounter();
    return countRuns(part, loaded);
  };
  const parts = new Map<string, number>();
  const remembered = (part: string): number => {
    const known = parts.get(part);
    if (known !== undefined) return known;
    const tokens = countPart(part);
    if (part.length <= MAX_PART) {
      if (parts.size >= MAX_PARTS) parts.clear(); // looking for the oldest walks over those deleted before it
      parts.set(ownText(part), tokens);
    }
    return tokens;
  };
  return {
    count: (text) => text.split(PART_START).reduce((sum, part) => sum + remembered(part), 0),
  };
}

/** A text's tokens by the encoder's `count`, which gets long runs in pieces. */
export function countRuns(text: string, count: (piece: string) => number): number {
  let tokens = 0;
  let end = 0;
  for (const { 0: long, index } of text.matchAll(LONG_RUN)) {
    tokens += count(text.slice(end, index));
    for (const piece of long.match(PIECE) ?? []) tokens += count(piece);
    end = index + long.length;
  }
  return tokens + count(text.slice(end));
}

function loadCounter(): (text: string) => number {
  // Synchronous because counting is; one encoding only, since the package's main entry loads model and price tables too.
  const encoding = createRequire(__filename)('gpt-tokenizer/encoding/o200k_base') as typeof O200kBase;
  encoding.setMergeCacheSize(MERGE_CACHE);
  const asText = { disallowedSpecial: new Set<string>() };
  return (text) => (text === '' ? 0 : encoding.countTokens(text, asText));
}
