import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  FORGETTING_KINDS, FORGETTING_STATUSES, type Counts, type ErasureReceipt, type Forgetting, type ForgettingKind, type ForgettingStatus,
} from '../../src/domain/forgetting/forgetting';
import type { Scope, ScopeMatch } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { ScopeMatchEnum } from '../memory/memory.types';
import { GraphQLJSON } from '../scalars';

const KindEnum = enumOf(FORGETTING_KINDS);
registerEnumType(KindEnum, {
  name: 'ForgettingKind',
  description: 'What is erased for good.',
  valuesConfig: { MEMORIES: { description: 'Memories that a filter chose.' }, USER: { description: 'Everything of a person.' } },
});
const StatusEnum = enumOf(FORGETTING_STATUSES);
registerEnumType(StatusEnum, {
  name: 'ForgettingStatus',
  description: 'How far an erasure is.',
  valuesConfig: {
    DRY_RUN: { description: 'Only counted: nothing is erased.' },
    PENDING: { description: 'Accepted, and its job waits.' },
    PROCESSING: { description: 'Under way.' },
    COMPLETED: { description: 'Done; its receipt stands in the ledger.' },
    FAILED: { description: 'Given up with an error; what was erased by then is gone. A retry of its job goes on.' },
  },
});

@ObjectType('ErasureCounts', { description: 'How many of each kind.' })
class ErasureCountsType implements Counts {
  @Field(() => Int, { description: 'Sessions, those below them too.' })
  readonly sessions: number;
  @Field(() => Int, { description: 'Events of these sessions.' })
  readonly events: number;
  @Field(() => Int, { description: 'A2A messages of these sessions.' })
  readonly messages: number;
  @Field(() => Int, { description: 'Objects with bodies of events that nobody else needs; when found, all that the sessions refer to.' })
  readonly objects: number;
  @Field(() => Int, { description: 'Shared state of the person.' })
  readonly states: number;
  @Field(() => Int, { description: 'Knowledge documents in pools of the person, with their passages.' })
  readonly documents: number;
  @Field(() => Int, { description: 'Workflows, skills and trajectories in pools of the person, and trajectories of these sessions.' })
  readonly procedures: number;
  @Field(() => Int, { description: 'Generations, with their sources.' })
  readonly generations: number;
  @Field(() => Int, { description: 'Candidates that quoted what was erased.' })
  readonly candidates: number;
  @Field(() => Int, { description: 'Memories, deleted and superseded ones too.' })
  readonly memories: number;
  @Field(() => Int, { description: 'Their revisions.' })
  readonly revisions: number;
  @Field(() => Int, { description: 'Their vectors.' })
  readonly vectors: number;
  @Field(() => Int, { description: 'Hashes of what the person had deleted before.' })
  readonly tombstones: number;
  @Field(() => Int, { description: 'Texts of decisions and receipts; their hashes stay in the chain.' })
  readonly ledgerRecords: number;
  @Field(() => Int, { description: 'Idempotency keys whose answers were among it; counted when erased.' })
  readonly idempotentAnswers: number;
}

@ObjectType('Forgetting', { description: 'An erasure for good.' })
export class ForgettingType implements Forgetting {
  @Field(() => ID, { nullable: true, description: 'Its id; null for a dry run.' })
  readonly id: string | null;
  @Field(() => KindEnum, { description: 'What it erases.' })
  readonly kind: ForgettingKind;
  @Field(() => StatusEnum, { description: 'How far it is.' })
  readonly status: ForgettingStatus;
  @Field(() => GraphQLJSON, { description: 'The pool of the memories; an empty object for a person.' })
  readonly scope: Scope;
  @Field(() => ErasureCountsType, { description: 'What there was when it was asked for.' })
  readonly found: Counts;
  @Field(() => ErasureCountsType, { description: 'What is erased so far, with what came meanwhile.' })
  readonly erased: Counts;
  @Field(() => Int, { description: 'Sessions, generations, memories, ledger records and objects that are done.' })
  readonly done: number;
  @Field(() => Int, { description: 'How many of these there are in all.' })
  readonly total: number;
  @Field(() => String, { nullable: true, description: 'Why it was given up.' })
  readonly error: string | null;
  @Field(() => ID, { nullable: true, description: 'CID of its receipt in the ledger, once it is done: see `erasureReceipt`.' })
  readonly receiptCid: string | null;
  @Field(() => Date, { description: 'When it was accepted.' })
  readonly createdAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it was done.' })
  readonly finishedAt: Date | null;
}

export const ForgettingConnectionType = connectionOf('Forgetting', () => ForgettingType);

@ObjectType('ErasureReceipt', { description: 'What the ledger keeps of an erasure; no word of what was erased.' })
export class ErasureReceiptType implements ErasureReceipt {
  @Field(() => ID, { description: 'CIDv1 of its entry in the ledger.' })
  readonly cid: string;
  @Field(() => Int, { description: 'Its position in the chain.' })
  readonly seq: number;
  @Field(() => Date, { description: 'When the erasure was done.' })
  readonly at: Date;
  @Field(() => ID, { description: 'The API key that asked for it, or `local`.' })
  readonly principalId: string;
  @Field(() => KindEnum, { description: 'What was erased.' })
  readonly kind: ForgettingKind;
  @Field(() => ErasureCountsType, { description: 'How many of each kind.' })
  readonly erased: Counts;
  @Field(() => String, { nullable: true, description: 'For a person: SHA-256, in hex, of `subjectSalt`, a colon and the user’s id.' })
  readonly subjectHash: string | null;
  @Field(() => String, { nullable: true, description: 'For a person: 16 random bytes in hex.' })
  readonly subjectSalt: string | null;
}

@InputType('PurgeMemoriesInput', { description: 'Which memories, deleted and superseded ones too: all that is given has to fit.' })
export class PurgeMemoriesInput {
  @Field(() => GraphQLJSON, { description: 'The pool: 1 to 5 string pairs.' })
  scope: unknown;
  @Field(() => ScopeMatchEnum, { defaultValue: 'EXACT', description: 'Exactly this pool unless said otherwise.' })
  match: ScopeMatch;
  @Field(() => String, { nullable: true, description: 'The bank; `default` unless given.' })
  bankId?: string | null;
  @Field(() => String, { nullable: true, description: 'With this topic.' })
  topic?: string | null;
  @Field(() => ID, { nullable: true, description: 'Derived from this session.' })
  sessionId?: string | null;
  @Field(() => [ID], { nullable: true, description: 'Only these, at most 200.' })
  ids?: string[] | null;
  @Field(() => Date, { nullable: true, description: 'Made before this time.' })
  createdBefore?: Date | null;
}
