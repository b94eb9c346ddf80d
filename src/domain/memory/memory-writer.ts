import type { Actor } from '../../kernel/actor';
import { newId } from '../../kernel/ids';
import { scopeHash } from '../../kernel/scope';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { Bank } from '../bank/bank';
import { memoryTopic, type FeedStore } from '../feed/feed';
import { withEvidence, type Evidence } from './evidence';
import type { RevisionAction } from './memory';
import { DuplicateStatement, type Erased, type MemoryState, type MemoryStore, type Pool, type StoredMemory, type Ttl } from './memory.store';

/** The stores one write of a memory needs, all over the same transaction. */
export interface MemoryWriteStores {
  readonly memories: MemoryStore;
  readonly feed: FeedStore;
  readonly outbox: JobOutbox;
}

/** On whose behalf and why memories change. */
export interface Author {
  readonly actor: Actor;
  readonly bank: Pick<Bank, 'revisions' | 'ttls'>;
  readonly generationId: string | null;
}

/** What a revision tells beside the snapshot. */
export interface Cause {
  readonly action: RevisionAction;
  readonly reason: string | null;
  /** The extracted sentences behind the change. */
  readonly candidates: readonly string[];
}

/** A new statement for a pool, not yet weighed against its twins. */
export interface Draft extends Pool {
  readonly state: MemoryState;
  readonly sessionId: string | null;
  readonly ttl: Ttl;
  /** Chosen beforehand where another row refers to it. */
  readonly id?: string;
}

/** Writes memories so that row, revision, feed entry and embedding job always go together. Use inside one transaction. */
export interface MemoryWriter {
  /** Makes the memory, or adds the evidence to the active one that already says it. */
  keep(draft: Draft, cause: Cause): Promise<{ readonly memory: StoredMemory; readonly created: boolean }>;
  /** Makes the memory of a statement whose twin was looked for and locked before. @throws DuplicateStatement when there is one */
  make(draft: Draft, cause: Cause): Promise<StoredMemory>;
  /** Adds evidence; no revision, because what the memory says stays. */
  confirm(memory: StoredMemory, evidence: Evidence, ttl: Ttl): Promise<StoredMemory>;
  /** Writes the next revision of a locked memory. */
  revise(memory: StoredMemory, state: MemoryState, cause: Cause, ttl: Ttl): Promise<StoredMemory>;
  /** Hides a locked memory from every read. @returns the number of its last revision */
  hide(memory: StoredMemory, cause: Cause): Promise<number>;
  /** Shows a locked hidden memory again. */
  unhide(memory: StoredMemory, cause: Cause): Promise<StoredMemory>;
}

/** Embedding of a generation's memories is its own last phase; every other new text asks for its own. */
export function createMemoryWriter({ memories, feed, outbox }: MemoryWriteStores, { actor, bank, generationId }: Author): MemoryWriter {
  const announce = async (memory: Erased, action: RevisionAction): Promise<void> => {
    const topic = memoryTopic(scopeHash(actor.tenantId, memory.bankId, memory.scope));
    await feed.append(actor, [{ topic, ref: { memoryId: memory.id, revision: memory.revision, action } }]);
  };

  const record = async (memory: StoredMemory, cause: Cause): Promise<void> => {
    if (bank.revisions) {
      await memories.addRevision(actor, {
        memoryId: memory.id, revision: memory.revision, fact: memory.fact, topics: memory.topics, confidence: memory.confidence,
        validFrom: memory.validFrom, validTo: memory.validTo, metadata: memory.metadata, eventIds: memory.eventIds,
        principalId: actor.principalId, generationId, ...cause,
      }, bank.ttls.revision);
    }
    await announce(memory, cause.action);
  };

  const embedLater = async (memory: StoredMemory): Promise<void> => {
    if (generationId === null) await outbox.enqueue(actor, 'memory.embedding', { tenantId: actor.tenantId, memoryIds: [memory.id], generationId });
  };

  const clearWay = async (pool: Pool, state: MemoryState): Promise<void> => {
    for (const erased of await memories.clearExpiredTwins(actor, pool, state)) await announce(erased, 'DELETED');
  };

  const confirm: MemoryWriter['confirm'] = async (memory, evidence, ttl) => {
    const state = withEvidence(memory, evidence);
    if (state === null) return memory;
    const saved = await memories.save(actor, memory.id, state, extendedTtl(memory, ttl));
    await announce(saved, 'CONFIRMED');
    return saved;
  };

  const make: MemoryWriter['make'] = async ({ bankId, scope, state, sessionId, ttl, id }, cause) => {
    const pool = { bankId, scope };
    if (state.supersededBy === null) await clearWay(pool, state);
    const memory = await memories.insert(actor, { ...state, ...pool, id: id ?? newId(), sessionId }, ttl);
    await record(memory, cause);
    await embedLater(memory);
    return memory;
  };

  return {
    confirm,
    make,

    async keep(draft, cause) {
      const { state, ttl } = draft;
      if (state.supersededBy === null) {
        const twin = await memories.lockTwin(actor, draft, state, null);
        if (twin !== null) return { memory: await confirm(twin, state, ttl), created: false };
      }
      return { memory: await make(draft, cause), created: true };
    },

    async revise(memory, state, cause, ttl) {
      if (state.supersededBy === null) await clearWay(memory, state);
      const saved = await memories.save(actor, memory.id, state, ttl);
      await record(saved, cause);
      if (saved.fact !== memory.fact) await embedLater(saved);
      return saved;
    },

    async hide(memory, cause) {
      await memories.hide(actor, memory.id);
      const hidden = { ...memory, revision: memory.revision + 1 };
      await record(hidden, cause);
      return hidden.revision;
    },

    async unhide(memory, cause) {
      if (memory.supersededAt === null) await clearWay(memory, memory);
      const shown = await memories.unhide(actor, memory.id);
      await record(shown, cause);
      await embedLater(shown);
      return shown;
    },
  };
}

/** Saying a thing again may lengthen its life, never shorten it. */
const extendedTtl = ({ expiresAt }: StoredMemory, ttl: Ttl): Ttl =>
  expiresAt === null || ttl === null || ttl === undefined || Date.now() + ttl * 1000 < expiresAt.getTime() ? undefined : ttl;

const MAX_RUNS = 5;

/** Runs a transaction again when a concurrent writer made the same statement first: the next run sees it and merges. */
export async function retryDuplicates<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof DuplicateStatement) || attempt === MAX_RUNS) throw error;
    }
  }
}
