import { randomBytes } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import { canonicalJson, type JsonObject } from '../../kernel/json';
import type { Scope } from '../../kernel/scope';
import { blockText, cidOf, commitmentTo } from './block';
import type { Block, EntryKind } from './ledger';
import type { LedgerStore } from './ledger.store';

const SALT_BYTES = 16;

/** Appends one entry to the chain, inside the caller's transaction. @returns its CID */
export async function addEntry(ledger: LedgerStore, actor: Actor, kind: EntryKind, content: JsonObject, scope: Scope, now: Date): Promise<string> {
  const record = { salt: randomBytes(SALT_BYTES), content: canonicalJson(content), scope };
  const head = await ledger.lockHead(actor);
  const block: Block = {
    v: 1, tenant: actor.tenantId, seq: (head?.seq ?? 0) + 1, previous: head?.cid ?? null, kind,
    at: now.toISOString(), principal: actor.principalId, commitment: commitmentTo(record),
  };
  const hashed = blockText(block);
  const cid = cidOf(hashed);
  const named = (name: string): string | null => (typeof content[name] === 'string' ? content[name] : null);
  await ledger.add(actor, { seq: block.seq, cid, block: hashed, kind, record, sessionId: named('sessionId'), agentId: named('agentId') });
  return cid;
}
