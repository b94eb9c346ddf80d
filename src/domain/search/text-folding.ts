/** Longer texts are cut: positions run out long before. */
const MAX_FOLDED_LENGTH = 1_000_000;
/** Letters that Unicode does not decompose but readers take for their base letters. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', ς: 'σ', ø: 'o', đ: 'd', ð: 'd', ł: 'l', æ: 'ae', œ: 'oe', þ: 'th', ı: 'i', ħ: 'h', ŧ: 't', ё: 'е', '’': "'", '‘': "'", 'ʼ': "'", '`': "'",
};
const UNDECOMPOSED = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');
/** Accents only: a vowel sign of Hindi or Thai and the voicing mark of kana are part of the word. */
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u20e3]/gu;

export const isAscii = (text: string): boolean => !/[\u0080-\uffff]/.test(text);

/**
 * NFKC, case and accents folded: “ＣＡＦÉ” and “café” become “cafe”. Bounded at a million UTF-16 units. Plain ASCII needs no folding but case;
 * most text is, and the long way costs ten times as much.
 */
export function foldText(text: string): string {
  const bounded = text.slice(0, MAX_FOLDED_LENGTH);
  if (isAscii(bounded) && !bounded.includes('`')) return bounded.toLowerCase();
  return bounded
    .normalize('NFKD')
    .toLowerCase()
    .replace(INVISIBLE, '')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .replace(UNDECOMPOSED, (letter) => LETTERS[letter] ?? letter);
}

const MEANINGFUL =
  /(?<![\p{L}\p{N}])[-\u2212]\d+(?:[.:/]\d+)*%?|\d+(?:[.:/]\d+)+%?|\d+%|[\p{L}\p{N}\p{M}]+[+#]*|[$€£¥°&]/gu;

/**
 * The canonical form under which two facts count as the same: case, accents, punctuation and white space folded.
 * Signs that carry meaning stay (`c++` is not `c`, `3.5` is not `35`, `-5` is not `5`).
 */
export function normalizeText(text: string): string {
  const joined = foldText(text)
    .replace(/(?<=[\p{L}\p{N}])'(?=\p{L})/gu, '')
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '');
  return (joined.match(MEANINGFUL) ?? []).join(' ').replaceAll('\u2212', '-');
}
