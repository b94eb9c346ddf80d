import { Arg, ID, Resolver, Root, Subscription, type ResolverData } from 'type-graphql';
import type { SessionEvent } from '../../src/domain/session/event.feed';
import { requireRole } from '../../src/kernel/actor';
import type { Context } from '../app-context';
import { live } from '../live';
import { SessionEventType } from './event.types';

interface SessionEventsArgs {
  readonly sessionId: string;
  readonly after?: string | null;
}

@Resolver()
export class SessionSubscriptions {
  @Subscription(() => SessionEventType, {
    description: 'Events of a session: those after the cursor, then new ones as they are committed. Each once, in order.',
    subscribe: ({ args, context: { app, actor } }: ResolverData<Context> & { args: Partial<SessionEventsArgs> }) => {
      requireRole(actor, 'reader');
      return live((signal) => app.eventFeed.subscribe(actor, args.sessionId ?? '', args.after ?? null, signal));
    },
  })
  sessionEvents(
    @Root() event: SessionEvent,
    @Arg('sessionId', () => ID, { description: 'The session.' }) _sessionId: string,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event received; without it only new events come.' }) _after?: string | null,
  ): SessionEvent {
    return event;
  }
}
