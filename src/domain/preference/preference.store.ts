import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import type { PreferenceOwner, StoredPreferences } from './preference';

export interface PreferenceStore {
  read(actor: Actor, owner: PreferenceOwner): Promise<StoredPreferences | null>;
  /** The version, 0 where there are none; nobody changes them until the transaction ends. */
  lock(actor: Actor, owner: PreferenceOwner): Promise<number>;
  /** Merges a patch (RFC 7396) in. @throws GatewayError BAD_USER_INPUT (STATE_TOO_LARGE) */
  merge(actor: Actor, owner: PreferenceOwner, patch: JsonObject): Promise<void>;
}
