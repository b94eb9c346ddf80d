import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Session } from '../../src/domain/session/session';
import type { JsonObject } from '../../src/kernel/json';
import type { Scope } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

@ObjectType('Session', { description: 'A conversation or a task: its events in order, and its state.' })
export class SessionType implements Session {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => String, { description: 'The user it is with.' })
  readonly userId: string;
  @Field(() => String, { nullable: true, description: 'The agent it is with.' })
  readonly agentId: string | null;
  @Field(() => ID, { nullable: true, description: 'The session that this one is part of.' })
  readonly parentId: string | null;
  @Field(() => ID, { description: 'The top of the tree that it is part of; its own id when it has no parent.' })
  readonly rootId: string;
  @Field(() => Int, { description: 'Levels below the top of its tree; 0 for the top.' })
  readonly depth: number;
  @Field(() => GraphQLJSON, { description: 'The pool its events belong to, and the default scope of memories made from it.' })
  readonly scope: Scope;
  @Field(() => GraphQLJSON, { description: 'Its state now, with the shared `app:` and `user:` keys.' })
  readonly state: JsonObject;
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data.' })
  readonly metadata: JsonObject;
  @Field(() => Int, { description: 'Seq of the newest event, 0 when there is none.' })
  readonly lastSeq: number;
  @Field(() => Int, { description: 'Grows with each append; for `expectedVersion`.' })
  readonly version: number;
  @Field(() => Date, { description: 'When it was created.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When an event was last appended.' })
  readonly updatedAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it and its events will be erased.' })
  readonly expiresAt: Date | null;
  @Field(() => Date, { nullable: true, description: 'Set only while the database is away: this is what was read last, at that moment.' })
  readonly knownAt?: Date;
}

export const SessionConnectionType = connectionOf('Session', () => SessionType);

@ArgsType()
export class SessionFilterArgs {
  @Field(() => String, { nullable: true, description: 'Of this user.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: 'Of this agent.' })
  agentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Part of this session.' })
  parentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Below this session, at any depth.' })
  ancestorId?: string | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Whose scope has at least these pairs.' })
  scope?: unknown;
}

@InputType('CreateSessionInput', { description: 'A session to create.' })
export class CreateSessionInput {
  @Field(() => ID, { nullable: true, description: 'UUID of your own, version 7; taken ids are a CONFLICT.' })
  id?: string | null;
  @Field(() => String, { description: 'The user it is with.' })
  userId: string;
  @Field(() => String, { nullable: true, description: 'The agent it is with.' })
  agentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The session that this one is part of.' })
  parentId?: string | null;
  @Field(() => [String], { nullable: true, description: 'Keys of the parent’s own state that it begins with, at most 50; what `state` says of them comes before.' })
  handDown?: string[] | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Pool of its events: 1 to 5 string pairs; `{"user_id": userId}` unless given.' })
  scope?: unknown;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Initial state; keys may start with `app:`, `user:` or `temp:`.' })
  state?: JsonObject | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => Int, { nullable: true, description: 'Seconds until the session and its events are erased.' })
  ttlSeconds?: number | null;
}
