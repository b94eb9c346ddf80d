import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  A2A_MESSAGE_KINDS, A2A_TASK_STATES, type A2AMessage, type A2AMessageKind, type A2APart, type A2ATask, type A2ATaskEvent, type A2ATaskState, type InboxItem,
} from '../../src/domain/agent/a2a';
import type { JsonObject, JsonValue } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

const A2ATaskStateEnum = enumOf(A2A_TASK_STATES);
registerEnumType(A2ATaskStateEnum, {
  name: 'A2ATaskState',
  description: 'Where a task stands, as A2A 1.0 has it.',
  valuesConfig: {
    SUBMITTED: { description: 'Waits for the agent.' }, WORKING: { description: 'The agent works on it.' },
    INPUT_REQUIRED: { description: 'The agent waits for more from the caller: a message with the `taskId`.' },
    AUTH_REQUIRED: { description: 'The agent waits for the caller to grant it something.' },
    COMPLETED: { description: 'Answered.' }, FAILED: { description: 'It failed; `reason` says why.' },
    CANCELED: { description: 'The caller took it back.' }, REJECTED: { description: 'The agent will not do it.' },
  },
});
const A2AMessageKindEnum = enumOf(A2A_MESSAGE_KINDS);
registerEnumType(A2AMessageKindEnum, {
  name: 'A2AMessageKind',
  description: 'What a message is for.',
  valuesConfig: {
    REQUEST: { description: 'Asks an agent for something: it makes a task, or goes on with one.' },
    RESPONSE: { description: 'The agent’s word on its task.' },
    NOTIFICATION: { description: 'Tells an agent something; no answer is expected.' },
  },
});
const SentKindEnum = enumOf(['REQUEST', 'NOTIFICATION']);
registerEnumType(SentKindEnum, {
  name: 'SentMessageKind',
  description: 'What a message that is sent is for.',
  valuesConfig: { REQUEST: { description: 'Asks for something: it makes a task, or goes on with one.' }, NOTIFICATION: { description: 'No answer is expected.' } },
});

@ObjectType('A2APart', { description: 'One part of a message: text, data, or a file by its address.' })
class A2APartType implements A2APart {
  @Field(() => String, { nullable: true, description: 'The text of a text part.' })
  readonly text?: string;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The data of a data part.' })
  readonly data?: JsonValue;
  @Field(() => String, { nullable: true, description: 'Address of a file.' })
  readonly url?: string;
  @Field(() => String, { nullable: true, description: 'Name of the file.' })
  readonly filename?: string;
  @Field(() => String, { nullable: true, description: 'Media type of the content.' })
  readonly mediaType?: string;
}

@ObjectType('A2AMessage', { description: 'A message from or to an agent. It is an event of its session too, with the same id.' })
export class A2AMessageType implements A2AMessage {
  @Field(() => ID, { description: 'UUID; its event has the same.' })
  readonly id: string;
  @Field(() => String, { description: 'Chosen by the sender; the same one again is the same message.' })
  readonly messageId: string;
  @Field(() => ID, { description: 'The session it belongs to: the A2A context.' })
  readonly sessionId: string;
  @Field(() => Int, { description: 'Seq of its event.' })
  readonly seq: number;
  @Field(() => ID, { nullable: true, description: 'The task it belongs to; null for a notification.' })
  readonly taskId: string | null;
  @Field(() => A2AMessageKindEnum, { description: 'What it is for.' })
  readonly kind: A2AMessageKind;
  @Field(() => String, { nullable: true, description: 'The agent that says it; null for a user’s application.' })
  readonly fromAgentId: string | null;
  @Field(() => String, { nullable: true, description: 'The agent it is for; null for a user’s application.' })
  readonly toAgentId: string | null;
  @Field(() => String, { nullable: true, description: 'The caller’s invocation that it belongs to.' })
  readonly invocationId: string | null;
  @Field(() => [A2APartType], { description: 'What is said, in at most 50 parts.' })
  readonly parts: readonly A2APart[];
  @Field(() => GraphQLJSONObject, { description: 'The sender’s own data.' })
  readonly metadata: JsonObject;
  @Field(() => Date, { description: 'When it was sent.' })
  readonly createdAt: Date;
}

