import type { Actor } from '../../kernel/actor';
import type { ApiKey } from './api-key';

export interface ApiKeyStore {
  /** Makes the tenant and its default bank when they are new. */
  ensureTenant(tenantId: string): Promise<void>;
  insert(key: ApiKey): Promise<void>;
  /** By id alone: the key tells the tenant. */
  find(id: string): Promise<ApiKey | null>;
  list(actor: Actor): Promise<ApiKey[]>;
  /** False when there is no such key. */
  revoke(actor: Actor, id: string): Promise<boolean>;
  touch(id: string): Promise<void>;
}
