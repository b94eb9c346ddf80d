import { Arg, ID, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import type { A2ATaskEvent, InboxItem } from '../../src/domain/agent/a2a';
import type { Context } from '../app-context';
import { live } from '../live';
import { A2ATaskEventType, InboxItemType } from './a2a.types';

@Resolver()
export class A2ASubscriptions {
  @Subscription(() => InboxItemType, {
    description: 'Messages for an agent that you registered: those after the cursor, then new ones as they are sent. Each once, in order. They wait for seven days; while this is open the agent is online, unless it is one on another server.',
    subscribe: ({ args, context: { app, actor } }: SubscribeResolverData<object, unknown, Context>) => {
      const { agentId, after } = args as { agentId: string; after?: string | null };
      return live((signal) => app.a2aFeed.inbox(actor, agentId, after ?? null, signal));
    },
  })
  agentInbox(
    @Root() item: InboxItem,
    @Arg('agentId', () => String, { description: 'The agent.' }) _agentId: string,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last message received; `"0"` before the oldest one kept; without it those that were not acknowledged come.' }) _after?: string | null,
  ): InboxItem {
    return item;
  }

  @Subscription(() => A2ATaskEventType, {
    description: 'Steps of a task: those after the cursor, from its first without one, then new ones. Completes after the last. Steps are kept for seven days.',
    subscribe: ({ args, context: { app, actor } }: SubscribeResolverData<object, unknown, Context>) => {
      const { taskId, after } = args as { taskId: string; after?: string | null };
      return live((signal) => app.a2aFeed.task(actor, taskId, after ?? null, signal));
    },
  })
  a2aTaskEvents(
    @Root() event: A2ATaskEvent,
    @Arg('taskId', () => ID, { description: 'The task.' }) _taskId: string,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last step received.' }) _after?: string | null,
  ): A2ATaskEvent {
    return event;
  }
}
