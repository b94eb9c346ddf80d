import type { Actor } from '../../kernel/actor';
import type { EntryKind, LedgerHead, LedgerRecord, StoredEntry } from './ledger';

export interface NewEntry {
  readonly seq: number;
  readonly cid: string;
  readonly block: string;
  readonly kind: EntryKind;
  readonly record: LedgerRecord;
  readonly sessionId: string | null;
  readonly agentId: string | null;
}

export interface EntryFilter {
  readonly kind: EntryKind;
  readonly sessionId?: string;
  readonly agentId?: string;
}

/** Records outside the actor's scope limits do not exist here, nor do entries whose record was erased for an actor with limits. */
export interface LedgerStore {
  /** The newest entry, locked until the transaction ends: entries are made one after the other. */
  lockHead(actor: Actor): Promise<LedgerHead | null>;
  head(actor: Actor): Promise<LedgerHead | null>;
  /** Writes the entry and makes it the head. */
  add(actor: Actor, entry: NewEntry): Promise<void>;
  /** In the order of `cids`, null where there is none. */
  getMany(actor: Actor, cids: readonly string[]): Promise<readonly (StoredEntry | null)[]>;
  /** Entries that have a record, newest first; `before`: only those with a smaller seq. */
  list(actor: Actor, filter: EntryFilter, position: { readonly limit: number; readonly offset: number; readonly before: number | null }): Promise<StoredEntry[]>;
  /** Ascending by seq. */
  readAfter(actor: Actor, seq: number, limit: number): Promise<StoredEntry[]>;
}
