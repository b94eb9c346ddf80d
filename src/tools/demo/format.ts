import { displayWidth, fit, printable } from './display-width';
import { wrapText } from './wrap';

/** What the output can show. The caller decides: colours for a terminal without NO_COLOR (no-color.org), the width in columns. */
export interface OutputStyle {
  readonly color: boolean;
  readonly width: number;
}

const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;
export type StyleName = keyof typeof STYLES;

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly style?: StyleName;
  /** Stays as wide as its widest cell when the table has to shrink: numbers, ids. */
  readonly fixed?: boolean;
}

export interface Format {
  paint(style: StyleName, text: string): string;
  /** A title with a rule below it. */
  heading(text: string): string;
  /** Wrapped text, every line indented; a `lead` such as `Ines: ` stands in the first line's indent. */
  paragraph(text: string, options?: { readonly indent?: number; readonly lead?: string }): string;
  /** A header, a rule and the rows; what does not fit is cut with `…`, in the widest column first. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): string;
}

const GAP = '  ';
const NARROWEST_COLUMN = 4;

/** Text helpers for a terminal: pure, each returns text without a final line break. */
export function createFormat({ color, width }: OutputStyle): Format {
  const paint = (style: StyleName, text: string): string => {
    const [on, off] = STYLES[style];
    return color && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
  return {
    paint,
    heading: (text) => {
      const lines = wrapText(text, width);
      const longest = Math.max(...lines.map(displayWidth));
      return [...lines.map((line) => paint('bold', line)), paint('dim', '─'.repeat(longest))].join('\n');
    },
    paragraph: (text, { indent = 0, lead = '' } = {}) => {
      const margin = Math.max(indent, displayWidth(lead));
      const [first = '', ...rest] = wrapText(text, width - margin);
      const opening = lead === '' ? ' '.repeat(margin) : paint('bold', fit(lead, margin));
      return [opening + first, ...rest.map((line) => (line === '' ? '' : ' '.repeat(margin) + line))].join('\n');
    },
    table: (columns, rows) => {
      const cells = rows.map((row) => columns.map((_, index) => printable(row[index] ?? '')));
      const widths = columnWidths(columns, cells, width);
      const line = (texts: readonly string[], styleOf: (column: Column) => StyleName | undefined): string =>
        columns
          .map((column, index) => {
            const text = fit(texts[index] ?? '', widths[index] ?? 0, column.align);
            const style = styleOf(column);
            return style === undefined ? text : paint(style, text);
          })
          .join(GAP)
          .trimEnd();
      return [
        line(columns.map((column) => column.title), () => 'bold'),
        paint('dim', widths.map((columnWidth) => '─'.repeat(columnWidth)).join(GAP)),
        ...cells.map((row) => line(row, (column) => column.style)),
      ].join('\n');
    },
  };
}

function columnWidths(columns: readonly Column[], cells: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map((column, index) => Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[index] ?? ''))));
  const total = (): number => widths.reduce((sum, columnWidth) => sum + columnWidth, GAP.length * (columns.length - 1));
  while (total() > width) {
    const widest = widestShrinkable(columns, widths);
    if (widest === null) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widestShrinkable(columns: readonly Column[], widths: readonly number[]): number | null {
  let widest: number | null = null;
  widths.forEach((columnWidth, index) => {
    if (columns[index]?.fixed === true || columnWidth <= NARROWEST_COLUMN) return;
    if (widest === null || columnWidth > (widths[widest] ?? 0)) widest = index;
  });
  return widest;
}
