import { STOP_WORDS } from '../../search/stop-words';
import { stemWord, tokens } from '../../search/tokenizer';

/** The content of a sentence, as far as rules compare it. */
export interface Saying {
  /** Stems of its content words in order of first appearance, synonyms folded. */
  readonly words: readonly string[];
  /** Numbers, months, weekdays: sentences that differ here speak of different things. */
  readonly exact: ReadonlySet<string>;
  readonly negated: boolean;
}

const stemsOf = (text: string): string[] => text.split(/\s+/).map((word) => stemWord(word));

const NEGATIONS = new Set(
  `not no never none neither nor without cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt shouldnt couldnt hasnt havent hadnt`.split(' '),
);
const EXACT = new Set(stemsOf(
  `january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
   one two three four five six seven eight nine ten eleven twelve first second third fourth fifth half twice double daily weekly monthly yearly
   morning afternoon evening night spring summer autumn fall winter`.trim(),
));
/** Words that add feeling or emphasis, not fact. */
const SOFT = new Set(stemsOf(
  'really very truly absolutely totally definitely especially particularly actually simply currently now still also already always just quite so much lot again anymore every each usually',
));
/** Lines of words that say the same of a person; the first stands for all. */
const SYNONYMS = new Map(
  ['like love enjoy adore fond', 'live lives reside', 'buy purchase', 'start begin', 'child kid', 'work employ', 'move relocate', 'film movie', 'big large huge', 'small little tiny']
    .flatMap((line) => {
      const [head = '', ...others] = stemsOf(line);
      return others.map((other) => [other, head] as const);
    }),
);

/** The day on which a present state was told, which extraction notes, is no part of what is told: “(as of 2 January 2024)”. */
const TOLD_ON = /\s*\(as of [^()]*\)/giu;
/** What ended is not so: “no longer plays”, “does not play any more”, “stopped playing”. */
const ENDED: readonly (readonly [RegExp, string])[] = [
  [/\bno longer\b/giu, 'not'], [/\bany more\b/giu, ''], [/\b(?:quit|left|lost) (?:my|their|his|her) job (?=(?:at|with|for)\b)/giu, 'not works '],
  [/\b(?:stopped|quit|gave up|has stopped|has quit|has given up) (?=\p{L}+ing\b)/giu, 'not '],
];
const plain = (text: string): string => ENDED.reduce((said, [ended, not]) => said.replace(ended, not), text.replace(TOLD_ON, ''));

export function sayingOf(text: string): Saying {
  const words = new Set<string>();
  const exact = new Set<string>();
  let negated = false;
  for (const { lexeme, surface } of tokens(plain(text))) {
    if (NEGATIONS.has(surface)) negated = !negated;
    else if (/\d/.test(lexeme) || EXACT.has(lexeme)) exact.add(lexeme);
    else if (lexeme !== '' && !STOP_WORDS.has(surface) && !SOFT.has(lexeme)) words.add(SYNONYMS.get(lexeme) ?? lexeme);
  }
  return { words: [...words], exact, negated };
}

/** How one saying stands to another: the same, more (all of the other and something beside), less, the opposite, or unrelated. */
export type Likeness = 'same' | 'more' | 'less' | 'opposite' | 'other';

/** Least share of the words of both that is common: below it, what one sentence adds is a subject of its own. */
const MIN_JACCARD = 0.5;
const MIN_WORDS = 2;

/**
 * Deliberately strict: two sentences that each have a word of their own are different (“likes red wine”, “likes white wine”),
 * and so are those whose common words come in another order (“Ann called Bob”, “Bob called Ann”).
 */
export function likeness(one: Saying, other: Saying): Likeness {
  const [mine, theirs] = [new Set(one.words), new Set(other.words)];
  const shared = one.words.filter((word) => theirs.has(word));
  const sharedInTheirOrder = other.words.filter((word) => mine.has(word));
  const union = mine.size + theirs.size - shared.length;
  if (!comparable(one, other) || shared.some((word, index) => word !== sharedInTheirOrder[index])) return 'other';
  if (Math.min(mine.size, theirs.size) < MIN_WORDS || shared.length / union < MIN_JACCARD) return 'other';
  if (shared.length === union) return one.negated === other.negated ? 'same' : 'opposite';
  if (one.negated !== other.negated) return 'other';
  if (shared.length === theirs.size) return 'more';
  return shared.length === mine.size ? 'less' : 'other';
}

/** The same numbers, dates and times; what is denied altogether is denied for each of them: no coffee is no coffee in the morning. */
function comparable(one: Saying, other: Saying): boolean {
  if (one.negated === other.negated) return sameSet(one.exact, other.exact);
  const [denied, held] = one.negated ? [one, other] : [other, one];
  return [...denied.exact].every((item) => held.exact.has(item));
}

export const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && [...a].every((item) => b.has(item));
