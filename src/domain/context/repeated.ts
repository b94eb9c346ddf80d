import { analyze } from '../search/text-analysis';
import type { Entry } from './lines';

/** So much of an entry's words in one other entry: it says nothing more. */
const COVERED = 0.9;
/** Fewer words are too few to tell. */
const MIN_WORDS = 3;

/** Tells what says no more than something that is shown already, in whatever layer. */
export interface Shown {
  add(texts: readonly string[]): void;
  repeats(text: string): boolean;
}

export function createShown(): Shown {
  const shown: ReadonlySet<string>[] = [];
  const wordsOf = (text: string): Set<string> => new Set(analyze(text).lexemes.keys());
  return {
    add(texts) {
      for (const text of texts) shown.push(wordsOf(text));
    },
    repeats(text) {
      const words = [...wordsOf(text)];
      return words.length >= MIN_WORDS && shown.some((other) => words.filter((word) => other.has(word)).length >= COVERED * words.length);
    },
  };
}

/** Entries in their order, without those that repeat what is shown or what came before them. `saidBy` gives what an entry says, without where it is from. */
export function withoutRepeated(entries: readonly Entry[], shown: Shown, saidBy: (entry: Entry) => string = ({ text }) => text): { readonly fresh: Entry[]; readonly repeated: Entry[] } {
  const fresh: Entry[] = [];
  const repeated: Entry[] = [];
  for (const entry of entries) {
    if (shown.repeats(saidBy(entry))) repeated.push(entry);
    else {
      shown.add([entry.text]);
      fresh.push(entry);
    }
  }
  return { fresh, repeated };
}
