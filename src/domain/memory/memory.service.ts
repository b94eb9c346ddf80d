import { requireRole, requireScope, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, conflict, notFound } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { toPage, type Page, type PageBefore, type PageRequest } from '../../kernel/page';
import { isStorableText } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import type { Bank } from '../bank/bank';
import { requireAllowedKeys } from '../bank/bank-rules';
import type { BankStore } from '../bank/bank.store';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { DerivedMemories, Memory, MemoryFilter, MemoryPatch, MemoryRevision, NewMemory } from './memory';
import { factHash } from './fingerprint';
import { newState, patchedState, requirePool, requireReason, rolledBackState } from './memory-rules';
import { diffRevisions, type RevisionDiff } from './revision-diff';
import { createMemoryWriter, retryDuplicates, type MemoryWriter, type MemoryWriteStores } from './memory-writer';
import type { MemoryState, MemoryStore, StoredMemory } from './memory.store';

export interface WriteOptions {
  readonly idempotency?: IdempotencyKey | null;
  /** Why, in the caller's words, at most 500 characters: it stands in the revision. */
  readonly reason?: string | null;
}
export interface PatchOptions extends WriteOptions {
  /** Refuses with CONFLICT (VERSION_MISMATCH) unless the memory is at this revision. */
  readonly expectedRevision?: number | null;
}

export interface MemoryService {
  /** Makes a memory. The same words again in the same pool return the memory that holds them, with its evidence grown. */
  create(actor: Actor, input: NewMemory, options?: WriteOptions): Promise<Memory>;
  /** @throws GatewayError NOT_FOUND, alike for ids that never were, that are gone and that are another's */
  get(actor: Actor, id: string): Promise<Memory>;
  /** In the order of `ids`, null where there is none. */
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Memory | null)[]>;
  /** Newest first; `after` is the last id already seen. */
  list(actor: Actor, filter: MemoryFilter, position: PageRequest): Promise<Page<Memory>>;
  /** Newest first; `before` is the last revision number already seen. Empty for memories one cannot see. */
  revisions(actor: Actor, memoryId: string, position: PageBefore<number>): Promise<Page<MemoryRevision>>;
  /** The same of several memories, in the order of `memoryIds`, in one statement. */
  revisionsOfMany(actor: Actor, memoryIds: readonly string[], position: PageBefore<number>): Promise<readonly Page<MemoryRevision>[]>;
  /** Made from each of these sessions, in one statement. */
  ofSessions(actor: Actor, sessionIds: readonly string[], derived: DerivedMemories): Promise<readonly Page<Memory>[]>;
  /** For which each of these events is evidence, in one statement. */
  ofEvents(actor: Actor, eventIds: readonly string[], derived: DerivedMemories): Promise<readonly Page<Memory>[]>;
  /**
   * New words are a correction: what the memory said before is not made again from what was in the database by then.
   * @throws GatewayError NOT_FOUND; CONFLICT (VERSION_MISMATCH, or DUPLICATE_FACT when another memory of the pool says the new words)
   */
  patch(actor: Actor, id: string, patch: MemoryPatch, options?: PatchOptions): Promise<Memory>;
  /**
   * Hides the memory and its revisions from every read at once. Generations that read the same events again do not bring it back,
   * also when it is erased; what is said in an event appended later, and `create`, make it anew. A memory that this one had
   * superseded stays superseded: that something else was said is not undone by forgetting what it was.
   * @throws GatewayError NOT_FOUND
   */
  remove(actor: Actor, id: string, options?: WriteOptions): Promise<void>;
  /**
   * Two revisions of a memory side by side; without `to` the newest.
   * @throws GatewayError NOT_FOUND, also for revisions that expired or were never kept
   */
  diff(actor: Actor, id: string, from: number, to: number | null): Promise<RevisionDiff>;
  /**
   * Writes what a revision shows as the memory's next revision: history goes on, nothing of it is rewritten. A superseded memory holds again.
   * What it said until now counts as corrected, as with `patch`.
   * @throws GatewayError NOT_FOUND for the memory or the revision; CONFLICT (VERSION_MISMATCH, or DUPLICATE_FACT when another memory of the pool says so)
   */
  rollback(actor: Actor, id: string, revision: number, options?: PatchOptions): Promise<Memory>;
  /** Takes a removal back while the memory is not yet erased. @throws GatewayError NOT_FOUND; CONFLICT (DUPLICATE_FACT) */
  restore(actor: Actor, id: string, options?: WriteOptions): Promise<Memory>;
}

