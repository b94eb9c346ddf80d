import { STOP_WORDS } from './stop-words';
import { tokens } from './tokenizer';

/** PostgreSQL keeps positions 1 to 16,383, at most 255 of them per lexeme, and 1 MiB per tsvector. */
const MAX_POSITION = 16_383;
const MAX_POSITIONS_PER_LEXEME = 255;
const MAX_BYTES = 1_000_000;
/** Per lexeme: its entry in the array, padding and the position count. */
const LEXEME_OVERHEAD = 12;
const POSITION_BYTES = 2;

/** A text as both the index and the query side see it. Stop words are left out; positions still count them. */
export interface Analysis {
  /** Lexeme → ascending positions from 1. The positions are capped for very frequent lexemes. */
  readonly lexemes: ReadonlyMap<string, readonly number[]>;
  /** Tokens that were kept: the document length of BM25. */
  readonly length: number;
}

/** Pure, deterministic, linear in the text and bounded: what exceeds a tsvector's limits is left out from the end. */
export function analyze(text: string): Analysis {
  const lexemes = new Map<string, number[]>();
  let position = 0;
  let length = 0;
  let bytes = 0;
  for (const { lexeme, surface } of tokens(text, MAX_POSITION + 1)) {
    position += 1;
    if (position > MAX_POSITION) break;
    if (lexeme === '' || STOP_WORDS.has(surface)) continue;
    const known = lexemes.get(lexeme);
    bytes += POSITION_BYTES + (known === undefined ? LEXEME_OVERHEAD + Buffer.byteLength(lexeme) : 0);
    if (bytes > MAX_BYTES) break;
    if (known === undefined) lexemes.set(lexeme, [position]);
    else if (known.length < MAX_POSITIONS_PER_LEXEME) known.push(position);
    length += 1;
  }
  return { lexemes, length };
}

/** Quoted for tsvector and tsquery input; the caller still passes it as a bound parameter. */
const quoteLexeme = (lexeme: string): string => (/['\\]/.test(lexeme) ? `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${lexeme}'`);

/** Text that casts to `tsvector`, `'cat':1,4 'dog':2`; empty for an empty analysis. */
export function toTsVector({ lexemes }: Analysis): string {
  let text = '';
  for (const [lexeme, positions] of lexemes) text += `${text === '' ? '' : ' '}${quoteLexeme(lexeme)}:${positions.length === 1 ? positions[0] : positions.join(',')}`;
  return text;
}

/** Text that casts to `tsquery` and matches rows with any of the lexemes, `'cat' | 'dog'`; null without lexemes (match nothing). */
export function toOrQuery(lexemes: Iterable<string>): string | null {
  const terms = [...new Set(lexemes)].filter((lexeme) => lexeme !== '').map(quoteLexeme);
  return terms.length === 0 ? null : terms.join(' | ');
}
