import type { Actor } from '../../kernel/actor';
import { feedBusTopic, type FeedStore, type StampedEntry } from './feed';
import { mapItems, parsePosition } from './iterate';
import type { LiveFeeds } from './live-feed';

/** Follows one topic of the stamped feeds; the cursor is the position. */
export type StampedFeed = (actor: Actor, topic: string, after: string | null, signal: AbortSignal) => Promise<AsyncIterableIterator<StampedEntry>>;

export const createStampedFeed = ({ feed, feeds }: { feed: FeedStore; feeds: LiveFeeds }): StampedFeed =>
  async (actor, topic, after, signal) => {
    const items = await feeds.subscribe(JSON.stringify(['feed', actor.tenantId, topic]), {
      topic: feedBusTopic(actor.tenantId, topic),
      head: () => feed.head(actor, topic),
      read: async (position, limit) => (await feed.read(actor, topic, position, limit)).map((entry) => ({ position: entry.position, item: entry })),
    }, parsePosition(after), signal);
    return mapItems(items, ({ item }) => item);
  };
