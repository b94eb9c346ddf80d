import type { Actor } from '../../kernel/actor';
import type { Scope } from '../../kernel/scope';
import type { Erased } from '../memory/memory.store';
import type { Counts, Forgetting, ForgettingKind, ForgettingStatus, PurgeFilter } from './forgetting';

export interface ForgettingDraft {
  readonly id: string;
  readonly kind: ForgettingKind;
  /** The user's id; null for memories. */
  readonly subject: string | null;
  readonly scope: Scope;
}

/** As its job sees it. */
export interface StoredForgetting extends Forgetting {
  readonly id: string;
  readonly subject: string | null;
  readonly principalId: string;
}

export type SourceKind = 'SESSION' | 'GENERATION' | 'MEMORY' | 'DECISION' | 'OBJECT';

export interface ForgettingChange {
  readonly status?: ForgettingStatus;
  readonly found?: Counts;
  readonly erased?: Counts;
  readonly error?: string | null;
  readonly receiptCid?: string;
}

/** Erasures outside the actor's scope limits do not exist here. What is collected is listed beside the erasure, so that it can go on. */
export interface ForgettingStore {
  insert(actor: Actor, draft: ForgettingDraft): Promise<void>;
  /** Of everybody's: data that waits to be brought in is not looked through for a person. What was brought in stays. */
  dropImports(actor: Actor): Promise<void>;
  get(actor: Actor, id: string): Promise<StoredForgetting | null>;
  /** Newest first. */
  list(actor: Actor, position: { readonly limit: number; readonly offset: number; readonly before: string | null }): Promise<Forgetting[]>;
  /** Locks the row until the transaction ends: batches of one erasure come one after the other. */
  lock(actor: Actor, id: string): Promise<StoredForgetting | null>;
  /** COMPLETED forgets whom it was about and what was collected. */
  change(actor: Actor, id: string, change: ForgettingChange): Promise<void>;

  collectMemories(actor: Actor, id: string, filter: PurgeFilter): Promise<void>;
  /** The person's sessions with those below them, what was generated and remembered from these or in a pool of the person's, decisions, objects. */
  collectUser(actor: Actor, id: string, userId: string): Promise<void>;
  /** What of the collected is there, of all kinds. */
  count(actor: Actor, id: string, userId: string | null): Promise<Counts>;
  /** How many sources of the kind are not yet erased. */
  left(actor: Actor, id: string, kind: SourceKind): Promise<number>;

  /** Each erases up to `limit` collected sources of its kind with all that hangs on them. @returns null when none was left */
  eraseSessions(actor: Actor, id: string, limit: number): Promise<Partial<Counts> | null>;
  eraseGenerations(actor: Actor, id: string, limit: number): Promise<Partial<Counts> | null>;
  /** The collected memories that come next, locked, hidden ones too. */
  nextMemories(actor: Actor, id: string, limit: number): Promise<readonly Erased[]>;
  /** Erases these, which were locked; with a subject their pools' tombstones too. */
  eraseMemories(actor: Actor, id: string, memories: readonly Erased[], subject: string | null): Promise<Partial<Counts>>;
  eraseDecisions(actor: Actor, id: string, limit: number): Promise<Partial<Counts> | null>;
  /** The next of what stands in pools of the person. @returns null when none was left */
  eraseDocuments(actor: Actor, userId: string, limit: number): Promise<Partial<Counts> | null>;
  /** Trajectories of the erased sessions too, and what was proposed from them. */
  eraseProcedures(actor: Actor, id: string, userId: string, limit: number): Promise<Partial<Counts> | null>;
  /** Quotations of the person in what stays, state, tombstones, answers to repeated requests, earlier receipts. */
  eraseRest(actor: Actor, id: string, userId: string): Promise<Partial<Counts>>;
  /** Notes which collected objects the store no longer has, or still needs for somebody else. @returns how many went */
  settleObjects(actor: Actor, id: string): Promise<number>;
}
