import type { ScopeMatch, Scope } from '../../kernel/scope';

export const FORGETTING_KINDS = ['MEMORIES', 'USER'] as const;
export type ForgettingKind = (typeof FORGETTING_KINDS)[number];

/** DRY_RUN: nothing was or will be erased. */
export const FORGETTING_STATUSES = ['DRY_RUN', 'PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;
export type ForgettingStatus = (typeof FORGETTING_STATUSES)[number];

export const NO_COUNTS = {
  sessions: 0, events: 0, messages: 0, objects: 0, states: 0, documents: 0, procedures: 0, generations: 0, candidates: 0, memories: 0, revisions: 0, vectors: 0,
  tombstones: 0, ledgerRecords: 0, idempotentAnswers: 0,
};
/** How many rows of each kind. */
export type Counts = Readonly<Record<keyof typeof NO_COUNTS, number>>;

export const addCounts = (a: Counts, b: Partial<Counts>): Counts => ({
  ...a, ...Object.fromEntries(Object.entries(b).map(([kind, n]) => [kind, a[kind as keyof Counts] + n])), // a seam: the keys of a Counts
});

/** Notice that something was erased for good: what a process keeps unchecked goes. */
export const FORGOTTEN = 'forgotten';

/** An erasure for good, from its acceptance to its receipt. */
export interface Forgetting {
  /** Null for a dry run. */
  readonly id: string | null;
  readonly kind: ForgettingKind;
  readonly status: ForgettingStatus;
  /** The pool of the memories; empty for a person. */
  readonly scope: Scope;
  /** When it was accepted; the memories' revisions, vectors and candidates among them. */
  readonly found: Counts;
  /** So far, with what came meanwhile. */
  readonly erased: Counts;
  /** Sessions, generations, memories, decisions and objects that are gone, of how many. */
  readonly done: number;
  readonly total: number;
  /** Why it was given up. */
  readonly error: string | null;
  /** CID of its entry in the ledger, once it is done. */
  readonly receiptCid: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** Which memories; hidden and superseded ones too. All that is given has to fit. */
export interface PurgeFilter {
  readonly bankId: string;
  readonly scope: Scope;
  readonly match: ScopeMatch;
  readonly topic?: string;
  readonly sessionId?: string;
  readonly ids?: readonly string[];
  readonly createdBefore?: Date;
}

/** What the ledger keeps of an erasure. */
export interface ErasureReceipt {
  readonly cid: string;
  readonly seq: number;
  readonly at: Date;
  readonly principalId: string;
  readonly kind: ForgettingKind;
  readonly erased: Counts;
  /** For a person: SHA-256, in hex, of `subjectSalt`, a colon and the user's id. It names nobody to who does not know the id. */
  readonly subjectHash: string | null;
  readonly subjectSalt: string | null;
}
