import type { Actor } from '../../kernel/actor';
import type { FeedStore } from '../feed/feed';
import { inboxTopic, taskTopic, type A2AMessage, type A2ATask } from './a2a';

/** Tells the followers of tasks what state they are in now; inside the transaction that put them there. */
export const tellTask = (feed: FeedStore, actor: Actor, tasks: readonly A2ATask[]): Promise<void> =>
  feed.append(actor, tasks.map(({ id, state, reason, responseId }) => ({ topic: taskTopic(id), ref: { state, reason, messageId: responseId } })));

/** Puts a message into the inbox of the agent that it is for, if it is for one. */
export const deliver = (feed: FeedStore, actor: Actor, { id, toAgentId }: Pick<A2AMessage, 'id' | 'toAgentId'>): Promise<void> =>
  feed.append(actor, toAgentId === null ? [] : [{ topic: inboxTopic(toAgentId), ref: { messageId: id } }]);
