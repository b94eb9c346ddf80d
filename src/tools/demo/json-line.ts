const BLANK = /[ \t\n\r]*/y;
const STRING = /"[^"\\\n\r\t]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\n\r\t]*)*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** Deeper nesting ends the walk where it stands: the line of a message needs no more. */
const MAX_DEPTH = 200;

interface Walk {
  /** Offset of the value at the path, or of the deepest part of the path that exists. */
  readonly found: number;
  /** Offset of the first character that is not JSON; null when the whole text is. */
  readonly fault: number | null;
}

/** JSON.parse keeps no positions (and names them only in some of its messages), so a second walk finds them. */
function walk(text: string, path: readonly PropertyKey[]): Walk {
  let at = 0;
  let found = 0;

  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0] ?? null;
    at += match?.length ?? 0;
    return match;
  };
  const takeChar = (char: string): boolean => {
    take(BLANK);
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };

  const member = (depth: number, onPath: boolean): boolean => {
    take(BLANK);
    const key = take(STRING);
    if (key === null || !takeChar(':')) return false;
    return value(depth + 1, onPath && JSON.parse(key) === path[depth]);
  };
  const list = (close: string, item: (index: number) => boolean): boolean => {
    at += 1;
    if (takeChar(close)) return true;
    for (let index = 0; item(index); index += 1) {
      if (takeChar(close)) return true;
      if (!takeChar(',')) return false;
    }
    return false;
  };
  const value = (depth: number, onPath: boolean): boolean => {
    take(BLANK);
    if (depth > MAX_DEPTH) return false;
    if (onPath) found = at;
    if (text[at] === '{') return list('}', () => member(depth, onPath));
    if (text[at] === '[') return list(']', (index) => value(depth + 1, onPath && path[depth] === index));
    return (text[at] === '"' ? take(STRING) : take(SCALAR)) !== null;
  };

  const whole = value(0, true);
  take(BLANK);
  return { found, fault: whole && at === text.length ? null : at };
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** Line (from 1) of the value at `path`, or of the nearest value around it that exists. */
export const lineOfPath = (text: string, path: readonly PropertyKey[]): number => lineAt(text, walk(text, path).found);

/** Line (from 1) where `text` stops being JSON; null when no fault is found. */
export function lineOfFault(text: string): number | null {
  const { fault } = walk(text, []);
  return fault === null ? null : lineAt(text, fault);
}
