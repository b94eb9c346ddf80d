import { z } from 'zod';
import type { StoredEntry } from './ledger';

/** One line of an export: the block as it was hashed, and its record as far as it was not erased. The salt is in base64. */
const Line = z.object({
  seq: z.number().int(),
  cid: z.string(),
  block: z.string(),
  record: z.object({ salt: z.base64(), content: z.string(), scope: z.record(z.string(), z.string()) }).nullable(),
});

export const toLine = ({ seq, cid, block, record }: StoredEntry): string =>
  JSON.stringify({ seq, cid, block, record: record === null ? null : { ...record, salt: record.salt.toString('base64') } });

/** @throws ZodError, SyntaxError for a line that is none of an export */
export function fromLine(text: string): StoredEntry {
  const { record, ...entry } = Line.parse(JSON.parse(text));
  return { ...entry, record: record === null ? null : { ...record, salt: Buffer.from(record.salt, 'base64') } };
}
