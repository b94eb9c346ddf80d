import type { JsonObject } from '../../kernel/json';

/** Whose preferences: a user's are the `user:` state of all sessions with that user, an agent's are its own. */
export type PreferenceOwner = { readonly kind: 'user' | 'agent'; readonly id: string };

export interface Preferences {
  readonly userId: string | null;
  readonly agentId: string | null;
  /** By key, without the prefix that they have in a session's state. */
  readonly values: JsonObject;
  /** Grows with each change; 0 where none was ever written. */
  readonly version: number;
  readonly updatedAt: Date | null;
}

/** As they are stored: keys with their prefix. */
export interface StoredPreferences {
  readonly state: JsonObject;
  readonly version: number;
  readonly updatedAt: Date;
}
