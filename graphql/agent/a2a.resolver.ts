import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { A2AMessage, A2ATask } from '../../src/domain/agent/a2a';
import type { Agent } from '../../src/domain/agent/agent';
import type { Event } from '../../src/domain/session/event';
import type { Session } from '../../src/domain/session/session';
import { pageLimit, toPage } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { given } from '../input';
import type { Loaders } from '../loaders';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { EventType } from '../session/event.types';
import { eventRange } from '../session/session.args';
import { SessionType } from '../session/session.types';
import { toNewMessage, toUpdate } from './a2a.input';
import { A2AMessageConnectionType, A2AMessageType, A2ATaskConnectionType, A2ATaskFilterArgs, A2ATaskType, SendA2AMessageInput, UpdateA2ATaskInput } from './a2a.types';
import { AgentType } from './agent.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';

/** One more than asked for tells whether there is a next page. */
async function messagePage(loader: Loaders['messagesOfSession'], id: string, first: number | null | undefined, after: string | null | undefined): Promise<Connection<A2AMessage>> {
  const limit = pageLimit(first, 'first');
  const found = await loader.load({ id, args: { limit: limit + 1, afterSeq: Number(cursorKey(after, 'seq') ?? 0) } });
  return toConnection(toPage(found, limit), after, ({ seq }) => String(seq));
}

