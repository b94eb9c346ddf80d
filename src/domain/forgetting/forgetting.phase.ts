import { RetryLater } from '../../jobs/retry-later';
import type { Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { scopeHash } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import { memoryTopic, type FeedStore } from '../feed/feed';
import type { LedgerStore } from '../ledger/ledger.store';
import type { MemoryStore } from '../memory/memory.store';
import type { Corpus, LexiconStore } from '../search/lexicon.store';
import { addCounts, type Counts } from './forgetting';
import type { ForgettingStore, StoredForgetting } from './forgetting.store';
import { enterReceipt } from './receipt';

export interface ForgettingStores {
  readonly forgettings: ForgettingStore;
  readonly memories: Pick<MemoryStore, 'bury'>;
  readonly ledger: LedgerStore;
  readonly feed: FeedStore;
}

export interface ForgettingPhase {
  /**
   * Erases batch by batch, each committed for itself with what it counted, then enters the receipt. A run after a crash goes on with
   * what is left; one of an erasure that is done does nothing. Rejects with RetryLater while objects cannot be removed.
   */
  run(actor: Actor, id: string, signal: AbortSignal): Promise<void>;
  /** It cannot go on: FAILED with the reason. What is erased stays erased; a retry of its job goes on. */
  fail(actor: Actor, id: string, reason: string): Promise<void>;
}

interface ForgettingPhaseDeps {
  readonly transact: Transact<ForgettingStores>;
  readonly lexicons: Pick<LexiconStore, 'refresh'>;
  /** Removes objects that nothing refers to; null where no store is configured. @returns how many it looked at */
  readonly sweepObjects: (() => Promise<number>) | null;
  readonly clock: Clock;
}

/** A session goes with all of its events, in one statement. */
const SESSIONS = 10;
const GENERATIONS = 100;
export const MEMORIES = 200;
const DECISIONS = 500;
const DOCUMENTS = 10;
const PROCEDURES = 200;
const OBJECTS_RETRY_MS = 5000;
const CORPORA: readonly Corpus[] = ['memories', 'events', 'procedures', 'document_passages'];

type Step = (stores: ForgettingStores, actor: Actor, forgetting: StoredForgetting) => Promise<Partial<Counts> | null>;

export function createForgettingPhase({ transact, lexicons, sweepObjects, clock }: ForgettingPhaseDeps): ForgettingPhase {
  /** False when nothing was left for the step, or the erasure is over. */
  const batch = (worker: Actor, id: string, step: Step): Promise<boolean> =>
    transact(async (stores) => {
      const forgetting = await stores.forgettings.lock(worker, id);
      if (forgetting === null || forgetting.status === 'COMPLETED') return false;
      const erased = await step(stores, { ...worker, principalId: forgetting.principalId }, forgetting);
      if (erased !== null) await stores.forgettings.change(worker, id, { status: 'PROCESSING', error: null, erased: addCounts(forgetting.erased, erased) });
      return erased !== null;
    });

  const drain = async (actor: Actor, id: string, signal: AbortSignal, step: Step): Promise<void> => {
    do signal.throwIfAborted(); while (await batch(actor, id, step));
  };

  /** What came while others went is collected again: generations ran on sessions that were still there. */
  const forgetUser = async (actor: Actor, id: string, userId: string, signal: AbortSignal): Promise<void> => {
    const collect = (): Promise<boolean> => batch(actor, id, async ({ forgettings }, who) => {
      await forgettings.collectUser(who, id, userId);
      return {};
    });
    await batch(actor, id, async ({ forgettings }, who) => {
      await forgettings.dropImports(who);
      return {};
    });
    await collect();
    await drain(actor, id, signal, ({ forgettings }, who) => forgettings.eraseSessions(who, id, SESSIONS));
    await collect();
    await drain(actor, id, signal, ({ forgettings }, who) => forgettings.eraseGenerations(who, id, GENERATIONS));
    await collect();
    await drain(actor, id, signal, eraseMemories);
    await drain(actor, id, signal, ({ forgettings }, who) => forgettings.eraseDecisions(who, id, DECISIONS));
    await drain(actor, id, signal, ({ forgettings }, who) => forgettings.eraseDocuments(who, userId, DOCUMENTS));
    await drain(actor, id, signal, ({ forgettings }, who) => forgettings.eraseProcedures(who, id, userId, PROCEDURES));
    await batch(actor, id, ({ forgettings }, who) => forgettings.eraseRest(who, id, userId));
    await removeObjects(actor, id, signal);
    for (const corpus of CORPORA) await lexicons.refresh(actor, corpus);
  };

  const removeObjects = async (actor: Actor, id: string, signal: AbortSignal): Promise<void> => {
    const settle = (): Promise<boolean> => batch(actor, id, async ({ forgettings }, who) => {
      const objects = await forgettings.settleObjects(who, id);
      return objects === 0 ? null : { objects };
    });
    for (;;) {
      signal.throwIfAborted();
      await settle();
      if ((await transact(({ forgettings }) => forgettings.left(actor, id, 'OBJECT'))) === 0) return;
      if (sweepObjects === null || (await sweepObjects()) === 0) throw new RetryLater(OBJECTS_RETRY_MS, 'objects wait for their removal');
    }
  };

  return {
    async run(actor, id, signal) {
      const forgetting = await transact(({ forgettings }) => forgettings.get(actor, id));
      if (forgetting === null || forgetting.status === 'COMPLETED') return;
      if (forgetting.subject === null) await drain(actor, id, signal, eraseMemories);
      else await forgetUser(actor, id, forgetting.subject, signal);
      await transact((stores) => finish(stores, actor, id, clock.now()));
    },

    fail: (actor, id, reason) =>
      transact(async ({ forgettings }) => {
        const forgetting = await forgettings.lock(actor, id);
        if (forgetting !== null && forgetting.status !== 'COMPLETED') await forgettings.change(actor, id, { status: 'FAILED', error: reason });
      }),
  };
}

/** The next memories of an erasure. Purged statements are not made again from what was said before; of a person not even hashes stay. */
export const eraseMemories: Step = async ({ forgettings, memories, feed }, actor, { id, subject }) => {
  if ((await forgettings.left(actor, id, 'MEMORY')) === 0) return null;
  const doomed = await forgettings.nextMemories(actor, id, MEMORIES);
  if (subject === null) for (const memory of doomed) await memories.bury(actor, memory, null);
  await feed.append(actor, doomed.map(({ id: memoryId, bankId, scope, revision }) => ({
    topic: memoryTopic(scopeHash(actor.tenantId, bankId, scope)), ref: { memoryId, revision: revision + 1, action: 'DELETED' },
  })));
  return forgettings.eraseMemories(actor, id, doomed, subject);
};

/** The last step, inside the caller's transaction. */
export async function finish({ forgettings, ledger }: ForgettingStores, worker: Actor, id: string, now: Date): Promise<void> {
  const forgetting = await forgettings.lock(worker, id);
  if (forgetting === null || forgetting.status === 'COMPLETED') return;
  const actor = { ...worker, principalId: forgetting.principalId };
  await forgettings.change(actor, id, { status: 'COMPLETED', error: null, receiptCid: await enterReceipt(ledger, actor, forgetting, forgetting.erased, now) });
}
