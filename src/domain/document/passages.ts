import { setImmediate as breathe } from 'node:timers/promises';
import { blocksOf, type Block, type Range } from './blocks';
import type { DocumentFormat } from './document';

export interface CutPassage extends Range {
  readonly headings: readonly string[];
  readonly text: string;
  readonly tokens: number;
}

/** Tokens of a passage at most: what an embedder sees as one thought, and what a context block has room for. */
export const MAX_PASSAGE_TOKENS = 400;
/** Of a paragraph that is cut, what the next passage repeats. */
export const OVERLAP_TOKENS = 40;
/** No text of this many UTF-16 units takes more than the tokens of a passage: a unit is at most three bytes, a byte at most one token. */
const SAFE_LENGTH = 128;
/** Of a heading, what each passage below it repeats; in UTF-16 units. */
const MAX_TITLE = 200;
/** Other requests get their turn this often. */
const BREATH_MS = 15;

const SENTENCES = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** A piece that is not cut any further, with where it may be joined to the next. */
interface Piece extends Range {
  readonly tokens: number;
}

/**
 * Cuts a content along its structure: a passage never crosses a heading; paragraphs, code blocks, lists and tables stay whole where they fit,
 * and are else cut at sentences, lines or items. Deterministic; linear in the content, and gives way to other work in between.
 */
export async function cutPassages(format: DocumentFormat, content: string, countTokens: (text: string) => number): Promise<CutPassage[]> {
  const passages: CutPassage[] = [];
  const headings: { level: number; title: string }[] = [];
  let open: Piece[] = [];
  /** A heading under which nothing has come yet. */
  let bare: Extract<Block, { kind: 'heading' }> | null = null;
  let since = performance.now();
  const count = ({ start, end }: Range): number => countTokens(content.slice(start, end));
  const emit = (range: Range): void => {
    const text = content.slice(range.start, range.end);
    passages.push({ start: range.start, end: range.end, headings: headings.map(({ title }) => title), text, tokens: countTokens(text) });
  };
  const emitBare = async (heading: Block): Promise<void> => {
    if (count(heading) <= MAX_PASSAGE_TOKENS) emit(heading);
    else for await (const run of pieces(heading, content, count)) emit(run);
  };
  const flush = (): void => {
    for (const run of runsOf(open, 0, count)) emit(run);
    open = [];
  };

  for (const block of blocksOf(format, content)) {
    if (performance.now() - since > BREATH_MS) {
      await breathe();
      since = performance.now();
    }
    if (block.kind === 'heading') {
      flush();
      if (bare !== null && bare.level >= block.level) await emitBare(bare);
      while ((headings.at(-1)?.level ?? 0) >= block.level) headings.pop();
      if (block.title !== '') headings.push({ level: block.level, title: block.title.slice(0, MAX_TITLE).toWellFormed() });
      bare = block;
      continue;
    }
    bare = null;
    const tokens = count(block);
    if (tokens <= MAX_PASSAGE_TOKENS) {
      open.push({ ...block, tokens });
      continue;
    }
    flush();
    for await (const run of pieces(block, content, count)) emit(run);
  }
  flush();
  if (bare !== null) await emitBare(bare);
  return passages;
}

/** The passages of a block that is too large for one. */
async function* pieces(block: Block, content: string, count: (range: Range) => number): AsyncGenerator<Range> {
  let parts: Piece[] = [];
  let since = performance.now();
  const isProse = block.kind !== 'whole';
  for (const part of block.kind === 'whole' && block.parts.length > 0 ? block.parts : [block]) {
    if (performance.now() - since > BREATH_MS) {
      await breathe();
      since = performance.now();
    }
    const tokens = part === block ? Infinity : count(part);
    if (tokens <= MAX_PASSAGE_TOKENS) parts.push({ ...part, tokens });
    else {
      yield* runsOf(parts, 0, count);
      parts = [];
      yield* runsOf(await sentences(part, content, count), isProse ? OVERLAP_TOKENS : 0, count);
    }
  }
  yield* runsOf(parts, 0, count);
}

/** Sentences, those too long for a passage in pieces that surely fit, cut at white space where there is some. */
async function sentences({ start, end }: Range, content: string, count: (range: Range) => number): Promise<Piece[]> {
  const found: Piece[] = [];
  let since = performance.now();
  for (const { segment, index } of SENTENCES.segment(content.slice(start, end))) {
    if (performance.now() - since > BREATH_MS) {
      await breathe();
      since = performance.now();
    }
    const range = { start: start + index, end: start + index + segment.length };
    const tokens = segment.length <= SAFE_LENGTH * 8 ? count(range) : Infinity;
    if (tokens <= MAX_PASSAGE_TOKENS) found.push({ ...range, tokens });
    else for (const piece of safePieces(range, content)) found.push({ ...piece, tokens: count(piece) });
  }
  return found;
}

function* safePieces({ start, end }: Range, content: string): Generator<Range> {
  for (let from = start; from < end;) {
    let to = Math.min(end, from + SAFE_LENGTH);
    if (to < end) {
      const space = content.slice(from, to).search(/\s\S*$/u);
      if (space > SAFE_LENGTH / 2) to = from + space + 1;
      else if (/[\uDC00-\uDFFF]/.test(content[to] ?? '') && /[\uD800-\uDBFF]/.test(content[to - 1] ?? '')) to -= 1;
    }
    yield { start: from, end: to };
    from = to;
  }
}

/** Joins neighbours into as few passages as fit; each begins with the last pieces of the one before, up to `overlap` tokens. */
function* runsOf(parts: readonly Piece[], overlap: number, count: (range: Range) => number): Generator<Range> {
  let first = 0;
  for (let next = 0; first < parts.length;) {
    let tokens = 0;
    let to = first;
    for (; to < parts.length; to += 1) {
      const gap = to > first && (parts[to]?.start ?? 0) > (parts[to - 1]?.end ?? 0) ? 1 : 0;
      tokens += (parts[to]?.tokens ?? 0) + gap;
      if (tokens > MAX_PASSAGE_TOKENS && to > next) break;
    }
    // Tokens of a whole are not quite the sum of its parts'.
    while (to > next + 1 && count(range(parts, first, to)) > MAX_PASSAGE_TOKENS) to -= 1;
    while (first < next && count(range(parts, first, to)) > MAX_PASSAGE_TOKENS) first += 1;
    yield range(parts, first, to);
    if (to === parts.length) return;
    next = to;
    first = to;
    for (let repeated = parts[first - 1]?.tokens ?? 0; first > 0 && repeated <= overlap; repeated += parts[first - 1]?.tokens ?? 0) first -= 1;
  }
}

const range = (parts: readonly Piece[], from: number, to: number): Range => ({ start: parts[from]?.start ?? 0, end: parts[to - 1]?.end ?? 0 });
