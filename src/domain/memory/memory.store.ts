import type { Actor } from '../../kernel/actor';
import type { PageBefore, PageRequest } from '../../kernel/page';
import type { Scope } from '../../kernel/scope';
import type { Statement } from './fingerprint';
import type { DerivedMemories, Memory, MemoryFilter, MemoryRevision } from './memory';

/** One pool of memories: consolidation never leaves it. */
export interface Pool {
  readonly bankId: string;
  readonly scope: Scope;
}

/** Seconds from now until it expires; null never, undefined as before. */
export type Ttl = number | null | undefined;

/** A memory with what only its writers need. */
export interface StoredMemory extends Memory {
  /** When it was last said, by the clock of the conversation: what contradicts it must not be older. */
  readonly statedAt: Date;
}

/** The columns a writer decides about; the rest follows from them. With `supersededBy` and no `supersededAt`, the latter is now. */
export type MemoryState = Omit<StoredMemory, 'id' | 'bankId' | 'scope' | 'sessionId' | 'createdAt' | 'updatedAt' | 'expiresAt'>;

export type MemoryDraft = MemoryState & Pool & Pick<Memory, 'id' | 'sessionId'>;

export type RevisionDraft = Omit<MemoryRevision, 'createdAt'>;

/** Thrown when a concurrent writer made the same statement first; the transaction is void and may be run again. */
export class DuplicateStatement extends Error {
  override readonly name = 'DuplicateStatement';
}

/** What the sweeper took away. */
export interface Erased extends Pool {
  readonly id: string;
  readonly revision: number;
}

/** Where a statement comes from; without events it came with the generation itself. */
export interface Hearing {
  readonly eventIds: readonly string[];
  readonly generationId: string;
}

/** What was deleted or corrected since a statement was heard. */
export interface Buried {
  /** One of the statements itself; `corrected` is the memory that a user gave other words. */
  readonly exact: { readonly deletedAt: Date; readonly corrected: string | null } | null;
  /** Deleted memories of the pool that are not erased yet, newest 50. */
  readonly hidden: readonly (Statement & { readonly exclusive: boolean; readonly deletedAt: Date })[];
}

/**
 * Memories of other tenants, outside the actor's scope limits, deleted or expired do not exist here, nor do their revisions.
 * “Active” is what is neither of that nor superseded: the database refuses a second active memory with the same statement.
 */
export interface MemoryStore {
  /** In the order of `ids`, null where there is none. */
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Memory | null)[]>;
  /** Newest first; `after` is the id of the last one already seen. */
  list(actor: Actor, filter: MemoryFilter, position: PageRequest): Promise<Memory[]>;
  /** Made from each of these sessions, in the order of `sessionIds`. */
  ofSessions(actor: Actor, sessionIds: readonly string[], derived: DerivedMemories): Promise<readonly (readonly Memory[])[]>;
  /** For which each of these events is evidence, in the order of `eventIds`. */
  ofEvents(actor: Actor, eventIds: readonly string[], derived: DerivedMemories): Promise<readonly (readonly Memory[])[]>;
  /** Of each memory the newest first, at most `limit`, in the order of `memoryIds`; `before` is the number of the last one already seen. */
  revisionsOfMany(actor: Actor, memoryIds: readonly string[], position: PageBefore<number>): Promise<readonly (readonly MemoryRevision[])[]>;

  /** Locks the row until the transaction ends. */
  lock(actor: Actor, id: string): Promise<StoredMemory | null>;
  /** Locks a memory that was hidden at most `withinSeconds` ago. */
  lockHidden(actor: Actor, id: string, withinSeconds: number): Promise<StoredMemory | null>;
  /** Locks the active memory of the pool with the same words, or else with the same subject, attribute and value. */
  lockTwin(actor: Actor, pool: Pool, statement: Statement, exceptId: string | null): Promise<StoredMemory | null>;
  /** The newest superseded memory of the pool with the same statement. */
  pastTwin(actor: Actor, pool: Pool, statement: Statement): Promise<StoredMemory | null>;
  /** Erases expired memories that still hold the statement's place. */
  clearExpiredTwins(actor: Actor, pool: Pool, statement: Statement): Promise<readonly Erased[]>;
  /** @throws DuplicateStatement when the statement's place was taken meanwhile */
  insert(actor: Actor, draft: MemoryDraft, ttl: Ttl): Promise<StoredMemory>;
  /** Writes the row that `lock` gave. @throws DuplicateStatement as insert does */
  save(actor: Actor, id: string, state: MemoryState, ttl: Ttl): Promise<StoredMemory>;
  addRevision(actor: Actor, revision: RevisionDraft, ttl: number | null): Promise<void>;
  /** Hides the locked memory from every read and drops its vectors. */
  hide(actor: Actor, id: string): Promise<void>;
  /** Shows the locked hidden memory again. @throws DuplicateStatement as insert does */
  unhide(actor: Actor, id: string): Promise<StoredMemory>;

  /** Lays tombstones for all that the memory ever said, but for the words of `except`, whose own it lifts; hashes only. `unhide` lifts those of its removal. */
  bury(actor: Actor, memory: Pool & Pick<Memory, 'id'>, except: Statement | null): Promise<void>;
  /** What was buried no earlier than the statements were heard, by the database's own clock. */
  buried(actor: Actor, pool: Pool, statements: readonly Statement[], hearing: Hearing): Promise<Buried>;

  /** Active memories of the pool that may say the same or the opposite, likeliest first. */
  neighbours(actor: Actor, pool: Pool, statement: Statement, limit: number): Promise<Memory[]>;

  /** Visible memories of a bank, by id from there on, whatever the actor's scopes: for who takes the bank away. */
  ofBank(actor: Actor, bankId: string, after: string | null, limit: number): Promise<readonly Erased[]>;
  /** Erases memories hidden for longer than `afterSeconds`, and expired ones, with every quotation of them. */
  erase(actor: Actor, kind: 'hidden' | 'expired', afterSeconds: number, limit: number): Promise<readonly Erased[]>;
  eraseExpiredRevisions(actor: Actor, limit: number): Promise<number>;
  eraseTombstones(actor: Actor, afterSeconds: number, limit: number): Promise<number>;
}

