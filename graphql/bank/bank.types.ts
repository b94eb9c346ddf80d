import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { Bank, BankTtls } from '../../src/domain/bank/bank';
import type { ExtractionTopic, FewShotExample } from '../../src/domain/extraction/extractor';

@ObjectType('MemoryTopic', { description: 'A kind of fact worth keeping.' })
class TopicType implements ExtractionTopic {
  @Field(() => String, { description: 'Lower case with underscores.' })
  readonly name: string;
  @Field(() => String, { description: 'What belongs to it.' })
  readonly description: string;
  @Field(() => String, { nullable: true, description: 'Its own extraction prompt, for models.' })
  readonly prompt?: string;
}

@ObjectType('FewShotExample', { description: 'A conversation and the facts that should come of it.' })
class FewShotExampleType implements FewShotExample {
  @Field(() => String, { description: 'The conversation as text.' })
  readonly conversation: string;
  @Field(() => [String], { description: 'Its facts, at most 20.' })
  readonly facts: readonly string[];
}

@ObjectType('BankTtls', { description: 'Seconds until what an operation made expires; null keeps it.' })
class BankTtlsType implements BankTtls {
  @Field(() => Int, { nullable: true, description: 'Memories created directly.' })
  readonly created: number | null;
  @Field(() => Int, { nullable: true, description: 'Memories that a generation created.' })
  readonly generatedCreated: number | null;
  @Field(() => Int, { nullable: true, description: 'Memories that a generation updated.' })
  readonly generatedUpdated: number | null;
  @Field(() => Int, { nullable: true, description: 'Revisions.' })
  readonly revision: number | null;
}

@ObjectType('MemoryBank', { description: 'How a set of memories is made and kept.' })
export class BankType implements Bank {
  @Field(() => String, { description: 'Its id; every tenant has `default`.' })
  readonly id: string;
  @Field(() => [String], { description: 'Managed topics that are on, each at most once.' })
  readonly managedTopics: readonly string[];
  @Field(() => [TopicType], { description: 'Topics of its own, at most 20.' })
  readonly customTopics: readonly TopicType[];
  @Field(() => [FewShotExampleType], { description: 'Examples shown to the model, at most 20.' })
  readonly examples: readonly FewShotExampleType[];
  @Field(() => String, { description: 'Instructions to the model.' })
  readonly instructions: string;
  @Field(() => Boolean, { description: 'Whether candidates are weighed against what is known. Off, only the very same words merge.' })
  readonly consolidation: boolean;
  @Field(() => Boolean, { description: 'Whether revisions are kept.' })
  readonly revisions: boolean;
  @Field(() => BankTtlsType, { description: 'Lifetimes.' })
  readonly ttls: BankTtlsType;
  @Field(() => [String], { description: 'Keys a scope may use, at most 20; empty allows all.' })
  readonly allowedScopeKeys: readonly string[];
  @Field(() => Int, { description: 'For `expectedVersion`.' })
  readonly version: number;
  @Field(() => Date, { description: 'When it was created.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  readonly updatedAt: Date;
}

@InputType('MemoryTopicInput', { description: 'A topic of your own.' })
class TopicInput {
  @Field(() => String, { description: 'Lower case with underscores.' })
  name: string;
  @Field(() => String, { description: 'What belongs to it.' })
  description: string;
  @Field(() => String, { nullable: true, description: 'Its own extraction prompt, for models.' })
  prompt?: string | null;
}

@InputType('FewShotExampleInput', { description: 'A conversation and the facts that should come of it.' })
class FewShotExampleInput {
  @Field(() => String, { description: 'The conversation as text.' })
  conversation: string;
  @Field(() => [String], { description: 'Its facts, at most 20.' })
  facts: string[];
}

@InputType('BankTtlsInput', { description: 'Seconds until what an operation made expires; null keeps it, absent stays as it is.' })
class BankTtlsInput {
  @Field(() => Int, { nullable: true, description: 'Memories created directly.' })
  created?: number | null;
  @Field(() => Int, { nullable: true, description: 'Memories that a generation created.' })
  generatedCreated?: number | null;
  @Field(() => Int, { nullable: true, description: 'Memories that a generation updated.' })
  generatedUpdated?: number | null;
  @Field(() => Int, { nullable: true, description: 'Revisions.' })
  revision?: number | null;
}

@InputType('SaveMemoryBankInput', { description: 'A bank to make or change; what is absent stays.' })
export class SaveBankInput {
  @Field(() => String, { defaultValue: 'default', description: 'Its id.' })
  id: string;
  @Field(() => [String], { nullable: true, description: 'Managed topics to have on, each at most once.' })
  managedTopics?: string[] | null;
  @Field(() => [TopicInput], { nullable: true, description: 'Topics of its own, at most 20.' })
  customTopics?: TopicInput[] | null;
  @Field(() => [FewShotExampleInput], { nullable: true, description: 'Examples shown to the model, at most 20.' })
  examples?: FewShotExampleInput[] | null;
  @Field(() => String, { nullable: true, description: 'Instructions to the model.' })
  instructions?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether candidates are weighed against what is known.' })
  consolidation?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether revisions are kept.' })
  revisions?: boolean | null;
  @Field(() => BankTtlsInput, { nullable: true, description: 'Lifetimes.' })
  ttls?: BankTtlsInput | null;
  @Field(() => [String], { nullable: true, description: 'Keys a scope may use, at most 20; empty allows all.' })
  allowedScopeKeys?: string[] | null;
  @Field(() => Int, { nullable: true, description: 'Refuse with CONFLICT unless the bank is at this version; 0 for one that must be new.' })
  expectedVersion?: number | null;
}
