import { analyze } from '../search/text-analysis';
import type { Entry } from './lines';

/** So much of an entry's words in one other entry: it says nothing more. */
const COVERED = 0.9;
/** Fewer words are too few to tell. */
const MIN_WORDS = 3;

type Words = Iterable<string>;

/** Tells what says no more than something that is shown already, in whatever layer. */
export interface Shown {
  add(texts: readonly string[]): void;
  /** By distinct lexemes, as `wordsOf` gives them. */
  repeats(words: Words): boolean;
}

export const wordsOf = (text: string): Words => analyze(text).lexemes.keys();

export function createShown(): Shown {
  const shown: ReadonlySet<string>[] = [];
  return {
    add(texts) {
      for (const text of texts) shown.push(new Set(wordsOf(text)));
    },
    repeats(given) {
      const words = [...given];
      return words.length >= MIN_WORDS && shown.some((other) => covers(other, words));
    },
  };
}

/** Most pairs have little in common, which a few words tell. */
function covers(other: ReadonlySet<string>, words: readonly string[]): boolean {
  let missing = words.length - COVERED * words.length;
  for (const word of words) {
    if (!other.has(word)) missing -= 1;
    if (missing < 0) return false;
  }
  return true;
}

/** Entries in their order, without those that repeat what is shown or what came before them. `saidBy` gives what an entry says, without where it is from. */
export function withoutRepeated(entries: readonly Entry[], shown: Shown, saidBy: (entry: Entry) => string = ({ text }) => text): { readonly fresh: Entry[]; readonly repeated: Entry[] } {
  const fresh: Entry[] = [];
  const repeated: Entry[] = [];
  for (const entry of entries) {
    if (shown.repeats(wordsOf(saidBy(entry)))) repeated.push(entry);
    else {
      shown.add([entry.text]);
      fresh.push(entry);
    }
  }
  return { fresh, repeated };
}
