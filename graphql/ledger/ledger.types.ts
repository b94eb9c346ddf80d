import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { FAULTS, type BrokenLink, type Decision, type Fault, type LedgerHead, type Verification } from '../../src/domain/ledger/ledger';
import type { JsonObject } from '../../src/kernel/json';
import type { Scope } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

const FaultEnum = enumOf(FAULTS);
registerEnumType(FaultEnum, {
  name: 'LedgerFault',
  description: 'What is wrong with an entry of the ledger.',
  valuesConfig: {
    MISSING: { description: 'There is no entry with that seq.' },
    CONTENT_CHANGED: { description: 'It is not what its CID says.' },
    LINK_BROKEN: { description: 'It does not name the entry before it.' },
    RECORD_CHANGED: { description: 'Its text is not what it committed to.' },
    HEAD_CHANGED: { description: 'The chain ends elsewhere than was noted.' },
    UNKNOWN_ENTRY: { description: 'The CID that you knew is not in the chain.' },
  },
});

@ObjectType('Decision', { description: 'An entry of the decision ledger: append-only, chained by hash, named by its content.' })
export class DecisionType implements Decision {
  @Field(() => ID, { description: 'CIDv1 (codec json, SHA-256) of the entry as canonical JSON.' })
  readonly cid: string;
  @Field(() => Int, { description: 'Position in the tenant’s chain, from 1.' })
  readonly seq: number;
  @Field(() => ID, { nullable: true, description: 'CID of the entry before.' })
  readonly previous: string | null;
  @Field(() => Date, { description: 'When it was logged.' })
  readonly at: Date;
  @Field(() => ID, { description: 'The API key that logged it, or `local`.' })
  readonly principalId: string;
  @Field(() => Boolean, { description: 'Whether its text was erased; the chain still holds without it.' })
  readonly isErased: boolean;
  @Field(() => String, { nullable: true, description: 'What was decided; null once erased.' })
  readonly text: string | null;
  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly reasoning: string | null;
  @Field(() => [String], { description: 'What else was considered, at most 20 texts.' })
  readonly alternatives: readonly string[];
  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  readonly confidence: number | null;
  @Field(() => String, { nullable: true, description: 'The agent that decided.' })
  readonly agentId: string | null;
  @Field(() => ID, { nullable: true, description: 'The session it was decided in.' })
  readonly sessionId: string | null;
  @Field(() => [String], { description: 'Ids of events, memories or whatever else it rests on, at most 100.' })
  readonly evidence: readonly string[];
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data.' })
  readonly metadata: JsonObject;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The pool that it belongs to; null once erased.' })
  readonly scope: Scope | null;
}

export const DecisionConnectionType = connectionOf('Decision', () => DecisionType);

@ObjectType('LedgerHead', { description: 'The newest entry of a chain. Note it elsewhere: it shows later whether entries were taken away.' })
class LedgerHeadType implements LedgerHead {
  @Field(() => Int, { description: 'Its position.' })
  readonly seq: number;
  @Field(() => ID, { description: 'Its CID.' })
  readonly cid: string;
}

@ObjectType('BrokenLink', { description: 'The first entry of a chain that is not what it should be.' })
class BrokenLinkType implements BrokenLink {
  @Field(() => Int, { description: 'Its position, 0 for an entry that is nowhere.' })
  readonly seq: number;
  @Field(() => ID, { nullable: true, description: 'Its CID, as far as there is one.' })
  readonly cid: string | null;
  @Field(() => FaultEnum, { description: 'What is wrong.' })
  readonly fault: Fault;
}

@ObjectType('LedgerVerification', { description: 'What a check of the ledger found.' })
export class LedgerVerificationType implements Verification {
  @Field(() => Boolean, { description: 'Whether every entry that was checked is what it should be.' })
  readonly isValid: boolean;
  @Field(() => Int, { description: 'How many entries were checked and found right.' })
  readonly checked: number;
  @Field(() => Int, { description: 'How many of them had their text erased.' })
  readonly erased: number;
  @Field(() => LedgerHeadType, { nullable: true, description: 'Where the chain ends; null for an empty one.' })
  readonly head: LedgerHead | null;
  @Field(() => BrokenLinkType, { nullable: true, description: 'The first broken link.' })
  readonly firstBroken: BrokenLink | null;
  @Field(() => Int, { nullable: true, description: 'Pass it as `after` to go on; null at the end.' })
  readonly nextAfter: number | null;
}

@InputType('LogDecisionInput', { description: 'A decision to log.' })
export class LogDecisionInput {
  @Field(() => String, { description: 'What was decided, at most 4,000 characters.' })
  text: string;
  @Field(() => String, { nullable: true, description: 'Why, at most 16,000 characters.' })
  reasoning?: string | null;
  @Field(() => [String], { nullable: true, description: 'What else was considered, at most 20 texts.' })
  alternatives?: string[] | null;
  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  confidence?: number | null;
  @Field(() => String, { nullable: true, description: 'The agent that decided.' })
  agentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The session it was decided in.' })
  sessionId?: string | null;
  @Field(() => [String], { nullable: true, description: 'Ids of events, memories or whatever else it rests on, at most 100.' })
  evidence?: string[] | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The pool it belongs to: 1 to 5 string pairs; the session’s unless given.' })
  scope?: unknown;
}
