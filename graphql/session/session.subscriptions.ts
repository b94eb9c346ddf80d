import { Arg, ID, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import type { SessionEvent } from '../../src/domain/session/event.feed';
import type { Context } from '../app-context';
import { live } from '../live';
import { SessionEventType } from './event.types';

@Resolver()
export class SessionSubscriptions {
  @Subscription(() => SessionEventType, {
    description: 'Events of a session: those after the cursor, then new ones as they are committed. Each once, in order.',
    subscribe: ({ args, context: { app, actor } }: SubscribeResolverData<object, unknown, Context>) => {
      const { sessionId, after } = args as { sessionId: string; after?: string | null };
      return live((signal) => app.eventFeed.subscribe(actor, sessionId, after ?? null, signal));
    },
  })
  sessionEvents(
    @Root() event: SessionEvent,
    @Arg('sessionId', () => ID, { description: 'The session.' }) _sessionId: string,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event received, which is its seq; `"0"` before the first; without it only new events come.' }) _after?: string | null,
  ): SessionEvent {
    return event;
  }

  @Subscription(() => SessionEventType, {
    description: 'Events of a session and of all sessions below it, those that are created meanwhile included: those after the cursor, then new ones. Each once, in the order of `treeEventsConnection`.',
    subscribe: ({ args, context: { app, actor } }: SubscribeResolverData<object, unknown, Context>) => {
      const { sessionId, after } = args as { sessionId: string; after?: string | null };
      return live((signal) => app.treeFeed.subscribe(actor, sessionId, after ?? null, signal));
    },
  })
  sessionTreeEvents(
    @Root() event: SessionEvent,
    @Arg('sessionId', () => ID, { description: 'The upper session.' }) _sessionId: string,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event received, or seen in `treeEventsConnection`; `"0"` before the first; without it only new events come.' }) _after?: string | null,
  ): SessionEvent {
    return event;
  }
}
