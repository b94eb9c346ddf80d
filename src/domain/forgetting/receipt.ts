import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import { addEntry } from '../ledger/add-entry';
import { parseBlock } from '../ledger/block';
import type { StoredEntry } from '../ledger/ledger';
import type { LedgerStore } from '../ledger/ledger.store';
import { addCounts, FORGETTING_KINDS, NO_COUNTS, type Counts, type ErasureReceipt } from './forgetting';
import type { StoredForgetting } from './forgetting.store';

const SALT_BYTES = 16;

export const subjectHash = (salt: string, userId: string): string => createHash('sha256').update(`${salt}:${userId}`).digest('hex');

/** Enters it in the ledger, inside the caller's transaction. @returns its CID */
export function enterReceipt(ledger: LedgerStore, actor: Actor, { id, kind, subject, scope }: StoredForgetting, erased: Counts, now: Date): Promise<string> {
  const salt = subject === null ? null : randomBytes(SALT_BYTES).toString('hex');
  const content: JsonObject = {
    forgettingId: id, kind, erased: { ...erased },
    subjectSalt: salt, subjectHash: salt === null || subject === null ? null : subjectHash(salt, subject),
  };
  return addEntry(ledger, actor, 'RECEIPT', content, scope, now);
}

type Content = Pick<ErasureReceipt, 'kind' | 'subjectHash' | 'subjectSalt'> & { readonly erased: Partial<Counts> };

/** Null for an entry of another kind and for one whose record was erased. */
export function toReceipt({ cid, block: text, record }: StoredEntry): ErasureReceipt | null {
  const block = parseBlock(text);
  if (block === null || block.kind !== 'RECEIPT' || record === null) return null;
  const { kind, erased, subjectHash: hash, subjectSalt: salt } = JSON.parse(record.content) as Content; // our own canonical JSON
  if (!FORGETTING_KINDS.includes(kind)) return null;
  return { cid, seq: block.seq, at: new Date(block.at), principalId: block.principal, kind, erased: addCounts(NO_COUNTS, erased), subjectHash: hash, subjectSalt: salt };
}
