import type { Actor } from '../../kernel/actor';
import { feedBusTopic, type FeedStore, type StampedEntry } from './feed';
import { mapItems, parsePosition } from './iterate';
import type { LiveFeeds } from './live-feed';

/**
 * Follows one topic of the stamped feeds; the cursor is the position. `alive` is asked whenever nothing new is there, on the
 * actor's authority, and ends the subscription with what it throws: a topic whose subject is gone gets no more entries.
 */
export type StampedFeed = (
  actor: Actor, topic: string, after: string | null, signal: AbortSignal, alive?: () => Promise<unknown>,
) => Promise<AsyncIterableIterator<StampedEntry>>;

export const createStampedFeed = ({ feed, feeds }: { feed: FeedStore; feeds: LiveFeeds }): StampedFeed =>
  async (actor, topic, after, signal, alive) => {
    const items = await feeds.subscribe(JSON.stringify(['feed', actor.tenantId, topic, alive === undefined ? null : actor.scopeLimits]), {
      topic: feedBusTopic(actor.tenantId, topic),
      head: () => feed.head(actor, topic),
      async read(position, limit) {
        const entries = await feed.read(actor, topic, position, limit);
        if (entries.length === 0) await alive?.();
        return entries.map((entry) => ({ position: entry.position, item: entry }));
      },
    }, parsePosition(after), signal);
    return mapItems(items, ({ item }) => item);
  };
