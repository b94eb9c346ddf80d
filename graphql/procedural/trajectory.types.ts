import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { ProcedureOutcome, Trajectory, TrajectoryStep } from '../../src/domain/procedural/procedure';
import type { JsonObject } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';
import { ProcedureOutcomeEnum } from './outcome';
import { ProcedureChangeInput, ProcedureBaseType } from './procedure-base.types';

@ObjectType('TrajectoryStep', { description: 'One thing that an agent did.' })
class TrajectoryStepType implements TrajectoryStep {
  @Field(() => String, { nullable: true, description: 'What it thought before.' })
  readonly thought: string | null;
  @Field(() => String, { description: 'What it did.' })
  readonly action: string;
  @Field(() => String, { nullable: true, description: 'What it then saw.' })
  readonly observation: string | null;
  @Field(() => Int, { nullable: true, description: 'How long that took, in milliseconds.' })
  readonly durationMs: number | null;
}

@ObjectType('Trajectory', { description: 'What an agent did for a task, step by step, and how it ended.' })
export class TrajectoryType extends ProcedureBaseType implements Trajectory {
  /** Tells the kinds apart in the union; no field. */
  readonly kind: 'TRAJECTORY';
  @Field(() => String, { description: 'The agent.' })
  readonly agentId: string;
  @Field(() => ID, { nullable: true, description: 'The session it was done in.' })
  readonly sessionId: string | null;
  @Field(() => String, { description: 'What was to be done.' })
  readonly task: string;
  @Field(() => [TrajectoryStepType], { description: 'What was done, in order, at most 200 steps.' })
  readonly steps: readonly TrajectoryStep[];
  @Field(() => ProcedureOutcomeEnum, { description: 'How it ended.' })
  readonly outcome: ProcedureOutcome;
  @Field(() => [String], { description: 'What was learnt, at most 20 texts.' })
  readonly learningPoints: readonly string[];
  @Field(() => String, { description: 'Who recorded it: an API key’s id, or `local`.' })
  readonly principalId: string;
  @Field(() => Date, { description: 'When it was recorded.' })
  readonly createdAt: Date;
}

export const TrajectoryConnectionType = connectionOf('Trajectory', () => TrajectoryType);

@InputType('TrajectoryStepInput', { description: 'One thing that an agent did.' })
export class TrajectoryStepInput {
  @Field(() => String, { nullable: true, description: 'What it thought before, at most 4,000 characters.' })
  thought?: string | null;
  @Field(() => String, { description: 'What it did, at most 2,000 characters: a sentence, a call as `tool(…)`, or JSON that names the tool.' })
  action: string;
  @Field(() => String, { nullable: true, description: 'What it then saw, at most 8,000 characters.' })
  observation?: string | null;
  @Field(() => Int, { nullable: true, description: 'How long that took, in milliseconds.' })
  durationMs?: number | null;
}

@InputType('CreateTrajectoryInput', { description: 'A trajectory to keep.' })
export class CreateTrajectoryInput {
  @Field(() => GraphQLJSON, { nullable: true, description: 'The pool it belongs to: 1 to 5 string pairs; the session’s unless given.' })
  scope?: unknown;
  @Field(() => String, { description: 'The agent, at most 256 characters.' })
  agentId: string;
  @Field(() => ID, { nullable: true, description: 'The session it was done in.' })
  sessionId?: string | null;
  @Field(() => String, { description: 'What was to be done, at most 2,000 characters.' })
  task: string;
  @Field(() => [TrajectoryStepInput], { description: 'What was done, in order, 1 to 200 steps; 256 KiB in all.' })
  steps: TrajectoryStepInput[];
  @Field(() => ProcedureOutcomeEnum, { description: 'How it ended.' })
  outcome: ProcedureOutcome;
  @Field(() => [String], { nullable: true, description: 'What was learnt, at most 20 texts.' })
  learningPoints?: string[] | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
}

@InputType('UpdateTrajectoryInput', { description: 'What to change; what is absent stays.' })
export class UpdateTrajectoryInput extends ProcedureChangeInput {
  @Field(() => String, { nullable: true, description: 'What was to be done, at most 2,000 characters.' })
  task?: string | null;
  @Field(() => [TrajectoryStepInput], { nullable: true, description: 'All of its steps, 1 to 200.' })
  steps?: TrajectoryStepInput[] | null;
  @Field(() => ProcedureOutcomeEnum, { nullable: true, description: 'How it ended.' })
  outcome?: ProcedureOutcome | null;
  @Field(() => [String], { nullable: true, description: 'All of them, at most 20 texts.' })
  learningPoints?: string[] | null;
}
