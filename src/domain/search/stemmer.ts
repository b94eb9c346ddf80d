/**
 * Porter2, the Snowball project's English stemmer (M. Porter, snowballstem.org/algorithms/english/stemmer.html).
 * Written out here so that both database engines index the same stems, whatever Snowball release they carry.
 */
const VOWEL = '[aeiouy]';
const CONSONANT = '[^aeiouy]';
/** `Y` marks a y that acts as a consonant, so the vowel class above never has to look around. */
const HAS_VOWEL = new RegExp(VOWEL);
const REGION = new RegExp(`^.*?${VOWEL}${CONSONANT}`);
const REGION_EXCEPTION = /^(?:gener|commun|arsen|past|univers|later|emerg|organ|inter)/;
const SHORT_SYLLABLE = new RegExp(`(?:${CONSONANT}${VOWEL}[^aeiouywxY]|^${VOWEL}${CONSONANT}|^past)$`);
const SHORT_Y = new RegExp(`^${CONSONANT}[yY]$`);
const FINAL_Y = new RegExp(`.${CONSONANT}[yY]$`);
const DOUBLE = /(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/;

const WHOLE_WORDS = new Map(
  Object.entries({
    skis: 'ski', skies: 'sky', idly: 'idl', gently: 'gentl', ugly: 'ugli', early: 'earli', only: 'onli', singly: 'singl',
    sky: 'sky', news: 'news', howe: 'howe', atlas: 'atlas', cosmos: 'cosmos', bias: 'bias', andes: 'andes',
  }),
);
const WHOLE_AFTER_PLURAL = new Set(['inning', 'outing', 'canning', 'herring', 'earring', 'evening', 'proceed', 'exceed', 'succeed']);

/** Longest suffix first; the suffix is replaced only when it lies in R1. */
const STEP_2: readonly (readonly [string, string])[] = [
  ['ational', 'ate'], ['ization', 'ize'], ['fulness', 'ful'], ['ousness', 'ous'], ['iveness', 'ive'], ['tional', 'tion'],
  ['biliti', 'ble'], ['lessli', 'less'], ['entli', 'ent'], ['ation', 'ate'], ['alism', 'al'], ['aliti', 'al'], ['ousli', 'ous'],
  ['iviti', 'ive'], ['fulli', 'ful'], ['ogist', 'og'], ['enci', 'ence'], ['anci', 'ance'], ['abli', 'able'], ['izer', 'ize'],
  ['ator', 'ate'], ['alli', 'al'], ['bli', 'ble'], ['ogi', 'og'], ['li', ''],
];
const STEP_3: readonly (readonly [string, string])[] = [
  ['ational', 'ate'], ['tional', 'tion'], ['alize', 'al'], ['icate', 'ic'], ['iciti', 'ic'], ['ative', ''], ['ical', 'ic'],
  ['ness', ''], ['ful', ''],
];
const STEP_4 = [
  'ement', 'ance', 'ence', 'able', 'ible', 'ment', 'ant', 'ent', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize', 'ion', 'al', 'er', 'ic',
];

const regionAfter = (word: string, from: number): number => {
  const match = REGION.exec(word.slice(from));
  return match === null ? word.length : from + match[0].length;
};

function removePlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1);
  if (/[us]s$/.test(word) || !word.endsWith('s')) return word;
  return HAS_VOWEL.test(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

function removePast(word: string, r1: number): string {
  const long = /eed(?:ly)?$/.exec(word);
  if (long !== null) return long.index >= r1 ? `${word.slice(0, long.index)}ee` : word;
  const ending = /(?:ed|ing)(?:ly)?$/.exec(word);
  if (ending === null) return word;
  const stem = word.slice(0, ending.index);
  if (ending[0].startsWith('ing') && SHORT_Y.test(stem)) return `${stem.slice(0, -1)}ie`;
  if (!HAS_VOWEL.test(stem)) return word;
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (DOUBLE.test(stem)) return /^[aeo]..$/.test(stem) ? stem : stem.slice(0, -1);
  return stem.length <= r1 && SHORT_SYLLABLE.test(stem) ? `${stem}e` : stem;
}

function replaceSuffix(word: string, r1: number, r2: number, table: readonly (readonly [string, string])[]): string {
  const entry = table.find(([suffix]) => word.endsWith(suffix));
  if (entry === undefined) return word;
  const [suffix, replacement] = entry;
  const start = word.length - suffix.length;
  if (start < r1) return word;
  const before = word.charAt(start - 1);
  if (suffix === 'ogi' && before !== 'l') return word;
  if (suffix === 'li' && !'cdeghkmnrt'.includes(before)) return word;
  if (suffix === 'ative' && start < r2) return word;
  return word.slice(0, start) + replacement;
}

function removeSuffix(word: string, r2: number): string {
  const suffix = STEP_4.find((candidate) => word.endsWith(candidate));
  if (suffix === undefined) return word;
  const start = word.length - suffix.length;
  if (start < r2 || (suffix === 'ion' && !'st'.includes(word.charAt(start - 1)))) return word;
  return word.slice(0, start);
}

function removeFinal(word: string, r1: number, r2: number): string {
  const start = word.length - 1;
  if (word.endsWith('e')) {
    const removable = start >= r2 || (start >= r1 && !SHORT_SYLLABLE.test(word.slice(0, -1)));
    return removable ? word.slice(0, -1) : word;
  }
  return word.endsWith('ll') && start >= r2 ? word.slice(0, -1) : word;
}

/** The stem of one lower-case word of the letters a to z, without apostrophes; words of one or two letters stay as they are. */
export function stemEnglish(input: string): string {
  if (input.length <= 2) return input;
  const whole = WHOLE_WORDS.get(input);
  if (whole !== undefined) return whole;
  let word = input.includes('y') ? input.replace(/^y|(?<=[aeiouy])y/g, 'Y') : input;
  const exception = REGION_EXCEPTION.exec(word);
  const r1 = exception === null ? regionAfter(word, 0) : exception[0].length;
  const r2 = regionAfter(word, r1);
  word = removePlural(word);
  if (WHOLE_AFTER_PLURAL.has(word)) return word;
  word = removePast(word, r1);
  if (FINAL_Y.test(word)) word = `${word.slice(0, -1)}i`;
  word = replaceSuffix(word, r1, r2, STEP_2);
  word = replaceSuffix(word, r1, r2, STEP_3);
  word = removeSuffix(word, r2);
  return removeFinal(word, r1, r2).toLowerCase();
}
