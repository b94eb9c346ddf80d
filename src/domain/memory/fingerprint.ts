import { createHash } from 'node:crypto';
import { analyze, toTsVector } from '../search/text-analysis';
import { normalizeText } from '../search/text-folding';
import type { Memory } from './memory';

/** What a memory says: its words and, when it reduces to that, subject, attribute and value. */
export type Statement = Pick<Memory, 'fact' | 'subject' | 'attribute' | 'value'>;

/** What the database compares and searches a statement by. */
export interface Fingerprint {
  /** SHA-256 of the normalised words. */
  readonly factHash: Buffer;
  /** SHA-256 of subject, attribute and value; null unless all three are known. */
  readonly claimHash: Buffer | null;
  /** A tsvector literal, and the number of words in it. */
  readonly tsv: string;
  readonly length: number;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A fact of signs alone (“:-)”) has no normal form; it is compared as it stands. */
const comparable = (text: string): string => {
  const normal = normalizeText(text);
  return normal === '' ? text.trim() : normal;
};

export const factHash = (fact: string): Buffer => sha256(comparable(fact));

/** Hash of the very text that an embedder sees. */
export const contentHash = (fact: string): Buffer => sha256(fact);

export function claimHash({ subject, attribute, value }: Omit<Statement, 'fact'>): Buffer | null {
  if (subject === null || attribute === null || value === null) return null;
  return sha256([subject, attribute, value].map(comparable).join('\u0000'));
}

/** “Which city does she live in?” has the words of the attribute `home_city`, not of “She rents two rooms in Bristol”. */
const attributeWords = ({ attribute }: Statement): string => (attribute ?? '').replaceAll('_', ' ');

export function fingerprint(statement: Statement): Fingerprint {
  const analysis = analyze(`${statement.fact}\n${attributeWords(statement)}`);
  return { factHash: factHash(statement.fact), claimHash: claimHash(statement), tsv: toTsVector(analysis), length: analysis.length };
}
