import { requireRole, type Actor } from '../../kernel/actor';
import { badInput, conflict, notFound } from '../../kernel/errors';
import type { Transact } from '../../kernel/transact';
import { DEFAULT_BANK_CONFIG, type Bank, type BankConfig } from './bank';
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
  save(actor: Actor, id: string, patch: Partial<BankConfig>, expectedVersion?: number | null): Promise<Bank>;
  /** Removes a bank with everything in it, at once and for good. @throws GatewayError NOT_FOUND, BAD_USER_INPUT for `default` */
  remove(actor: Actor, id: string): Promise<void>;
}

interface BankServiceDeps {
  readonly banks: BankStore;
  readonly transact: Transact<{ readonly banks: BankStore }>;
}

export function createBankService({ banks, transact }: BankServiceDeps): BankService {
  return {
    async get(actor, id) {
      requireRole(actor, 'reader');
      const bank = await banks.get(actor, id);
      if (bank === null) throw notFound('bank', id);
      return bank;
    },

    async list(actor) {
      requireRole(actor, 'reader');
      return banks.list(actor);
    },

    async save(actor, id, patch, expectedVersion) {
      requireRole(actor, 'admin');
      requireBankId(id, 'input.id');
      return transact(async (stores) => {
        const stored = await stores.banks.lock(actor, id);
        if (expectedVersion !== null && expectedVersion !== undefined && expectedVersion !== (stored?.version ?? 0)) {
          throw conflict(`bank ${id} is at version ${stored?.version ?? 0}`, 'VERSION_MISMATCH', 'input.expectedVersion');
        }
        if (stored === null && (await stores.banks.count(actor)) >= MAX_BANKS) {
          throw conflict(`a tenant has at most ${MAX_BANKS} banks`, 'TOO_MANY_BANKS');
        }
        const config = mergeConfig(stored ?? DEFAULT_BANK_CONFIG, patch);
        requireBankConfig(config);
        return stores.banks.put(actor, id, config);
      });
    },

    async remove(actor, id) {
      requireRole(actor, 'admin');
      if (isDefaultBank(id)) throw badInput('id', 'the bank default cannot be removed', 'DEFAULT_BANK');
      await transact(async (stores) => {
        if ((await stores.banks.lock(actor, id)) === null) throw notFound('bank', id);
        await stores.banks.remove(actor, id);
      });
    },
  };
}

const mergeConfig = (stored: BankConfig, patch: Partial<BankConfig>): BankConfig => ({
  managedTopics: patch.managedTopics ?? stored.managedTopics,
  customTopics: patch.customTopics ?? stored.customTopics,
  examples: patch.examples ?? stored.examples,
  instructions: patch.instructions ?? stored.instructions,
  consolidation: patch.consolidation ?? stored.consolidation,
  revisions: patch.revisions ?? stored.revisions,
  ttls: { ...stored.ttls, ...patch.ttls },
  allowedScopeKeys: patch.allowedScopeKeys ?? stored.allowedScopeKeys,
});
