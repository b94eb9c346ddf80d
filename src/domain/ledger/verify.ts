import { cidOf, commitmentTo, parseBlock } from './block';
import type { BrokenLink, LedgerHead, StoredEntry } from './ledger';

/** Checks entry after entry; the first that is not what it should be is returned, and nothing after it counts. */
export function createVerifier(tenantId: string, start: LedgerHead | null) {
  let last = start;
  let erased = 0;
  return {
    get last(): LedgerHead | null { return last; },
    get erased(): number { return erased; },
    check({ seq, cid, block: text, record }: StoredEntry): BrokenLink | null {
      const expected = (last?.seq ?? 0) + 1;
      if (seq !== expected) return { seq: expected, cid: null, fault: 'MISSING' };
      const block = parseBlock(text);
      if (block === null || cidOf(text) !== cid || block.seq !== seq || block.tenant !== tenantId) return { seq, cid, fault: 'CONTENT_CHANGED' };
      if (block.previous !== (last?.cid ?? null)) return { seq, cid, fault: 'LINK_BROKEN' };
      if (record === null) erased += 1;
      else if (commitmentTo(record) !== block.commitment) return { seq, cid, fault: 'RECORD_CHANGED' };
      last = { seq, cid };
      return null;
    },
  };
}
