import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ProcedureOutcome, SkillContent, WorkflowContent } from '../../src/domain/procedural/procedure';
import {
  CANDIDATE_STATUSES, DISTILLATION_PHASES, DISTILLATION_STATUSES, type CandidateEvidence, type CandidateStatus, type Distillation, type DistillationPhase,
  type DistillationStatus, type ProcedureCandidate,
} from '../../src/domain/procedural/learning/distillation';
import type { Scope } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON } from '../scalars';
import { ProcedureOutcomeEnum } from './outcome';
import { SkillImplementationType, SkillTypeEnum } from './skill.types';
import { SuccessMetricType, WorkflowStepType } from './workflow.types';

const DistillationStatusEnum = enumOf(DISTILLATION_STATUSES);
registerEnumType(DistillationStatusEnum, {
  name: 'DistillationStatus',
  description: 'Where a distillation stands.',
  valuesConfig: {
    PENDING: { description: 'Accepted, not begun.' }, PROCESSING: { description: 'Under way, or waiting for a model.' }, COMPLETED: { description: 'Done.' },
    FAILED: { description: 'Given up; `error` says why.' },
  },
});
const DistillationPhaseEnum = enumOf(DISTILLATION_PHASES);
registerEnumType(DistillationPhaseEnum, {
  name: 'DistillationPhase',
  description: 'What a distillation does.',
  valuesConfig: {
    READ: { description: 'Reading trajectories.' }, MINE: { description: 'Looking for what recurs.' }, DESCRIBE: { description: 'Finding words for it.' }, DONE: { description: 'Nothing more.' },
  },
});
export const CandidateStatusEnum = enumOf(CANDIDATE_STATUSES);
registerEnumType(CandidateStatusEnum, {
  name: 'ProcedureCandidateStatus',
  description: 'What became of a candidate.',
  valuesConfig: {
    PROPOSED: { description: 'Waits for a decision.' }, ACCEPTED: { description: 'Made a workflow.' }, REJECTED: { description: 'Not wanted; it is not proposed again.' },
  },
});

@ObjectType('DistillationError', { description: 'Why a distillation failed.' })
class DistillationErrorType {
  @Field(() => String, { description: 'One of the error codes.' })
  readonly code: string;
  @Field(() => String, { description: 'In words.' })
  readonly message: string;
}

@ObjectType('DistillationJob', { description: 'A job that learns from the trajectories of a pool.' })
export class DistillationType implements Omit<Distillation, 'done' | 'total'> {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => GraphQLJSON, { description: 'The pool.' })
  readonly scope: Scope;
  @Field(() => Int, { description: 'Successful trajectories that a pattern occurs in, at least.' })
  readonly minSupport: number;
  @Field(() => Float, { description: 'Share of successes, at least.' })
  readonly minConfidence: number;
  @Field(() => DistillationStatusEnum, { description: 'Where it stands.' })
  readonly status: DistillationStatus;
  @Field(() => DistillationPhaseEnum, { description: 'What it does.' })
  readonly phase: DistillationPhase;
  @Field(() => Int, { description: 'How many trajectories were read.' })
  readonly trajectories: number;
  @Field(() => Boolean, { description: 'Whether older trajectories were left out: the newest 1,000 with at most 20,000 steps are read.' })
  readonly isLimited: boolean;
  @Field(() => Int, { description: 'Candidates of the pool that wait for a decision, as it left them.' })
  readonly proposed: number;
  @Field(() => DistillationErrorType, { nullable: true, description: 'Why it failed.' })
  readonly error: Distillation['error'];
  @Field(() => String, { description: 'Who wanted it: an API key’s id, or `local`.' })
  readonly principalId: string;
  @Field(() => Date, { description: 'When it was accepted.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last moved.' })
  readonly updatedAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  readonly finishedAt: Date | null;
}

export const DistillationConnectionType = connectionOf('DistillationJob', () => DistillationType);

@ObjectType('CandidateEvidence', { description: 'Where a pattern was seen.' })
export class CandidateEvidenceType implements CandidateEvidence {
  @Field(() => ID, { description: 'The trajectory.' })
  readonly trajectoryId: string;
  @Field(() => Int, { description: 'First step that belongs to it, from 0.' })
  readonly fromStep: number;
  @Field(() => Int, { description: 'Last step that belongs to it.' })
  readonly toStep: number;
  @Field(() => ProcedureOutcomeEnum, { description: 'How the trajectory ended.' })
  readonly outcome: ProcedureOutcome;
  @Field(() => Boolean, { description: 'False for a failure that only began alike.' })
  readonly isWhole: boolean;
}

@ObjectType('WorkflowDraft', { description: 'A workflow that accepting a candidate makes.' })
export class WorkflowDraftType implements WorkflowContent {
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;
  @Field(() => String, { description: 'What it is for.' })
  readonly description: string;
  @Field(() => [WorkflowStepType], { description: 'What to do, in order, at most 12 steps.' })
  readonly steps: WorkflowContent['steps'];
  @Field(() => [SuccessMetricType], { description: 'What tells whether it went well, at most 20.' })
  readonly successMetrics: WorkflowContent['successMetrics'];
  @Field(() => [String], { description: 'What was learnt, at most 20 texts.' })
  readonly learningPoints: readonly string[];
  @Field(() => [String], { description: 'What went wrong where others began alike, at most 20 texts.' })
  readonly warnings: readonly string[];
}

@ObjectType('SkillDraft', { description: 'A skill that accepting a candidate makes.' })
export class SkillDraftType implements SkillContent {
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;
  @Field(() => String, { description: 'What it does.' })
  readonly description: string;
  @Field(() => SkillTypeEnum, { description: 'What it is about.' })
  readonly type: SkillContent['type'];
  @Field(() => SkillImplementationType, { description: 'The skill itself.' })
  readonly implementation: SkillContent['implementation'];
}

@ObjectType('ProcedureCandidate', { description: 'A workflow, and perhaps a skill, that recurring trajectories suggest.' })
export class ProcedureCandidateType implements Omit<ProcedureCandidate, 'content' | 'workflowId' | 'skillId'> {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => GraphQLJSON, { description: 'The pool of its trajectories.' })
  readonly scope: Scope;
  @Field(() => CandidateStatusEnum, { description: 'What became of it.' })
  readonly status: CandidateStatus;
  @Field(() => Int, { description: 'Successful trajectories that it occurs in, each counted once.' })
  readonly support: number;
  @Field(() => Float, { description: 'Successes among all trajectories that it occurs in, 0 to 1.' })
  readonly confidence: number;
  @Field(() => [CandidateEvidenceType], { description: 'Where it was seen, at most 200 places.' })
  readonly evidence: readonly CandidateEvidence[];
  @Field(() => String, { description: '`offline`, or the model that found the words.' })
  readonly describedBy: string;
  @Field(() => String, { nullable: true, description: 'Why it was rejected.' })
  readonly reason: string | null;
  @Field(() => String, { nullable: true, description: 'Who decided: an API key’s id, or `local`.' })
  readonly principalId: string | null;
  @Field(() => Date, { description: 'When it was first proposed.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  readonly updatedAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it was decided.' })
  readonly decidedAt: Date | null;
}

export const ProcedureCandidateConnectionType = connectionOf('ProcedureCandidate', () => ProcedureCandidateType);
