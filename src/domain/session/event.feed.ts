import { requireRole, type Actor } from '../../kernel/actor';
import { notFound } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { mapItems, parsePosition } from '../feed/iterate';
import type { FeedSource, LiveFeeds } from '../feed/live-feed';
import { eventsTopic, type Event } from './event';
import type { EventStore, SessionStore } from './session.store';

/** One event with the cursor to resume after it. */
export interface SessionEvent {
  readonly cursor: string;
  readonly event: Event;
}

export interface EventFeed {
  /**
   * The session's events after the cursor, then live; each once, in order.
   * @throws GatewayError NOT_FOUND (also later, when the session is deleted), BAD_USER_INPUT for a malformed cursor
   */
  subscribe(actor: Actor, sessionId: string, after: string | null, signal: AbortSignal): Promise<AsyncIterable<SessionEvent>>;
}

interface EventFeedDeps {
  readonly events: Pick<EventStore, 'readRange'>;
  readonly sessions: Pick<SessionStore, 'getMany'>;
  readonly feeds: LiveFeeds;
}

export function createEventFeed({ events, sessions, feeds }: EventFeedDeps): EventFeed {
  return {
    async subscribe(actor, sessionId, after, signal) {
      requireRole(actor, 'reader');
      if (!isUuid(sessionId)) throw notFound('session', sessionId);
      const session = async (): Promise<{ lastSeq: number }> => {
        const [found] = await sessions.getMany(actor, [sessionId]);
        if (found === undefined || found === null) throw notFound('session', sessionId);
        return found;
      };
      await session();
      const source: FeedSource<Event> = {
        topic: eventsTopic(actor.tenantId, sessionId),
        head: async () => (await session()).lastSeq,
        async read(seq, limit) {
          const page = await events.readRange(actor, sessionId, seq + 1, limit);
          if (page.length === 0) await session();
          return page.map((event) => ({ position: event.seq, item: event }));
        },
      };
      const key = JSON.stringify(['events', actor.tenantId, actor.scopeLimits, sessionId]);
      const items = await feeds.subscribe(key, source, parsePosition(after), signal);
      return mapItems(items, ({ position, item }) => ({ cursor: String(position), event: item }));
    },
  };
}
