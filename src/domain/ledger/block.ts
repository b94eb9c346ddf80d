import { createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as json from 'multiformats/codecs/json';
import { create } from 'multiformats/hashes/digest';
import { canonicalJson, isJsonObject } from '../../kernel/json';
import { ENTRY_KINDS, type Block, type LedgerRecord } from './ledger';

const SHA2_256 = 0x12;

const sha256 = (...parts: readonly (string | Buffer)[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** The CID, in base32, of a text that is canonical JSON. */
export const cidOf = (text: string): string => CID.createV1(json.code, create(SHA2_256, sha256(text))).toString();

export const commitmentTo = ({ salt, content }: Pick<LedgerRecord, 'salt' | 'content'>): string => sha256(salt, content).toString('hex');

export const blockText = (block: Block): string => canonicalJson(block);

/** Null for what is no block: a text that was changed may be anything. */
export function parseBlock(text: string): Block | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // not even JSON
  }
  if (!isJsonObject(value)) return null;
  const { v, tenant, seq, previous, kind, at, principal, commitment } = value;
  const isBlock = v === 1 && typeof tenant === 'string' && typeof seq === 'number' && (previous === null || typeof previous === 'string')
    && ENTRY_KINDS.some((known) => known === kind) && typeof at === 'string' && typeof principal === 'string' && typeof commitment === 'string';
  return isBlock ? (value as unknown as Block) : null; // a seam: every field was looked at
}
