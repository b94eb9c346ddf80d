import type { ContextItem } from './context';

/** An item on its way into the block: its mark is given when everything is chosen. */
export interface Entry extends Omit<ContextItem, 'citation' | 'tokens'> {
  /** The letter of its mark: state, memory, event, document, history, procedure. */
  readonly mark: 's' | 'm' | 'e' | 'd' | 'h' | 'p';
}

/** One heading with its entries; groups have a line of their own above them, such as a date. */
export interface Section {
  readonly heading: string;
  readonly groups: readonly { readonly title: string | null; readonly entries: readonly Entry[] }[];
}

export const oneSection = (heading: string, entries: readonly Entry[]): Section => ({ heading, groups: [{ title: null, entries }] });

/** Marks are numbered on through the block; this one stands for any of them where only its length matters. */
export const lineOf = ({ mark, text }: Pick<Entry, 'mark' | 'text'>, number = 99): string => `[${mark}${number}] ${text}`;

/** On one line, so that no recalled text can pass for a heading or a line of the block. */
export const folded = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** At most `max` characters, `…` marks a cut. */
export const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`);

export interface Numbering {
  readonly counts: Map<string, number>;
}
export const newNumbering = (): Numbering => ({ counts: new Map() });

/** Lines of the sections and their items; empty sections and groups leave no trace. Numbers go on in `numbering`. */
export function render(sections: readonly Section[], numbering: Numbering, countTokens: (text: string) => number): { readonly lines: string[]; readonly items: ContextItem[] } {
  const lines: string[] = [];
  const items: ContextItem[] = [];
  for (const { heading, groups } of sections) {
    const filled = groups.filter(({ entries }) => entries.length > 0);
    if (filled.length === 0) continue;
    lines.push(heading);
    for (const { title, entries } of filled) {
      if (title !== null) lines.push(title);
      for (const entry of entries) {
        const number = (numbering.counts.get(entry.mark) ?? 0) + 1;
        numbering.counts.set(entry.mark, number);
        const line = lineOf(entry, number);
        lines.push(line);
        const { mark, ...item } = entry;
        items.push({ ...item, citation: `[${mark}${number}]`, tokens: countTokens(`${line}\n`) });
      }
    }
  }
  return { lines, items };
}

/** Takes entries in their order while heading and lines fit into `budget`; with `isRun`, stops at the first that does not. */
export function fill(entries: readonly Entry[], heading: string, budget: number, countTokens: (text: string) => number, isRun = false): Entry[] {
  let left = budget - countTokens(`${heading}\n`);
  const taken: Entry[] = [];
  for (const entry of entries) {
    const cost = countTokens(`${lineOf(entry)}\n`);
    if (cost <= left) {
      left -= cost;
      taken.push(entry);
    } else if (isRun) break;
  }
  return taken;
}

/** Tokens of heading and lines; from `enough` on they are not counted to the end. */
export function costOf(entries: readonly Entry[], heading: string, countTokens: (text: string) => number, enough = Infinity): number {
  if (entries.length === 0) return 0;
  let cost = countTokens(`${heading}\n`);
  for (const entry of entries) {
    if (cost >= enough) break;
    cost += countTokens(`${lineOf(entry)}\n`);
  }
  return cost;
}
