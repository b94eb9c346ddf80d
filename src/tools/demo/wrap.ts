import { displayWidth, graphemes, isWide, printable, takeColumns } from './display-width';

const CLOSING = /^[\p{Pe}\p{Pf}、。，．！？：；]/u;

/**
 * Lines of at most `width` columns, broken at spaces, between wide characters (never before their closing
 * punctuation), and inside a word only when it is longer than a line. Paragraphs (`\n`) stay apart.
 */
export const wrapText = (text: string, width: number): string[] =>
  text.split('\n').flatMap((paragraph) => wrapParagraph(printable(paragraph).trim(), Math.max(2, width)));

function wrapParagraph(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let space = line === '' ? '' : ' ';
    for (const piece of pieces(word).flatMap((whole) => chop(whole, width))) {
      if (line !== '' && displayWidth(line + space + piece) > width) {
        lines.push(line);
        line = piece;
      } else {
        line += space + piece;
      }
      space = '';
    }
  }
  return [...lines, line];
}

/** The parts of a word between which a line may break. */
function pieces(word: string): string[] {
  const parts: string[] = [];
  let joins = false;
  for (const grapheme of graphemes(word)) {
    const wide = isWide(grapheme);
    const last = parts.at(-1);
    if (last !== undefined && ((joins && !wide) || CLOSING.test(grapheme))) parts[parts.length - 1] = last + grapheme;
    else parts.push(grapheme);
    joins = !wide;
  }
  return parts;
}

function chop(piece: string, width: number): string[] {
  if (displayWidth(piece) <= width) return [piece];
  const head = takeColumns(piece, width);
  return head === '' ? [piece] : [head, ...chop(piece.slice(head.length), width)];
}
