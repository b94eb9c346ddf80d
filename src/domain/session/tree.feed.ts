import { requireRole, type Actor } from '../../kernel/actor';
import { notFound } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { feedBusTopic } from '../feed/feed';
import { mapItems, parsePosition } from '../feed/iterate';
import type { FeedSource, LiveFeeds } from '../feed/live-feed';
import type { Event } from './event';
import type { SessionEvent } from './event.feed';
import type { Session } from './session';
import type { SessionStore } from './session.store';
import { treeTopic } from './tree';
import type { TreeStore } from './tree.store';

export interface TreeFeed {
  /**
   * Events of the session and of all below it after the cursor, then live, those of sessions yet to come included; each once,
   * in the order in which `TreeService` gives them.
   * @throws GatewayError NOT_FOUND (also later, when the session is deleted), BAD_USER_INPUT for a malformed cursor
   */
  subscribe(actor: Actor, sessionId: string, after: string | null, signal: AbortSignal): Promise<AsyncIterable<SessionEvent>>;
}

interface TreeFeedDeps {
  readonly trees: TreeStore;
  readonly sessions: Pick<SessionStore, 'getMany'>;
  readonly feeds: LiveFeeds;
}

export function createTreeFeed({ trees, sessions, feeds }: TreeFeedDeps): TreeFeed {
  return {
    async subscribe(actor, sessionId, after, signal) {
      requireRole(actor, 'reader');
      const position = parsePosition(after);
      const session = async (): Promise<Session> => {
        const [found] = isUuid(sessionId) ? await sessions.getMany(actor, [sessionId]) : [];
        if (found === undefined || found === null) throw notFound('session', sessionId);
        return found;
      };
      const { id, rootId } = await session();
      await trees.settle(actor, [id]);
      const source: FeedSource<Event> = {
        topic: feedBusTopic(actor.tenantId, treeTopic(rootId)),
        head: () => trees.head(actor, rootId),
        async read(from, limit) {
          const [page = []] = await trees.events(actor, [id], { after: from, limit });
          if (page.length === 0) await session();
          return page.map(({ position, event }) => ({ position, item: event }));
        },
      };
      const items = await feeds.subscribe(JSON.stringify(['tree', actor.tenantId, actor.scopeLimits, id]), source, position, signal);
      return mapItems(items, ({ position, item }) => ({ cursor: String(position), event: item }));
    },
  };
}
