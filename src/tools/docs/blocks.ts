/** A part of a document that is printed from code. */
export interface Part {
  readonly name: string;
  /** The file that decides what it says. */
  readonly source: string;
  /** Markdown, without a line break at its ends. */
  readonly text: string;
}

export interface Filled {
  readonly text: string;
  /** Every part that the document has a place for. */
  readonly shown: readonly Part[];
  /** Those whose block said something else. */
  readonly stale: readonly Part[];
}

const OPEN = /^<!-- generated:([a-z-]+) -->$/;
const CLOSE = '<!-- /generated -->';

/**
 * Puts the parts between their marks, `<!-- generated:NAME -->` and `<!-- /generated -->`, each on a line of its own; the rest
 * stays as it is. @throws Error for a mark without its counterpart or without a part, with the line
 */
export function fillBlocks(document: string, parts: readonly Part[]): Filled {
  const shown: Part[] = [];
  const stale: Part[] = [];
  const written: string[] = [];
  let open: { readonly part: Part; readonly line: number; readonly old: string[] } | null = null;
  for (const [index, line] of document.split('\n').entries()) {
    const name = OPEN.exec(line)?.[1];
    if (name !== undefined) {
      if (open !== null) throw unclosed(open.line);
      const part = parts.find((one) => one.name === name);
      if (part === undefined) throw new Error(`line ${index + 1}: nothing is generated as ${name}; there are ${parts.map((one) => one.name).join(', ')}`);
      open = { part, line: index + 1, old: [] };
      written.push(line, part.text, CLOSE);
    } else if (line === CLOSE) {
      if (open === null) throw new Error(`line ${index + 1}: this ends a block that never began`);
      shown.push(open.part);
      if (open.old.join('\n') !== open.part.text) stale.push(open.part);
      open = null;
    } else if (open === null) written.push(line);
    else open.old.push(line);
  }
  if (open !== null) throw unclosed(open.line);
  return { text: written.join('\n'), shown, stale };
}

const unclosed = (line: number): Error => new Error(`line ${line}: the block that begins here does not end; close it with ${CLOSE}`);
