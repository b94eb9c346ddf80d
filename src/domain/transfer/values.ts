import { badInput, type GatewayError } from '../../kernel/errors';

/** One JSON value of the data: as it stands, and the line that it begins in. */
export type Found = { readonly line: number; readonly chars: number; readonly value: unknown } | { readonly line: number; readonly chars: number; readonly error: GatewayError };

/** Larger ones would hold up the process while they are parsed. */
export const MAX_VALUE_CHARS = 8 * 1024 * 1024;

const SPACE = /\s/;
const tooLarge = (): GatewayError =>
  badInput('', `one value has at most ${MAX_VALUE_CHARS} characters; give many as JSON lines or as a list`, 'VALUE_TOO_LARGE');

/**
 * The values of a text that comes in pieces, cut anywhere: JSON lines, one JSON document, or a list, whose entries are the values. With JSON lines
 * a broken line is an error of its own; in a document everything behind what is broken is lost, and the error is the last thing found.
 */
export async function* valuesOf(pieces: AsyncIterable<string>): AsyncGenerator<Found, void, undefined> {
  const text = new Text(pieces);
  const first = await text.skipSpace();
  if (first === '') return;
  if (first === '[') { yield* entries(text); return; }
  for (let isLines: boolean | null = null; ; ) {
    if ((await text.skipSpace()) === '') return;
    const { line } = text;
    const whole = await text.wholeLine();
    if (whole === null) { yield failed(line, tooLarge()); return; }
    const found = parsed(line, whole);
    isLines ??= 'value' in found;
    if (!isLines) { yield* document(text, line, whole); return; }
    yield found;
  }
}

/** What is no JSON line is a document as a whole: it is read to its end. */
async function* document(text: Text, line: number, start: string): AsyncGenerator<Found, void, undefined> {
  const pieces = [start];
  let chars = start.length;
  for (let more = await text.take(); more !== ''; more = await text.take()) {
    chars += more.length;
    if (chars > MAX_VALUE_CHARS) { yield failed(line, tooLarge()); return; }
    pieces.push(more);
  }
  yield parsed(line, pieces.join(''));
}

async function* entries(text: Text): AsyncGenerator<Found, void, undefined> {
  await text.advance(1);
  for (;;) {
    const next = await text.skipSpace();
    if (next === ',') { await text.advance(1); continue; }
    if (next === ']') {
      await text.advance(1);
      // Pages of results, one list after the other.
      const after = await text.skipSpace();
      if (after === '[') { await text.advance(1); continue; }
      if (after !== '') yield failed(text.line, notJson());
      return;
    }
    const { line } = text;
    if (next === '') { yield failed(line, notJson()); return; }
    const entry = await text.entry();
    if (entry === null) { yield failed(line, tooLarge()); return; }
    const found = parsed(line, entry);
    yield found;
    if ('error' in found) return;
  }
}

const notJson = (): GatewayError => badInput('', 'this is no JSON, or it ends too early', 'NOT_JSON');
const failed = (line: number, error: GatewayError): Found => ({ line, chars: 0, error });

function parsed(line: number, text: string): Found {
  try {
    return { line, chars: text.length, value: JSON.parse(text) as unknown };
  } catch {
    return { line, chars: text.length, error: notJson() };
  }
}

/** What is left of the text, with the pieces still to come. */
class Text {
  line = 1;
  private rest = '';
  private at = 0;
  private readonly source: AsyncIterator<string, unknown>;
  constructor(pieces: AsyncIterable<string>) {
    this.source = pieces[Symbol.asyncIterator]();
  }

  /** The next character that is no white space; '' at the end. A byte order mark is white space. */
  async skipSpace(): Promise<string> {
    for (;;) {
      for (; this.at < this.rest.length; this.at += 1) {
        const char = this.rest.charAt(this.at);
        if (!SPACE.test(char)) return char;
        if (char === '\n') this.line += 1;
      }
      if (!(await this.more())) return '';
    }
  }

  async advance(chars: number): Promise<void> {
    this.at += chars;
    if (this.at >= this.rest.length) await this.more();
  }

  /** To the end of the line; null when it is too long. */
  async wholeLine(): Promise<string | null> {
    for (let from = this.at; ; ) {
      const end = this.rest.indexOf('\n', from);
      if (end !== -1 || this.rest.length - this.at > MAX_VALUE_CHARS) return this.cut(end);
      from = this.rest.length;
      const before = this.at;
      if (!(await this.more())) return this.cut(this.rest.length);
      from -= before - this.at;
    }
  }

  /** All that is here, or the next piece; '' at the end. */
  async take(): Promise<string> {
    if (this.at >= this.rest.length && !(await this.more())) return '';
    return this.cut(this.rest.length) ?? '';
  }

  /** One entry of a list: to the comma or bracket that ends it. Null when it is too long. */
  async entry(): Promise<string | null> {
    let depth = 0;
    let inString = false;
    for (let index = this.at; ; index += 1) {
      while (index >= this.rest.length) {
        const before = this.at;
        if (index - this.at > MAX_VALUE_CHARS) return null;
        if (!(await this.more())) return this.cut(this.rest.length);
        index -= before - this.at;
      }
      const code = this.rest.charCodeAt(index);
      if (inString) {
        if (code === 92) index += 1;
        else if (code === 34) inString = false;
      } else if (code === 34) inString = true;
      else if (code === 123 || code === 91) depth += 1;
      else if (code === 125 || code === 93 || code === 44) {
        if (depth === 0 && code !== 125) return this.cut(index);
        if (code !== 44) depth -= 1;
      }
    }
  }

  private cut(end: number): string | null {
    if (end === -1 || end - this.at > MAX_VALUE_CHARS) return null;
    const text = this.rest.slice(this.at, end);
    for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) this.line += 1;
    this.at = end;
    return text;
  }

  /** Drops what was read, and adds the next piece. */
  private async more(): Promise<boolean> {
    const next = await this.source.next();
    if (next.done === true) return false;
    this.rest = this.rest.slice(this.at) + next.value;
    this.at = 0;
    return true;
  }
}