@ObjectType('A2ATask', { description: 'What a request asks of an agent, until it is answered, refused or overdue.' })
export class A2ATaskType implements Omit<A2ATask, 'principalId' | 'responseId'> {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => ID, { description: 'The caller’s session: the A2A context.' })
  readonly sessionId: string;
  @Field(() => ID, { nullable: true, description: 'The agent’s own session in which the work is done.' })
  readonly workSessionId: string | null;
  @Field(() => String, { nullable: true, description: 'The agent that asks; null for a user’s application.' })
  readonly fromAgentId: string | null;
  @Field(() => String, { description: 'The agent that is asked.' })
  readonly toAgentId: string;
  @Field(() => String, { nullable: true, description: 'The caller’s invocation that it belongs to.' })
  readonly invocationId: string | null;
  @Field(() => A2ATaskStateEnum, { description: 'Where it stands.' })
  readonly state: A2ATaskState;
  @Field(() => String, { nullable: true, description: 'Why: `TIMED_OUT`, `AGENT_REMOVED`, `REMOTE_…` with why an agent on another server could not be asked, or what was said with the state.' })
  readonly reason: string | null;
  @Field(() => Date, { description: 'Unfinished by then, it fails with `TIMED_OUT`.' })
  readonly dueAt: Date;
  @Field(() => Date, { description: 'When it was asked for.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  readonly updatedAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  readonly finishedAt: Date | null;
}

export const A2AMessageConnectionType = connectionOf('A2AMessage', () => A2AMessageType);
export const A2ATaskConnectionType = connectionOf('A2ATask', () => A2ATaskType);

@ObjectType('AgentInboxItem', { description: 'A message for an agent with the place to resume at.' })
export class InboxItemType implements InboxItem {
  @Field(() => String, { description: 'Pass it as `after` to go on from here, or acknowledge it with a heartbeat.' })
  readonly cursor: string;
  @Field(() => A2AMessageType, { description: 'The message.' })
  readonly message: A2AMessage;
}

@ObjectType('A2ATaskEvent', { description: 'A step of a task with the place to resume at.' })
export class A2ATaskEventType implements A2ATaskEvent {
  @Field(() => String, { description: 'Pass it as `after` to go on from here.' })
  readonly cursor: string;
  @Field(() => ID, { description: 'The task.' })
  readonly taskId: string;
  @Field(() => A2ATaskStateEnum, { description: 'Where it stood then.' })
  readonly state: A2ATaskState;
  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly reason: string | null;
  @Field(() => ID, { nullable: true, description: 'The agent’s newest message then.' })
  readonly messageId: string | null;
}

@ArgsType()
export class A2ATaskFilterArgs {
  @Field(() => ID, { nullable: true, description: 'Asked for in this session.' })
  sessionId?: string | null;
  @Field(() => String, { nullable: true, description: 'Asked of this agent.' })
  agentId?: string | null;
  @Field(() => A2ATaskStateEnum, { nullable: true, description: 'In this state.' })
  state?: A2ATaskState | null;
}

@InputType('A2APartInput', { description: 'Exactly one of text, data and url.' })
export class A2APartInput {
  @Field(() => String, { nullable: true, description: 'A text.' })
  text?: string | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Data.' })
  data?: JsonValue;
  @Field(() => String, { nullable: true, description: 'Address of a file.' })
  url?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the file.' })
  filename?: string | null;
  @Field(() => String, { nullable: true, description: 'Media type of the content.' })
  mediaType?: string | null;
}

@InputType('SendA2AMessageInput', { description: 'A message to an agent.' })
export class SendA2AMessageInput {
  @Field(() => String, { description: 'Yours, 1 to 256 characters: sent again it is the same message, and its answer is waited for again; with other words it is a CONFLICT.' })
  messageId: string;
  @Field(() => ID, { description: 'The session it is said in: the A2A context.' })
  sessionId: string;
  @Field(() => String, { description: 'The agent it is for.' })
  toAgentId: string;
  @Field(() => String, { nullable: true, description: 'The agent that says it, one that you registered; a user’s application unless given.' })
  fromAgentId?: string | null;
  @Field(() => SentKindEnum, { defaultValue: 'REQUEST', description: 'What it is for.' })
  kind: 'REQUEST' | 'NOTIFICATION';
  @Field(() => ID, { nullable: true, description: 'Goes on with this task of yours that has not ended.' })
  taskId?: string | null;
  @Field(() => [A2APartInput], { description: 'What is said, in 1 to 50 parts.' })
  parts: A2APartInput[];
  @Field(() => String, { nullable: true, description: 'Your invocation that it belongs to.' })
  invocationId?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'RFC 7396 merge patch of the session’s state, applied with the message.' })
  stateDelta?: JsonObject | null;
  @Field(() => ID, { nullable: true, description: 'A session in which the agent does the work, below yours or apart from it: what is said about the task is an event there too.' })
  workSessionId?: string | null;
  @Field(() => [String], { nullable: true, description: 'Keys of the session’s state that are copied into the work session, at most 50.' })
  handDown?: string[] | null;
  @Field(() => Int, { nullable: true, description: 'Seconds until the task fails unless it has ended, 1 to 604,800; an hour unless given.' })
  timeoutSeconds?: number | null;
  @Field(() => Int, { defaultValue: 0, description: 'Milliseconds to wait for the answer, 0 to 120,000. Without an answer by then the task shows how it stands; send the same message again to wait on.' })
  waitMs: number;
}

@InputType('UpdateA2ATaskInput', { description: 'What an agent says of its task.' })
export class UpdateA2ATaskInput {
  @Field(() => ID, { description: 'The task.' })
  taskId: string;
  @Field(() => A2ATaskStateEnum, { defaultValue: 'COMPLETED', description: 'Where it stands now; any but SUBMITTED.' })
  state: A2ATaskState;
  @Field(() => String, { nullable: true, description: 'Why, 1 to 500 characters.' })
  reason?: string | null;
  @Field(() => String, { nullable: true, description: 'Yours: an answer sent again under it is the same answer.' })
  messageId?: string | null;
  @Field(() => [A2APartInput], { nullable: true, description: 'The answer, in at most 50 parts.' })
  parts?: A2APartInput[] | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Results for the caller: RFC 7396 merge patch of its session’s state, applied with the answer.' })
  stateDelta?: JsonObject | null;
  @Field(() => ID, { nullable: true, description: 'Your own session in which you do the work: the answer is an event there too.' })
  workSessionId?: string | null;
}
