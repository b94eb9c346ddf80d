import { ownText } from '../../kernel/own-text';
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

function bigrams(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return [run];
  return characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}

function numbers(text: string): string[] {
  if (!text.includes(',')) return [withoutZeros(text)];
  if (/^\d{1,3}(?:,\d{3})+$/.test(text)) return [text.replaceAll(',', '')];
  return text.split(',').map(withoutZeros);
}

const withoutZeros = (part: string): string => (part.startsWith('0') ? part.replace(/^0+(?=\d)/, '') : part);

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

/** The same of words as they stand in a text, apostrophes and all. */
const words = new Map<string, Token>();

function word(found: string): Token {
  const known = words.get(found);
  if (known !== undefined) return known;
  const text = ownText(found.length <= MAX_TOKEN_LENGTH ? found : found.slice(0, MAX_TOKEN_LENGTH).toWellFormed());
  const plain = text.replace(ELISION, '').replace(/'s$/, '').replaceAll("'", '');
  const ordinal = /^0*(\d+)(?:st|nd|rd|th)$/.exec(plain)?.[1];
  const token = { lexeme: ordinal ?? stemWord(plain), surface: text.replace(/'s$/, '').replaceAll("'", '') };
  if (found.length > MAX_TOKEN_LENGTH) return token;
  if (words.size >= MAX_REMEMBERED) words.clear();
  words.set(text, token);
  return token;
}

export interface Token {
  /** What is indexed: the stem, the number, the bigram. */
  readonly lexeme: string;
  /** The folded word before stemming, without a possessive and apostrophes. */
  readonly surface: string;
}

/** Words of a text in order, the first `most` and seldom more; CJK and Thai runs come as overlapping bigrams, a lone character as itself. */
export function tokens(text: string, most = Infinity): Token[] {
  const folded = foldText(text);
  const found: Token[] = [];
  if (isAscii(folded)) {
    takePlain(folded, most, found);
    return found;
  }
  for (const match of folded.matchAll(TOKEN)) {
    take(match, found);
    if (found.length >= most) break;
  }
  return found;
}

/** What `PLAIN_TOKEN` finds; words and numbers that no sign follows, most of a text, are found without it. */
function takePlain(text: string, most: number, found: Token[]): void {
  let at = 0;
  while (at < text.length && found.length < most) {
    const first = text.charCodeAt(at);
    if (!isWordCode(first)) { at += 1; continue; }
    const isNumber = isDigitCode(first);
    let end = at + 1;
    while (end < text.length && (isNumber ? isDigitCode(text.charCodeAt(end)) : isWordCode(text.charCodeAt(end)))) end += 1;
    if (end === text.length || text.charCodeAt(end) === SPACE) {
      const part = text.slice(at, end);
      if (isNumber) takeNumber(part, found);
      else found.push(word(part));
    } else {
      PLAIN_TOKEN.lastIndex = at;
      const match = PLAIN_TOKEN.exec(text);
      if (match === null) return;
      take(match, found);
      end = PLAIN_TOKEN.lastIndex;
    }
    at = end;
  }
}

const SPACE = 32;
const isDigitCode = (code: number): boolean => code >= 48 && code <= 57;
const isWordCode = (code: number): boolean => (code >= 97 && code <= 122) || isDigitCode(code);

function take([, number, sign, own, unspaced]: RegExpMatchArray, found: Token[]): void {
  if (own !== undefined) found.push(word(own));
  else if (unspaced !== undefined) for (const pair of bigrams(unspaced)) found.push({ lexeme: pair, surface: pair });
  else if (number !== undefined) takeNumber(number, found);
  else if (sign !== undefined) found.push({ lexeme: sign, surface: sign });
}

function takeNumber(number: string, found: Token[]): void {
  for (const part of numbers(number.slice(0, MAX_TOKEN_LENGTH))) found.push({ lexeme: part, surface: part });
}
