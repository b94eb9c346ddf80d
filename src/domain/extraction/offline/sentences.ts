import { regex } from './patterns';

const abbreviation = /(?:^|[\s(])(?:mr|mrs|ms|dr|st|jr|sr|vs|etc|e\.g|i\.e|a\.m|p\.m|approx|no|prof)$|(?:^|[\s(.])[A-HJ-Z]$/i;

/** “I moved to Bergen, and please answer briefly”: a request that is joined to a statement is a sentence of its own. */
const request = /,?\s+and\s+(?=please\b)/i;

/** All that may end a sentence or a quotation; what stands between is passed over at once. */
const NOTABLE = /[\n"“”.!?。！？…]/g;

/** Splits text into sentences. Marks inside double quotes and after abbreviations or initials do not end one. */
export function sentencesOf(text: string): string[] {
  const out: string[] = [];
  let start = 0;
  let quoted = false;
  const cut = (end: number): void => {
    const sentence = text.slice(start, end).trim();
    if (sentence !== '') out.push(...sentence.split(request));
    start = end;
  };
  for (let at = notable(text, 0); at < text.length; at = notable(text, at + 1)) {
    const mark = text.charAt(at);
    if (mark === '\n') { cut(at); quoted = false; continue; }
    if (mark === '"' || mark === '“' || mark === '”') quoted = mark === '“' || (mark === '"' && !quoted && text.indexOf('"', at + 1) > 0);
    if (!quoted && /["”]/.test(mark) && /[.!?]/.test(text.charAt(at - 1)) && /^\s+[A-Z]/.test(text.slice(at + 1, at + 4))) { cut(at + 1); continue; }
    if (quoted || !/[.!?。！？…]/.test(mark)) continue;
    let end = at + 1;
    while (end < text.length && /[.!?。！？…"”')\]\p{Extended_Pictographic}\ufe0f]/u.test(text.charAt(end))) end += 1;
    if (isEnd(text, start, at, end)) { cut(end); at = end - 1; }
  }
  cut(text.length);
  return out;
}

function notable(text: string, from: number): number {
  NOTABLE.lastIndex = from;
  return NOTABLE.exec(text)?.index ?? text.length;
}

function isEnd(text: string, start: number, at: number, end: number): boolean {
  if (/[。！？]/.test(text.charAt(at))) return true;
  if (end < text.length && !/\s/.test(text.charAt(end))) return /[!?]/.test(text.charAt(at)) && /[A-Z]/.test(text.charAt(end));
  if (text.charAt(at) !== '.') return true;
  if (end - at > 1) return true;
  const before = text.slice(Math.max(start, at - 16), at);
  const next = text.slice(end, end + 16).trimStart();
  if (/\bst$/i.test(before)) return !/^[a-z0-9A-Z]/.test(next);
  if (/\b(?:no|etc|a\.m|p\.m)$/i.test(before)) return !/^[a-z0-9]/.test(next);
  return !abbreviation.test(before);
}

const opensClause = regex('i',
  String.raw`^(?:i|it|we|you|they|he|she|that|this|there|my|our|the|his|her|their|but|and|so|because|cannot|can't|hope|hoping|feels?|`,
  String.raw`makes?|gives?|helps?|keeps?|loved?|just|still|got|been|glad|had|went|took|made|saw|won|started|finished|met|joined|bought|`,
  String.raw`going|planning|what|who|how|let|good|great|thanks?|always)\b`);
const moodOnly = /^(?:so|such|super|really|very|totally|pretty|absolutely|truly|what a|how)\b[^,]{0,60}$/i;

/** Splits at dashes, semicolons and colons where a new clause begins; an apposition stays with its noun. */
export function clausesOf(sentence: string): string[] {
  const parts = sentence.split(/\s+[-–—]+\s+|-{2,}|\s*[–—]\s*|(?<=[a-z])-\s+|\s+-(?=[A-Za-z])|;\s+|:\s+(?=(?:I|it|we|they|he|she|my|there)\b)/i);
  const clauses: string[] = [];
  for (const part of parts.map(each => each.trim()).filter(each => each !== '')) {
    const last = clauses.at(-1);
    if (last === undefined || opensClause.test(part) || part.endsWith('?') || /\?$/.test(last)) clauses.push(part);
    else if (moodOnly.test(part)) continue;
    else clauses[clauses.length - 1] = `${last} - ${part}`;
  }
  return quotesWhole(clauses) ? clauses : [sentence];
}

const quotesWhole = (clauses: readonly string[]): boolean => clauses.every(clause => (clause.split(/["“”]/).length - 1) % 2 === 0);
