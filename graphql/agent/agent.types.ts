import { ArgsType, Field, InputType, Int, ObjectType } from 'type-graphql';
import type { Agent, AgentSkill } from '../../src/domain/agent/agent';
import type { JsonObject } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { GraphQLJSONObject } from '../scalars';

@ObjectType('AgentSkill', { description: 'Something an agent can do, as its A2A card says.' })
class AgentSkillType implements AgentSkill {
  @Field(() => String, { description: 'Its id within the agent.' })
  readonly id: string;
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;
  @Field(() => String, { description: 'What it does.' })
  readonly description: string;
  @Field(() => [String], { description: 'What it is found by, at most 20.' })
  readonly tags: readonly string[];
}

@ObjectType('Agent', { description: 'An agent that takes messages from its inbox here, or is called on another server.' })
export class AgentType implements Omit<Agent, 'acknowledged' | 'remote'> {
  @Field(() => String, { description: 'Chosen when it was registered; sessions and events name it by the same.' })
  readonly id: string;
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;
  @Field(() => String, { description: 'What it is for.' })
  readonly description: string;
  @Field(() => String, { description: 'Its version, as it says.' })
  readonly version: string;
  @Field(() => [AgentSkillType], { description: 'What it can do, at most 50.' })
  readonly skills: readonly AgentSkill[];
  @Field(() => [String], { description: 'Media types that it takes, at most 20.' })
  readonly inputModes: readonly string[];
  @Field(() => [String], { description: 'Media types that it gives, at most 20.' })
  readonly outputModes: readonly string[];
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data.' })
  readonly metadata: JsonObject;
  @Field(() => String, { description: 'Who registered it, and reads its inbox: an API key’s id, or `local`.' })
  readonly principalId: string;
  @Field(() => String, { nullable: true, description: 'Where an agent on another server is; null for one that reads its inbox here.' })
  readonly url: string | null;
  @Field(() => String, { nullable: true, description: 'Why it could not be called there the last time; null when it could.' })
  readonly failure: string | null;
  @Field(() => Int, { description: 'For how many seconds it counts as online after it was last heard of. One on another server is asked for its card twice as often, at most every 20 seconds.' })
  readonly heartbeatSeconds: number;
  @Field(() => Date, { nullable: true, description: 'When it was last heard of: registered, a heartbeat, or its inbox open; on another server, when it last answered.' })
  readonly lastSeenAt: Date | null;
  @Field(() => Boolean, { description: 'Whether it was heard of lately. Messages wait for it when it is not.' })
  readonly online: boolean;
  @Field(() => Date, { description: 'When it was first registered.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When its card last changed.' })
  readonly updatedAt: Date;
}

export const AgentConnectionType = connectionOf('Agent', () => AgentType);

@ArgsType()
export class AgentFilterArgs {
  @Field(() => String, { nullable: true, description: 'With a skill of this id or tag.' })
  skill?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Online, or not.' })
  online?: boolean | null;
}

@InputType('AgentSkillInput', { description: 'Something an agent can do.' })
class AgentSkillInput {
  @Field(() => String, { description: 'Its id within the agent.' })
  id: string;
  @Field(() => String, { description: 'Its name.' })
  name: string;
  @Field(() => String, { description: 'What it does.' })
  description: string;
  @Field(() => [String], { defaultValue: [], description: 'What it is found by, at most 20.' })
  tags: string[];
}

@InputType('RegisterAgentInput', { description: 'An agent and its card.' })
export class RegisterAgentInput {
  @Field(() => String, { description: 'Its id, 1 to 256 characters; register again to change the card.' })
  id: string;
  @Field(() => String, { description: 'Its name.' })
  name: string;
  @Field(() => String, { description: 'What it is for.' })
  description: string;
  @Field(() => String, { nullable: true, description: 'Its version; “1” unless given.' })
  version?: string | null;
  @Field(() => [AgentSkillInput], { nullable: true, description: 'What it can do, at most 50.' })
  skills?: AgentSkillInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Media types that it takes, at most 20; text and JSON unless given.' })
  inputModes?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Media types that it gives, at most 20; text and JSON unless given.' })
  outputModes?: string[] | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => Int, { nullable: true, description: 'For how many seconds it counts as online after it was last heard of, 1 to 3,600; 60 unless given.' })
  heartbeatSeconds?: number | null;
  @Field(() => String, { nullable: true, description: 'Of an agent on another server, which is called by A2A 1.0: below it is its card (`.well-known/agent-card.json`). Refused (REMOTE_AGENT) unless the gateway’s configuration lists the host.' })
  url?: string | null;
}