type Stores = MemoryWriteStores & { readonly banks: BankStore; readonly idempotency: IdempotencyStore };

interface MemoryServiceDeps {
  readonly memories: MemoryStore;
  readonly transact: Transact<Stores>;
  readonly clock: Clock;
  /** How long a removal can be taken back, in seconds. */
  readonly retentionSeconds: number;
}

export function createMemoryService({ memories, transact, clock, retentionSeconds }: MemoryServiceDeps): MemoryService {
  const bankOf = async (banks: BankStore, actor: Actor, id: string): Promise<Bank> => {
    const bank = isStorableText(id) ? await banks.get(actor, id) : null;
    if (bank === null) throw notFound('bank', id);
    return bank;
  };

  const get: MemoryService['get'] = async (actor, id) => {
    requireRole(actor, 'reader');
    const [memory] = isUuid(id) ? await memories.getMany(actor, [id]) : [];
    if (memory === undefined || memory === null) throw notFound('memory', id);
    return memory;
  };

  const revisionsOfMany: MemoryService['revisionsOfMany'] = async (actor, memoryIds, { limit, before }) => {
    requireRole(actor, 'reader');
    const found = await memories.revisionsOfMany(actor, memoryIds, { limit: limit + 1, before });
    return found.map((revisions) => toPage(revisions, limit));
  };

  /** Runs a change of one memory, found and locked, in a transaction; a replayed key does nothing more. */
  const change = async (
    actor: Actor, id: string, key: IdempotencyKey | null | undefined,
    find: (stores: Stores) => Promise<StoredMemory | null>, work: (memory: StoredMemory, writer: MemoryWriter, stores: Stores) => Promise<unknown>,
  ): Promise<void> => {
    requireRole(actor, 'writer');
    if (!isUuid(id)) throw notFound('memory', id);
    await retryDuplicates(() =>
      transact((stores) =>
        once(stores.idempotency, actor, key, async () => {
          const memory = await find(stores);
          const bank = memory === null ? null : await stores.banks.get(actor, memory.bankId);
          if (memory === null || bank === null) throw notFound('memory', id);
          await work(memory, createMemoryWriter(stores, { actor, bank, generationId: null }), stores);
          return { memoryId: id };
        })));
  };
  const visible = (actor: Actor, id: string) => (stores: Stores): Promise<StoredMemory | null> => stores.memories.lock(actor, id);

  /** @throws GatewayError CONFLICT (DUPLICATE_FACT): an edit by hand never merges two memories silently */
  const requireNoTwin = async (actor: Actor, stores: Stores, memory: StoredMemory, state: MemoryState): Promise<void> => {
    const twin = memory.supersededAt === null ? await stores.memories.lockTwin(actor, memory, state, memory.id) : null;
    if (twin !== null) throw conflict(`memory ${twin.id} of the same pool already says so`, 'DUPLICATE_FACT', 'input.fact');
  };

  const requireRevision = (memory: StoredMemory, expected: number | null | undefined, field: string): void => {
    if (expected !== undefined && expected !== null && expected !== memory.revision) {
      throw conflict(`memory ${memory.id} is at revision ${memory.revision}`, 'VERSION_MISMATCH', field);
    }
  };

  /** @throws GatewayError NOT_FOUND */
  const revisionOf = async (store: MemoryStore, actor: Actor, id: string, revision: number): Promise<MemoryRevision> => {
    // Numbers are the database's 32-bit integers.
    const inRange = Number.isInteger(revision) && revision >= 1 && revision < 2 ** 31 - 1;
    const [found = []] = inRange && isUuid(id) ? await store.revisionsOfMany(actor, [id], { limit: 1, before: revision + 1 }) : [];
    const [newest] = found;
    if (newest?.revision !== revision) throw notFound(`revision ${revision} of memory`, id);
    return newest;
  };

  /** Words that change are a correction: what was said before is not made again from what was in the database by then. */
  const correct = async (actor: Actor, stores: Stores, memory: StoredMemory, state: MemoryState): Promise<void> => {
    await requireNoTwin(actor, stores, { ...memory, supersededAt: state.supersededAt }, state);
    if (!factHash(state.fact).equals(factHash(memory.fact))) await stores.memories.bury(actor, memory, state);
  };

  return {
    get,

    async getMany(actor, ids) {
      requireRole(actor, 'reader');
      return memories.getMany(actor, ids);
    },

    async create(actor, input, { idempotency } = {}) {
      requireRole(actor, 'writer');
      const pool = requirePool(input.bankId, input.scope);
      requireScope(actor, pool.scope, 'input.scope');
      const state = newState(input, clock.now());
      const { memoryId } = await retryDuplicates(() =>
        transact((stores) =>
          once(stores.idempotency, actor, idempotency, async () => {
            const bank = await bankOf(stores.banks, actor, pool.bankId);
            requireAllowedKeys(bank, pool.scope, 'input.scope');
            const ttl = input.ttlSeconds === undefined ? bank.ttls.created : input.ttlSeconds;
            await stores.banks.ensureDefault(actor, pool.bankId);
            const writer = createMemoryWriter(stores, { actor, bank, generationId: null });
            const { memory } = await writer.keep({ ...pool, state, sessionId: null, ttl }, { action: 'CREATED', reason: null, candidates: [] });
            return { memoryId: memory.id };
          })));
      return get(actor, memoryId);
    },

    async list(actor, filter, { limit, after }) {
      requireRole(actor, 'reader');
      const { scope } = requirePool(filter.bankId, filter.scope, 'scope');
      if (filter.match === 'EXACT') requireScope(actor, scope);
      if (filter.topic !== undefined && !isStorableText(filter.topic)) throw badInput('topic', 'text holds no NUL and no lone surrogate', 'BAD_TEXT');
      if (filter.sessionId !== undefined && !isUuid(filter.sessionId)) return { items: [], hasMore: false };
      return toPage(await memories.list(actor, { ...filter, scope }, { limit: limit + 1, after }), limit);
    },

    async revisions(actor, memoryId, position) {
      const [page] = isUuid(memoryId) ? await revisionsOfMany(actor, [memoryId], position) : [];
      return page ?? { items: [], hasMore: false };
    },
    revisionsOfMany,

    async ofSessions(actor, sessionIds, derived) {
      requireRole(actor, 'reader');
      return (await memories.ofSessions(actor, sessionIds, { ...derived, limit: derived.limit + 1 })).map((found) => toPage(found, derived.limit));
    },
    async ofEvents(actor, eventIds, derived) {
      requireRole(actor, 'reader');
      return (await memories.ofEvents(actor, eventIds, { ...derived, limit: derived.limit + 1 })).map((found) => toPage(found, derived.limit));
    },

    async patch(actor, id, patch, { expectedRevision, idempotency, reason } = {}) {
      const why = requireReason(reason, 'input.reason');
      await change(actor, id, idempotency, visible(actor, id), async (memory, writer, stores) => {
        requireRevision(memory, expectedRevision, 'input.expectedRevision');
        const state = patchedState(memory, patch);
        if (state === null) return;
        await correct(actor, stores, memory, state);
        await writer.revise(memory, state, { action: 'UPDATED', reason: why, candidates: [] }, patch.ttlSeconds);
      });
      return get(actor, id);
    },

    async diff(actor, id, from, to) {
      const memory = await get(actor, id);
      const [older, newer] = await Promise.all([from, to ?? memory.revision].map((revision) => revisionOf(memories, actor, id, revision)));
      if (older === undefined || newer === undefined) throw notFound('revision of memory', id);
      return diffRevisions(older, newer);
    },

    async rollback(actor, id, revision, { expectedRevision, idempotency, reason } = {}) {
      const why = requireReason(reason);
      await change(actor, id, idempotency, visible(actor, id), async (memory, writer, stores) => {
        requireRevision(memory, expectedRevision, 'expectedRevision');
        const state = rolledBackState(memory, await revisionOf(stores.memories, actor, id, revision));
        await correct(actor, stores, memory, state);
        const cause = `rolled back to revision ${revision}${why === null ? '' : `: ${why}`}`;
        await writer.revise(memory, state, { action: 'UPDATED', reason: cause, candidates: [] }, undefined);
      });
      return get(actor, id);
    },

    async remove(actor, id, { idempotency, reason } = {}) {
      const why = requireReason(reason);
      await change(actor, id, idempotency, visible(actor, id), async (memory, writer, stores) => {
        await stores.memories.bury(actor, memory, null);
        await writer.hide(memory, { action: 'DELETED', reason: why, candidates: [] });
      });
    },

    async restore(actor, id, { idempotency } = {}) {
      const hidden = (stores: Stores): Promise<StoredMemory | null> => stores.memories.lockHidden(actor, id, retentionSeconds);
      await change(actor, id, idempotency, hidden, async (memory, writer, stores) => {
        await requireNoTwin(actor, stores, memory, memory);
        await writer.unhide(memory, { action: 'UPDATED', reason: 'restored', candidates: [] });
      });
      return get(actor, id);
    },
  };
}
