const segmenter = new Intl.Segmenter();
const ASCII = /^[ -~]*$/;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const HALF_WIDTH_KANA = /^[\uFF61-\uFFDC]/;
/** Unicode Standard Annex 11, classes W and F, by script; with emoji, which terminals draw two columns wide. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303E\u30FB\u30FC\uFF01-\uFF60\uFFE0-\uFFE6]|\uFE0F/u;
const UNPRINTABLE = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

/** What a reader takes for one character: a letter with its accents, an emoji with its modifiers. */
export const graphemes = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

export const isWide = (grapheme: string): boolean => WIDE.test(grapheme) && !HALF_WIDTH_KANA.test(grapheme);

/** Columns that a text without escape sequences takes in a terminal; Chinese, Japanese, Korean and emoji take two each. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

function graphemeWidth(grapheme: string): number {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  if (HALF_WIDTH_KANA.test(grapheme)) return grapheme.length; // its voicing mark has a column of its own
  return isWide(grapheme) ? 2 : 1;
}

/** The longest beginning of the text that fits into `width` columns. */
export function takeColumns(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme);
    if (used > width) return taken;
    taken += grapheme;
  }
  return taken;
}

/** At most `width` columns, with `…` at the end when something was cut. */
export const truncate = (text: string, width: number): string =>
  displayWidth(text) <= width ? text : `${takeColumns(text, width - 1).trimEnd()}${width > 0 ? '…' : ''}`;

/** Exactly `width` columns: cut or filled with spaces. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width);
  const fill = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return align === 'left' ? cut + fill : fill + cut;
}

/** One line without control characters: imported text must not move the cursor or turn the writing direction. */
export const printable = (text: string): string => text.replaceAll(UNPRINTABLE, ' ').replaceAll(/ {2,}/g, ' ');
