import MarkdownIt from 'markdown-it';
import type { DocumentFormat } from './document';

/** A piece of the content: UTF-16 units, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A heading, a paragraph of running text, or a block that is better kept whole: code, a list, a table, a quotation. */
export type Block =
  | (Range & { readonly kind: 'heading'; readonly level: number; readonly title: string })
  | (Range & { readonly kind: 'paragraph' })
  /** `parts` are where it may be cut: list items, or lines. */
  | (Range & { readonly kind: 'whole'; readonly parts: readonly Range[] });

const LINE = /\r\n?|\n/g;
const FRONT_MATTER = /^\uFEFF?---[ \t]*(?:\r\n?|\n)(?:[^\r\n]*(?:\r\n?|\n)){0,200}?---[ \t]*(?:\r\n?|\n|$)/;
const MAX_HEADING = 200;

// Only the structure of blocks is read, which is linear; inline text is not parsed but in headings.
const blockParser = new MarkdownIt('default', { html: true });
blockParser.core.ruler.enableOnly(['normalize', 'block']);
const inlineParser = new MarkdownIt('default');

/** The content’s blocks in their order; between them are white space, rules and definitions of links. */
export const blocksOf = (format: DocumentFormat, content: string): Block[] => (format === 'MARKDOWN' ? markdownBlocks(content) : textBlocks(content));

function markdownBlocks(content: string): Block[] {
  const front = FRONT_MATTER.exec(content)?.[0].length ?? 0;
  const starts = lineStarts(content, front);
  const rangeOf = ([from, to]: readonly [number, number]): Range => trimmed(content, starts[from] ?? content.length, starts[to] ?? content.length);
  const blocks: Block[] = front === 0 ? [] : [{ kind: 'whole', ...trimmed(content, 0, front), parts: linesOf(content, trimmed(content, 0, front)) }];
  const tokens = blockParser.parse(content.slice(front), {});
  tokens.forEach((token, index) => {
    if (token.level !== 0 || token.map === null || token.nesting < 0) return;
    const range = rangeOf(token.map);
    if (range.start === range.end) return;
    if (token.type === 'heading_open') blocks.push({ kind: 'heading', ...range, level: Number(token.tag.slice(1)), title: plainText(tokens[index + 1]?.content ?? '') });
    else if (token.type === 'paragraph_open') blocks.push({ kind: 'paragraph', ...range });
    else if (/^(?:bullet|ordered)_list_open$/.test(token.type)) {
      const items: Range[] = [];
      for (const item of tokens.slice(index + 1)) {
        if (item.level === 0) break;
        if (item.level === 1 && item.type === 'list_item_open' && item.map !== null) items.push(rangeOf(item.map));
      }
      blocks.push({ kind: 'whole', ...range, parts: items });
    } else if (token.type !== 'hr') blocks.push({ kind: 'whole', ...range, parts: linesOf(content, range) });
  });
  return blocks;
}

/** Paragraphs stand between empty lines. */
function textBlocks(content: string): Block[] {
  const blocks: Block[] = [];
  for (const { 0: text, index } of content.matchAll(/(?:[^\r\n]*\S[^\r\n]*(?:\r\n?|\n|$))+/g)) {
    blocks.push({ kind: 'paragraph', ...trimmed(content, index, index + text.length) });
  }
  return blocks;
}

/** Where each line begins, as the parser counts them, and the end. */
function lineStarts(content: string, from: number): number[] {
  const starts = [from];
  LINE.lastIndex = from;
  for (let found = LINE.exec(content); found !== null; found = LINE.exec(content)) starts.push(found.index + found[0].length);
  return starts;
}

/** Lines that hold something. */
function linesOf(content: string, { start, end }: Range): Range[] {
  const starts = lineStarts(content.slice(0, end), start);
  return starts.map((from, index) => trimmed(content, from, starts[index + 1] ?? end, /\s/u.test(content[from] ?? '') ? 'end' : 'both')).filter((line) => line.end > line.start);
}

/** Without white space around; `end` leaves the indentation of a line, which is part of code. */
function trimmed(content: string, start: number, end: number, sides: 'both' | 'end' = 'both'): Range {
  let [from, to] = [start, end];
  while (to > from && /\s/u.test(content[to - 1] ?? '')) to -= 1;
  if (sides === 'both') while (from < to && /[\s\uFEFF]/u.test(content[from] ?? '')) from += 1;
  return { start: from, end: to };
}

/** A heading without its marks: `Use **both** [keys](/keys)` is “Use both keys”. */
function plainText(inline: string): string {
  const [token] = inlineParser.parseInline(inline.slice(0, MAX_HEADING), {});
  const text = (token?.children ?? []).map((child) => (child.type === 'softbreak' || child.type === 'hardbreak' ? ' ' : child.content)).join('');
  return text.replace(/\s+/gu, ' ').trim().toWellFormed();
}
