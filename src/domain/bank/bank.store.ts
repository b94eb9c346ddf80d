import type { Actor } from '../../kernel/actor';
import type { Bank, BankConfig } from './bank';

export interface BankStore {
  /** The stored bank; `default` exists in every tenant, with the default configuration until it is saved. */
  get(actor: Actor, id: string): Promise<Bank | null>;
  list(actor: Actor): Promise<Bank[]>;
  /** Makes the row of `default` that rows of the bank refer to; no effect on other ids. */
  ensureDefault(actor: Actor, id: string): Promise<void>;
  /** Locks the bank's row, making that of `default` if need be; null when there is no such bank. */
  lock(actor: Actor, id: string): Promise<Bank | null>;
  /** Makes the bank at version 1. @returns false, and changes nothing, when another caller made it meanwhile */
  insert(actor: Actor, id: string, config: BankConfig): Promise<boolean>;
  /** Writes a locked bank's configuration under the next version. */
  update(actor: Actor, id: string, config: BankConfig): Promise<void>;
  /** Removes the bank with its memories and generations. */
  remove(actor: Actor, id: string): Promise<void>;
  count(actor: Actor): Promise<number>;
}
