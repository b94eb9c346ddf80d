import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Candidate, LeftOut, ModelUsage } from '../../src/domain/extraction/extractor';
import {
  GENERATION_PHASES, GENERATION_STATUSES, OUTCOMES,
  type CandidateOutcome, type Generation, type GenerationPhase, type GenerationProgress, type GenerationStatus, type Outcome,
} from '../../src/domain/generation/generation';
import { PRIORITIES, type Priority } from '../../src/domain/job/job';
import type { Scope } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON } from '../scalars';

const GenerationStatusEnum = enumOf(GENERATION_STATUSES);
registerEnumType(GenerationStatusEnum, {
  name: 'MemoryGenerationStatus', description: 'Where a job stands.',
  valuesConfig: {
    PENDING: { description: 'Accepted and durable.' }, PROCESSING: { description: 'Under way.' }, COMPLETED: { description: 'Every candidate has its outcome.' },
    FAILED: { description: 'Given up; `error` says why.' }, CANCELED: { description: 'Stopped by request.' },
  },
});
const GenerationPhaseEnum = enumOf(GENERATION_PHASES);
registerEnumType(GenerationPhaseEnum, {
  name: 'MemoryGenerationPhase', description: 'What a job is doing.',
  valuesConfig: {
    EXTRACT: { description: 'Reading the source for facts.' }, CONSOLIDATE: { description: 'Weighing them against what is known.' },
    EMBED: { description: 'Making vectors of what is new.' }, DONE: { description: 'Nothing more.' },
  },
});
const OutcomeEnum = enumOf(OUTCOMES);
registerEnumType(OutcomeEnum, {
  name: 'CandidateOutcome', description: 'What became of an extracted fact; each has exactly one.',
  valuesConfig: {
    CREATED: { description: 'A new memory.' }, UPDATED: { description: 'A memory was reworded.' }, DELETED: { description: 'A memory was taken back.' },
    UNCHANGED: { description: 'A memory says so already; its confidence and evidence grew.' }, NOTHING_FOUND: { description: 'It held no fact: it was empty, or nothing but punctuation.' },
    QUARANTINED: { description: 'Kept out of memory.' }, FAILED: { description: 'Could not be weighed; `reason` says why.' },
  },
});

export const PriorityEnum = enumOf(PRIORITIES);
registerEnumType(PriorityEnum, {
  name: 'JobPriority', description: 'What is worked on first.',
  valuesConfig: { INTERACTIVE: { description: 'Somebody waits for it.' }, BULK: { description: 'It may wait: imports, catching up.' } },
});

@ObjectType('LeftOutTurn', { description: 'A turn that gave no fact.' })
class LeftOutType implements LeftOut {
  @Field(() => String, { description: 'The event, or the part of a text.' })
  readonly eventId: string;
  @Field(() => String, { description: 'Why.' })
  readonly reason: string;
}

@ObjectType('ModelUsage', { description: 'Tokens that one model took.' })
export class ModelUsageType implements ModelUsage {
  @Field(() => String, { description: 'The model.' })
  readonly model: string;
  @Field(() => Int, { description: 'Answers, each of which was paid for: repair turns and unusable ones among them.' })
  readonly calls: number;
  @Field(() => Int, { description: 'Tokens sent.' })
  readonly promptTokens: number;
  @Field(() => Int, { description: 'Tokens received.' })
  readonly completionTokens: number;
}

@ObjectType('JobError', { description: 'Why a job failed.' })
class JobErrorType {
  @Field(() => String, { description: 'One of the gateway’s error codes, `DEGRADED` or `CANCELED`.' })
  readonly code: string;
  @Field(() => String, { description: 'In words.' })
  readonly message: string;
}

@ObjectType('OutcomeCount', { description: 'How many candidates ended so.' })
export class OutcomeCountType {
  @Field(() => OutcomeEnum, { nullable: true, description: 'The outcome; null for candidates still open.' })
  readonly outcome: Outcome | null;
  @Field(() => Int, { description: 'How many.' })
  readonly count: number;
}

@ObjectType('MemoryCandidate', { description: 'An extracted fact with what became of it.' })
export class CandidateType implements Omit<CandidateOutcome, 'candidate'> {
  @Field(() => Int, { description: '1, 2, 3 … within its job.' })
  readonly ordinal: number;
  readonly candidate: Candidate;
  @Field(() => OutcomeEnum, { nullable: true, description: 'What became of it; null while open.' })
  readonly outcome: Outcome | null;
  @Field(() => ID, { nullable: true, description: 'The memory it made or touched.' })
  readonly memoryId: string | null;
  @Field(() => Int, { nullable: true, description: 'The revision it made.' })
  readonly revision: number | null;
  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly reason: string | null;
}

