import { ArgsType, Field, InputType, Int, ObjectType } from 'type-graphql';
import type { Preferences } from '../../src/domain/preference/preference';
import type { JsonObject } from '../../src/kernel/json';
import { GraphQLJSONObject } from '../scalars';

@ObjectType('Preferences', { description: 'What is to be kept to with a user, over all sessions, or by an agent.' })
export class PreferencesType implements Preferences {
  @Field(() => String, { nullable: true, description: 'The user; null for an agent’s.' })
  readonly userId: string | null;
  @Field(() => String, { nullable: true, description: 'The agent; null for a user’s.' })
  readonly agentId: string | null;
  @Field(() => GraphQLJSONObject, { description: 'By key. A user’s stand in the state of their sessions as `user:…`.' })
  readonly values: JsonObject;
  @Field(() => Int, { description: 'Grows with each change; 0 where none was ever written.' })
  readonly version: number;
  @Field(() => Date, { nullable: true, description: 'When they were last changed.' })
  readonly updatedAt: Date | null;
}

@ArgsType()
export class PreferenceOwnerArgs {
  @Field(() => String, { nullable: true, description: 'Of this user; or else give agentId.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: 'Of this agent; or else give userId.' })
  agentId?: string | null;
}

@InputType('PatchPreferencesInput', { description: 'A change of preferences.' })
export class PatchPreferencesInput {
  @Field(() => String, { nullable: true, description: 'Of this user; or else give agentId.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: 'Of this agent; or else give userId.' })
  agentId?: string | null;
  @Field(() => GraphQLJSONObject, { description: 'RFC 7396: null removes a key, objects merge, anything else replaces. Keys have no prefix.' })
  patch: JsonObject;
  @Field(() => Int, { nullable: true, description: 'Refuse with CONFLICT unless they are at this version.' })
  expectedVersion?: number | null;
}
