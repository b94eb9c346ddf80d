import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { EVENT_AUTHORS, type ContentPart, type Event, type EventActions, type EventAuthor, type ToolCall, type ToolOutput } from '../../src/domain/session/event';
import type { SessionEvent } from '../../src/domain/session/event.feed';
import type { JsonObject, JsonValue } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

const EventAuthorEnum = enumOf(EVENT_AUTHORS);
registerEnumType(EventAuthorEnum, {
  name: 'EventAuthor',
  description: 'Who wrote an event.',
  valuesConfig: {
    USER: { description: 'A person.' }, AGENT: { description: 'An agent.' },
    TOOL: { description: 'A tool; its output is data, never an instruction.' }, SYSTEM: { description: 'The application or the gateway.' },
  },
});

@ObjectType('ContentPart', { description: 'One part of what was said: text, or data with its media type.' })
class ContentPartType {
  @Field(() => String, { nullable: true, description: 'The text of a text part.' })
  text?: string;
  @Field(() => String, { nullable: true, description: 'Media type of a data part.' })
  mediaType?: string;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The data of a data part.' })
  data?: JsonValue;
  @Field(() => Boolean, { nullable: true, description: 'The text came from recall or a context block; no fact is extracted from it.' })
  fromRecall?: boolean;
}

@ObjectType('ToolCall', { description: 'A call of a tool that an agent asked for.' })
class ToolCallType implements ToolCall {
  @Field(() => String, { description: 'Matches the `toolCallId` of its output.' })
  readonly id: string;
  @Field(() => String, { description: 'Name of the tool.' })
  readonly name: string;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Its arguments.' })
  readonly arguments: JsonValue;
}

@ObjectType('ToolOutput', { description: 'What a tool gave back.' })
class ToolOutputType implements ToolOutput {
  @Field(() => String, { description: 'The `id` of the call.' })
  readonly toolCallId: string;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Its output.' })
  readonly output: JsonValue;
  @Field(() => Boolean, { nullable: true, description: 'Whether the tool failed.' })
  readonly isError?: boolean;
}

@ObjectType('EventActions', { description: 'What an event did besides saying something.' })
class EventActionsType implements EventActions {
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Change of the session state as an RFC 7396 merge patch; `app:` and `user:` keys are shared, `temp:` keys are dropped.' })
  readonly stateDelta?: JsonObject;
  @Field(() => [ToolCallType], { nullable: true, description: 'Tools that were called; all actions are at most 256 KiB of JSON.' })
  readonly toolCalls?: readonly ToolCallType[];
  @Field(() => [ToolOutputType], { nullable: true, description: 'What tools gave back; all actions are at most 256 KiB of JSON.' })
  readonly toolOutputs?: readonly ToolOutputType[];
  @Field(() => String, { nullable: true, description: 'The agent that speaks next.' })
  readonly transferTo?: string;
}

@ObjectType('Event', { description: 'One thing that happened in a session. Events are never changed.' })
export class EventType implements Omit<Event, 'content'> {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => ID, { description: 'The session it belongs to.' })
  readonly sessionId: string;
  @Field(() => Int, { description: '1, 2, 3 … without gaps within the session, in commit order.' })
  readonly seq: number;
  @Field(() => EventAuthorEnum, { description: 'Who wrote it.' })
  readonly author: EventAuthor;
  @Field(() => String, { nullable: true, description: 'Display name of who wrote it, or an agent’s id.' })
  readonly authorName: string | null;
  @Field(() => String, { nullable: true, description: 'Groups the events of one agent invocation.' })
  readonly invocationId: string | null;
  @Field(() => [ContentPartType], { description: 'What was said, in at most 100 parts.' })
  readonly content: readonly ContentPart[];
  @Field(() => EventActionsType, { description: 'What it did besides.' })
  readonly actions: EventActionsType;
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data.' })
  readonly metadata: JsonObject;
  @Field(() => Date, { description: 'When it happened, as the caller says.' })
  readonly occurredAt: Date;
  @Field(() => Date, { description: 'When it was stored.' })
  readonly createdAt: Date;
}

@ObjectType('SessionEvent', { description: 'An event of a subscription with the place to resume at.' })
export class SessionEventType implements Omit<SessionEvent, 'event'> {
  @Field(() => String, { description: 'Pass it as `after` to go on from here: no gap, no duplicate.' })
  readonly cursor: string;
  @Field(() => EventType, { description: 'The event.' })
  readonly event: EventType;
}

export const EventConnectionType = connectionOf('Event', () => EventType);

@InputType('ContentPartInput', { description: 'Text, or data with its media type.' })
export class ContentPartInput {
  @Field(() => String, { nullable: true, description: 'Text of a text part.' })
  text?: string | null;
  @Field(() => String, { nullable: true, description: 'Media type of a data part, `application/json` for example.' })
  mediaType?: string | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Data of a data part.' })
  data?: JsonValue;
  @Field(() => Boolean, { nullable: true, description: 'Set it on text that a context block or recall gave: no fact is extracted from it again.' })
  fromRecall?: boolean | null;
}

@InputType('ToolCallInput', { description: 'A call of a tool.' })
class ToolCallInput {
  @Field(() => String, { description: 'Chosen by the caller.' })
  id: string;
  @Field(() => String, { description: 'Name of the tool.' })
  name: string;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Its arguments.' })
  arguments?: JsonValue;
}

@InputType('ToolOutputInput', { description: 'What a tool gave back.' })
class ToolOutputInput {
  @Field(() => String, { description: 'The `id` of the call.' })
  toolCallId: string;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Its output.' })
  output?: JsonValue;
  @Field(() => Boolean, { nullable: true, description: 'Whether the tool failed.' })
  isError?: boolean | null;
}

@InputType('EventActionsInput', { description: 'What an event does besides saying something.' })
export class EventActionsInput {
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'RFC 7396 merge patch of the session state. Keys may start with `app:`, `user:` or `temp:`.' })
  stateDelta?: JsonObject | null;
  @Field(() => [ToolCallInput], { nullable: true, description: 'Tools that are called; all actions are at most 256 KiB of JSON.' })
  toolCalls?: ToolCallInput[] | null;
  @Field(() => [ToolOutputInput], { nullable: true, description: 'What tools gave back; all actions are at most 256 KiB of JSON.' })
  toolOutputs?: ToolOutputInput[] | null;
  @Field(() => String, { nullable: true, description: 'The agent that speaks next.' })
  transferTo?: string | null;
}

@InputType('EventInput', { description: 'An event to append.' })
export class EventInput {
  @Field(() => ID, { nullable: true, description: 'UUID of your own; the same id twice is a CONFLICT.' })
  id?: string | null;
  @Field(() => EventAuthorEnum, { defaultValue: 'USER', description: 'Who wrote it.' })
  author: EventAuthor;
  @Field(() => String, { nullable: true, description: 'Display name of who wrote it, or an agent’s id.' })
  authorName?: string | null;
  @Field(() => String, { nullable: true, description: 'Groups the events of one agent invocation.' })
  invocationId?: string | null;
  @Field(() => String, { nullable: true, description: 'Short for one text part.' })
  text?: string | null;
  @Field(() => [ContentPartInput], { nullable: true, description: 'What was said, in at most 100 parts.' })
  content?: ContentPartInput[] | null;
  @Field(() => EventActionsInput, { nullable: true, description: 'What it does besides.' })
  actions?: EventActionsInput | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => Date, { nullable: true, description: 'When it happened; now, unless you import a past conversation.' })
  occurredAt?: Date | null;
}
