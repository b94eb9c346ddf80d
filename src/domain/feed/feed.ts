import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';

/** An entry of a feed: ids only, so that nothing deleted can come back through it. */
export interface FeedEntry {
  /** `memory:<scope hash>`, `generation:<id>`, `inbox:<agent>` or `a2a-task:<id>`. */
  readonly topic: string;
  readonly ref: JsonObject;
}

export interface StampedEntry {
  /** Grows in commit order over all feeds; the cursor of the entry. */
  readonly position: number;
  readonly ref: JsonObject;
}

export interface FeedStore {
  /** Inside the transaction of the change it tells of. */
  append(actor: Actor, entries: readonly FeedEntry[]): Promise<void>;
  /** Committed entries after `position`, in order, at most `limit`. */
  read(actor: Actor, topic: string, after: number, limit: number): Promise<StampedEntry[]>;
  /** Position of the newest stamped entry of the topic, 0 when there is none. */
  head(actor: Actor, topic: string): Promise<number>;
}

export const memoryTopic = (scopeHash: string): string => `memory:${scopeHash}`;
export const generationTopic = (generationId: string): string => `generation:${generationId}`;

/** The bus topic that is notified when the feed's topic has new stamped entries. */
export const feedBusTopic = (tenantId: string, topic: string): string => `feed:${tenantId}:${topic}`;