@Resolver(() => A2ATaskType)
export class A2ATaskResolver {
  @Query(() => A2ATaskType, { nullable: true, description: 'A task, null when there is none that you may see.' })
  a2aTask(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<A2ATask | null> {
    return loaders.task.load(id);
  }

  @Query(() => [A2ATaskType], { description: 'Tasks, newest first.' })
  async a2aTasks(
    @Ctx() { app, actor }: Context,
    @Args(() => A2ATaskFilterArgs) filter: A2ATaskFilterArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly A2ATask[]> {
    return (await app.a2a.listTasks(actor, given(filter, ['sessionId', 'agentId', 'state']), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => A2ATaskConnectionType, { description: 'Tasks, newest first, by cursor.' })
  async a2aTasksConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => A2ATaskFilterArgs) filter: A2ATaskFilterArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last task seen.' }) after?: string | null,
  ): Promise<Connection<A2ATask>> {
    const position = { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') };
    return toConnection(await app.a2a.listTasks(actor, given(filter, ['sessionId', 'agentId', 'state']), position), after, (task) => task.id);
  }

  @Mutation(() => A2ATaskType, { description: 'What an agent says of its task: an answer unless another state is given. A task that has ended takes no more (CONFLICT, TASK_ENDED).' })
  updateA2ATask(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => UpdateA2ATaskInput, { description: 'What it says.' }) input: UpdateA2ATaskInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<A2ATask> {
    return written(context, context.app.a2a.update(context.actor, input.taskId, toUpdate(input), { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => A2ATaskType, { description: 'Takes back a request: the caller no longer wants an answer. CONFLICT (TASK_ENDED) when it has ended.' })
  cancelA2ATask(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The task.' }) id: string,
    @Arg('reason', () => String, { nullable: true, description: 'Why, 1 to 500 characters.' }) reason?: string | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<A2ATask> {
    return written(context, context.app.a2a.cancel(context.actor, id, reason ?? null, { idempotency: keyOf(context, info, { id, reason }, key) }));
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The caller’s session.' })
  session(@Root() task: A2ATask, @Ctx() { loaders }: Context): Promise<Session | null> {
    return loaders.session.load(task.sessionId);
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The agent’s own session in which the work is done.' })
  workSession(@Root() task: A2ATask, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return task.workSessionId === null ? null : loaders.session.load(task.workSessionId);
  }

  @FieldResolver(() => AgentType, { nullable: true, description: 'The agent that is asked; null once it is removed.' })
  agent(@Root() task: A2ATask, @Ctx() { loaders }: Context): Promise<Agent | null> {
    return loaders.agent.load(task.toAgentId);
  }

  @FieldResolver(() => A2AMessageType, { nullable: true, description: 'The agent’s newest message: the answer, once the task is COMPLETED.' })
  response(@Root() task: A2ATask, @Ctx() { loaders }: Context): Promise<A2AMessage | null> | null {
    return task.responseId === null ? null : loaders.message.load(task.responseId);
  }

  @FieldResolver(() => [A2AMessageType], { description: 'What was said about it, in order.' })
  messages(
    @Root() task: A2ATask, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('after', () => Int, { nullable: true, description: 'Only messages after this seq.' }) after?: number | null,
  ): Promise<readonly A2AMessage[]> {
    return loaders.messagesOfTask.load({ id: task.id, args: { limit: pageLimit(limit), afterSeq: eventRange(after ?? 0, 'after') - 1 } });
  }

  @FieldResolver(() => A2AMessageConnectionType, { description: 'What was said about it, in order, by cursor.' })
  messagesConnection(
    @Root() task: A2ATask, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last message seen.' }) after?: string | null,
  ): Promise<Connection<A2AMessage>> {
    return messagePage(loaders.messagesOfTask, task.id, first, after);
  }
}

@Resolver(() => A2AMessageType)
export class A2AMessageResolver {
  @Mutation(() => A2AMessageType, {
    description: 'Sends a message to an agent: it is an event of the session and stands in the inbox when this answers, and waits there. With `waitMs` this answers when the task is answered: look at `task { state response { parts { text } } }`.',
  })
  sendA2AMessage(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => SendA2AMessageInput, { description: 'The message.' }) input: SendA2AMessageInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<A2AMessage> {
    const { waitMs, ...message } = input;
    return written(context, context.app.a2a.send(context.actor, toNewMessage(input), { waitMs, idempotency: keyOf(context, info, { input: message }, key) }));
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session it belongs to.' })
  session(@Root() message: A2AMessage, @Ctx() { loaders }: Context): Promise<Session | null> {
    return loaders.session.load(message.sessionId);
  }

  @FieldResolver(() => EventType, { nullable: true, description: 'The event that it is.' })
  event(@Root() message: A2AMessage, @Ctx() { loaders }: Context): Promise<Event | null> {
    return loaders.event.load(message.id);
  }

  @FieldResolver(() => A2ATaskType, { nullable: true, description: 'The task it belongs to, as it stands now.' })
  task(@Root() message: A2AMessage, @Ctx() { loaders }: Context): Promise<A2ATask | null> | null {
    return message.taskId === null ? null : loaders.task.load(message.taskId);
  }

  @FieldResolver(() => AgentType, { nullable: true, description: 'The agent that says it; null for a user’s application, or once it is removed.' })
  from(@Root() message: A2AMessage, @Ctx() { loaders }: Context): Promise<Agent | null> | null {
    return message.fromAgentId === null ? null : loaders.agent.load(message.fromAgentId);
  }

  @FieldResolver(() => AgentType, { nullable: true, description: 'The agent it is for; null for a user’s application, or once it is removed.' })
  to(@Root() message: A2AMessage, @Ctx() { loaders }: Context): Promise<Agent | null> | null {
    return message.toAgentId === null ? null : loaders.agent.load(message.toAgentId);
  }
}

@Resolver(() => SessionType)
export class SessionMessagesResolver {
  @FieldResolver(() => [A2AMessageType], { description: 'Messages that agents exchanged in it, in order.' })
  messages(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('after', () => Int, { nullable: true, description: 'Only messages after this seq.' }) after?: number | null,
  ): Promise<readonly A2AMessage[]> {
    return loaders.messagesOfSession.load({ id: session.id, args: { limit: pageLimit(limit), afterSeq: eventRange(after ?? 0, 'after') - 1 } });
  }

  @FieldResolver(() => A2AMessageConnectionType, { description: 'Messages that agents exchanged in it, in order, by cursor.' })
  messagesConnection(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last message seen.' }) after?: string | null,
  ): Promise<Connection<A2AMessage>> {
    return messagePage(loaders.messagesOfSession, session.id, first, after);
  }
}

@Resolver(() => EventType)
export class EventMessageResolver {
  @FieldResolver(() => A2AMessageType, { nullable: true, description: 'The message that it is, if it is one of this session’s.' })
  message(@Root() event: Event, @Ctx() { loaders }: Context): Promise<A2AMessage | null> | null {
    return event.metadata['a2aMessageId'] === event.id ? loaders.message.load(event.id) : null;
  }
}
