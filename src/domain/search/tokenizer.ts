import { BASE_FORMS } from './irregular-forms';
import { stemEnglish } from './stemmer';
import { foldText, isAscii } from './text-folding';

/** Longer tokens (keys, base64) are cut, on both sides alike, so that they still match. In UTF-16 units, at most 192 bytes. */
const MAX_TOKEN_LENGTH = 64;
/** Scripts written without spaces, and Hangul, whose particles stick to their words. ー lengthens a kana, 々 repeats a Han. */
const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々';
/** Number, sign, word, run without spaces. */
const TOKEN = new RegExp(
  [
    '(\\d+(?:[.,]\\d+)*)(?![\\p{L}\\p{N}])',
    '([a-z](?:\\+\\+|#))(?![\\p{L}\\p{N}])',
    `((?:(?![${UNSPACED}])[\\p{L}\\p{N}])(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}]|'(?=\\p{L}))*)`,
    `([${UNSPACED}]+)`,
  ].join('|'),
  'gu',
);
/** The same where there is nothing but ASCII, as in most text: Unicode's classes cost several times as much. */
const PLAIN_TOKEN = /(\d+(?:[.,]\d+)*)(?![a-z0-9])|([a-z](?:\+\+|#))(?![a-z0-9])|([a-z0-9](?:[a-z0-9]|'(?=[a-z]))*)/g;
const ELISION = /^(?:[ldjmtsnc]|qu)'(?=\p{L}{3})/u;

function* bigrams(run: string): Generator<string> {
  const characters = Array.from(run);
  if (characters.length === 1) yield run;
  for (let index = 1; index < characters.length; index += 1) yield `${characters[index - 1] ?? ''}${characters[index] ?? ''}`;
}

function numbers(text: string): string[] {
  if (/^\d{1,3}(?:,\d{3})+$/.test(text)) return [text.replaceAll(',', '')];
  return text.split(',').map((part) => part.replace(/^0+(?=\d)/, ''));
}

/** Few words make up most text, so stems are remembered; emptied when full, which bounds it at a few megabytes. */
const stems = new Map<string, string>();
const MAX_REMEMBERED = 20_000;

/** The lexeme of one folded word: its base form's stem when it is written in a to z, else the word. */
export function stemWord(plain: string): string {
  const known = stems.get(plain);
  if (known !== undefined) return known;
  const stem = /^[a-z]+$/.test(plain) ? stemEnglish(BASE_FORMS.get(plain) ?? plain) : plain;
  if (stems.size >= MAX_REMEMBERED) stems.clear();
  stems.set(plain, stem);
  return stem;
}

function word(text: string): string {
  const known = stems.get(text);
  if (known !== undefined) return known;
  const plain = text.replace(ELISION, '').replace(/'s$/, '').replaceAll("'", '');
  const ordinal = /^0*(\d+)(?:st|nd|rd|th)$/.exec(plain);
  if (ordinal?.[1] !== undefined) return ordinal[1];
  return stemWord(plain);
}

export interface Token {
  /** What is indexed: the stem, the number, the bigram. */
  readonly lexeme: string;
  /** The folded word before stemming, without a possessive and apostrophes. */
  readonly surface: string;
}

/** Words of a text in order; CJK and Thai runs come as overlapping bigrams, a lone character as itself. */
export function* tokens(text: string): Generator<Token> {
  const folded = foldText(text);
  for (const [, number, sign, own, unspaced] of folded.matchAll(isAscii(folded) ? PLAIN_TOKEN : TOKEN)) {
    if (own !== undefined) {
      const surface = own.length <= MAX_TOKEN_LENGTH ? own : own.slice(0, MAX_TOKEN_LENGTH).toWellFormed();
      yield { lexeme: word(surface), surface: surface.includes("'") ? surface.replace(/'s$/, '').replaceAll("'", '') : surface };
    } else if (unspaced !== undefined) {
      for (const pair of bigrams(unspaced)) yield { lexeme: pair, surface: pair };
    } else if (number !== undefined) {
      for (const part of numbers(number.slice(0, MAX_TOKEN_LENGTH))) yield { lexeme: part, surface: part };
    } else if (sign !== undefined) {
      yield { lexeme: sign, surface: sign };
    }
  }
}
