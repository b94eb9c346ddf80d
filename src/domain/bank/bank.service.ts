import { requireRole, requireUnlimited, type Actor } from '../../kernel/actor';
import { badInput, conflict, notFound } from '../../kernel/errors';
import { isStorableText, scopeHash } from '../../kernel/scope';
import type { Transact } from '../../kernel/transact';
import { memoryTopic, type FeedStore } from '../feed/feed';
import type { GenerationStore } from '../generation/generation.store';
import { tellStep } from '../generation/progress';
import type { IdempotencyKey, IdempotencyStore } from '../idempotency/idempotency';
import { once } from '../idempotency/once';
import type { Erased, MemoryStore } from '../memory/memory.store';
import { DEFAULT_BANK_CONFIG, type Bank, type BankConfig, type BankTtls } from './bank';
import { isDefaultBank, requireBankConfig, requireBankId } from './bank-rules';
import type { BankStore } from './bank.store';

const MAX_BANKS = 1000;

export interface BankService {
  /** @throws GatewayError NOT_FOUND */
  get(actor: Actor, id: string): Promise<Bank>;
  /** By id, `default` among them. */
  list(actor: Actor): Promise<Bank[]>;
  /**
   * Makes the bank or changes what `patch` names; what it leaves out stays.
   * @throws GatewayError BAD_USER_INPUT; CONFLICT (VERSION_MISMATCH) when `expectedVersion` is given and another is stored
   */
  save(actor: Actor, id: string, patch: BankPatch, options?: SaveOptions): Promise<Bank>;
  /**
   * Removes a bank with everything in it, at once and for good; the feed of each pool tells every memory that went, those of
   * unfinished generations that they are CANCELED. One transaction that grows with the bank. @throws GatewayError NOT_FOUND, BAD_USER_INPUT for `default`
   */
  remove(actor: Actor, id: string, options?: { readonly idempotency?: IdempotencyKey | null }): Promise<void>;
}

/** What is absent stays, in `ttls` too. */
export type BankPatch = Partial<Omit<BankConfig, 'ttls'>> & { readonly ttls?: Partial<BankTtls> };

export interface SaveOptions {
  readonly expectedVersion?: number | null;
  readonly idempotency?: IdempotencyKey | null;
}

interface BankServiceDeps {
  readonly banks: BankStore;
  readonly transact: Transact<Stores>;
}

interface Stores {
  readonly banks: BankStore;
  readonly memories: Pick<MemoryStore, 'ofBank'>;
  readonly generations: Pick<GenerationStore, 'unfinishedOfBank'>;
  readonly feed: FeedStore;
  readonly idempotency: IdempotencyStore;
}

const FAREWELL_BATCH = 1000;

export function createBankService({ banks, transact }: BankServiceDeps): BankService {
  const get = async (actor: Actor, id: string): Promise<Bank> => {
    requireRole(actor, 'reader');
    const bank = isStorableText(id) ? await banks.get(actor, id) : null;
    if (bank === null) throw notFound('bank', id);
    return bank;
  };

  return {
    get,

    async list(actor) {
      requireRole(actor, 'reader');
      return banks.list(actor);
    },

    async save(actor, id, patch, { expectedVersion, idempotency } = {}) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      requireBankId(id, 'input.id');
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        // Made by another caller between the look and the insert, it is looked at again, and is there then.
        while (!(await write(stores.banks, actor, id, patch, expectedVersion ?? null)));
        return { bankId: id };
      }));
      return get(actor, id);
    },

    async remove(actor, id, { idempotency } = {}) {
      requireRole(actor, 'admin');
      requireUnlimited(actor);
      if (isDefaultBank(id)) throw badInput('id', 'the bank default cannot be removed', 'DEFAULT_BANK');
      if (!isStorableText(id)) throw notFound('bank', id);
      await transact((stores) => once(stores.idempotency, actor, idempotency, async () => {
        if ((await stores.banks.lock(actor, id)) === null) throw notFound('bank', id);
        await tellFarewells(stores, actor, id);
        await tellCanceled(stores, actor, id);
        await stores.banks.remove(actor, id);
        return { bankId: id };
      }));
    },
  };
}

/** @returns false when another caller made the bank meanwhile, which left nothing to lock */
async function write(banks: BankStore, actor: Actor, id: string, patch: BankPatch, expectedVersion: number | null): Promise<boolean> {
  const stored = await banks.lock(actor, id);
  if (expectedVersion !== null && expectedVersion !== (stored?.version ?? 0)) {
    throw conflict(`bank ${id} is at version ${stored?.version ?? 0}`, 'VERSION_MISMATCH', 'input.expectedVersion');
  }
  const config = mergeConfig(stored ?? DEFAULT_BANK_CONFIG, patch);
  requireBankConfig(config);
  if (stored === null) {
    if ((await banks.count(actor)) >= MAX_BANKS) throw conflict(`a tenant has at most ${MAX_BANKS} banks`, 'TOO_MANY_BANKS');
    return banks.insert(actor, id, config);
  }
  await banks.update(actor, id, config);
  return true;
}

/** The locked bank takes no new memory meanwhile: this comes to an end, and misses none. */
async function tellFarewells({ memories, feed }: Stores, actor: Actor, bankId: string): Promise<void> {
  for (let after: string | null = null; ; ) {
    const batch: readonly Erased[] = await memories.ofBank(actor, bankId, after, FAREWELL_BATCH);
    await feed.append(actor, batch.map(({ id, scope, revision }) => ({
      topic: memoryTopic(scopeHash(actor.tenantId, bankId, scope)), ref: { memoryId: id, revision: revision + 1, action: 'DELETED' },
    })));
    after = batch.at(-1)?.id ?? null;
    if (batch.length < FAREWELL_BATCH) return;
  }
}

/** Neither does it take a new generation. */
async function tellCanceled({ generations, feed }: Stores, actor: Actor, bankId: string): Promise<void> {
  for (let after: string | null = null; ; ) {
    const batch: Awaited<ReturnType<typeof generations.unfinishedOfBank>> = await generations.unfinishedOfBank(actor, bankId, after, FAREWELL_BATCH);
    for (const generation of batch) await tellStep(feed, actor, generation.id, { ...generation, status: 'CANCELED' });
    after = batch.at(-1)?.id ?? null;
    if (batch.length < FAREWELL_BATCH) return;
  }
}

const mergeConfig = (stored: BankConfig, patch: BankPatch): BankConfig => ({
  managedTopics: patch.managedTopics ?? stored.managedTopics,
  customTopics: patch.customTopics ?? stored.customTopics,
  examples: patch.examples ?? stored.examples,
  instructions: patch.instructions ?? stored.instructions,
  consolidation: patch.consolidation ?? stored.consolidation,
  revisions: patch.revisions ?? stored.revisions,
  ttls: { ...stored.ttls, ...patch.ttls },
  allowedScopeKeys: patch.allowedScopeKeys ?? stored.allowedScopeKeys,
});
