import type { ContextLayer, ContextLeftOut, LeftOutItem, LeftOutReason } from './context';
import { cut, type Entry } from './lines';

const EXAMPLES = 3;
const MAX_TEXT = 200;

/** What a layer would have had too: how much, and the first of it. */
export const leftOutOf = (layer: ContextLayer, reason: LeftOutReason, entries: readonly Pick<Entry, 'kind' | 'id' | 'text' | 'score'>[], count = entries.length): ContextLeftOut => ({
  layer, reason, count, examples: entries.slice(0, EXAMPLES).map(({ kind, id, text, score }): LeftOutItem => ({ kind, id, text: cut(text, MAX_TEXT), score })),
});