@ObjectType('MemoryGenerationJob', { description: 'A durable job that turns a source into memories.' })
export class GenerationType implements Omit<Generation, 'source'> {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => String, { description: 'The bank it writes to.' })
  readonly bankId: string;
  @Field(() => GraphQLJSON, { description: 'The pool it writes to.' })
  readonly scope: Scope;
  @Field(() => ID, { nullable: true, description: 'The session it reads.' })
  readonly sessionId: string | null;
  readonly source: Generation['source'];
  @Field(() => GenerationStatusEnum, { description: 'Where it stands.' })
  readonly status: GenerationStatus;
  @Field(() => GenerationPhaseEnum, { description: 'What it is doing.' })
  readonly phase: GenerationPhase;
  @Field(() => PriorityEnum, { description: 'How its work is queued.' })
  readonly priority: Priority;
  @Field(() => Int, { description: 'Units of the phase that are done: turns, candidates, memories.' })
  readonly done: number;
  @Field(() => Int, { description: 'Units of the phase.' })
  readonly total: number;
  @Field(() => [LeftOutType], { description: 'Turns that gave no fact, the first 500.' })
  readonly leftOut: readonly LeftOut[];
  @Field(() => Int, { description: 'All turns that gave no fact.' })
  readonly leftOutCount: number;
  @Field(() => [ModelUsageType], { description: 'What each model took, one entry for each, extracting, consolidating and embedding; also calls that failed.' })
  readonly usage: readonly ModelUsage[];
  @Field(() => String, { nullable: true, description: 'Who extracted: `offline/rules-1`, or a model.' })
  readonly extractor: string | null;
  @Field(() => JobErrorType, { nullable: true, description: 'Why it failed, or what is missing of a completed one.' })
  readonly error: { readonly code: string; readonly message: string } | null;
  @Field(() => Date, { description: 'When it was accepted.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last moved.' })
  readonly updatedAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  readonly finishedAt: Date | null;
}

@ObjectType('MemoryGenerationProgress', { description: 'One step of a job.' })
export class GenerationProgressType implements Omit<GenerationProgress, 'generationId'> {
  @Field(() => String, { description: 'Pass it as `after` to go on from here.' })
  readonly cursor: string;
  readonly generationId: string;
  @Field(() => GenerationStatusEnum, { description: 'Where the job stands.' })
  readonly status: GenerationStatus;
  @Field(() => GenerationPhaseEnum, { description: 'What it is doing.' })
  readonly phase: GenerationPhase;
  @Field(() => Int, { description: 'Units of the phase that are done.' })
  readonly done: number;
  @Field(() => Int, { description: 'Units of the phase.' })
  readonly total: number;
  @Field(() => Float, { description: 'Share of the whole job, 0 to 1.' })
  readonly progress: number;
}

export const GenerationConnectionType = connectionOf('MemoryGenerationJob', () => GenerationType);
export const CandidateConnectionType = connectionOf('MemoryCandidate', () => CandidateType);

@InputType('GenerateMemoriesInput', { description: 'What to remember: exactly one of sessionId, text and facts.' })
export class GenerateMemoriesInput {
  @Field(() => ID, { nullable: true, description: 'A session, or with fromSeq and toSeq a range of its events.' })
  sessionId?: string | null;
  @Field(() => Int, { nullable: true, description: 'First event of the range.' })
  fromSeq?: number | null;
  @Field(() => Int, { nullable: true, description: 'Last event of the range; the newest one now unless given.' })
  toSeq?: number | null;
  @Field(() => String, { nullable: true, description: 'Raw text, up to 200,000 characters.' })
  text?: string | null;
  @Field(() => String, { nullable: true, description: 'Who says the text; “The user” unless given.' })
  speaker?: string | null;
  @Field(() => Date, { nullable: true, description: 'When the text was said: relative dates are counted from it.' })
  occurredAt?: Date | null;
  @Field(() => [String], { nullable: true, description: 'Facts as they stand, up to 200: consolidated, not extracted.' })
  facts?: string[] | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The pool; the session’s scope unless given.' })
  scope?: unknown;
  @Field(() => PriorityEnum, { nullable: true, description: 'INTERACTIVE unless given: say BULK for imports, so that they do not keep users waiting.' })
  priority?: Priority | null;
  @Field(() => String, { defaultValue: 'default', description: 'The bank.' })
  bankId: string;
}
