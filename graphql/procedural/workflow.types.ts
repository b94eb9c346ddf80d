import { Field, InputType, ObjectType } from 'type-graphql';
import type { SuccessMetric, Workflow, WorkflowStep } from '../../src/domain/procedural/procedure';
import type { JsonObject } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';
import { ProcedureChangeInput, UsableProcedureType } from './procedure-base.types';

@ObjectType('WorkflowStep', { description: 'One step of a workflow.' })
export class WorkflowStepType implements WorkflowStep {
  @Field(() => String, { description: 'What to do.' })
  readonly action: string;
  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly reasoning: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'JSON Schema of what it takes.' })
  readonly inputSchema: JsonObject | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'JSON Schema of what it gives.' })
  readonly outputSchema: JsonObject | null;
}

@ObjectType('SuccessMetric', { description: 'What tells whether a workflow went well.' })
export class SuccessMetricType implements SuccessMetric {
  @Field(() => String, { description: 'What is looked at.' })
  readonly name: string;
  @Field(() => String, { nullable: true, description: 'What it should be.' })
  readonly target: string | null;
}

@ObjectType('Workflow', { description: 'How something is done: ordered steps, and how often that went well.' })
export class WorkflowType extends UsableProcedureType implements Workflow {
  /** Tells the kinds apart in the union; no field. */
  readonly kind: 'WORKFLOW';
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;
  @Field(() => String, { description: 'What it is for.' })
  readonly description: string;
  @Field(() => [WorkflowStepType], { description: 'What to do, in order, at most 100 steps.' })
  readonly steps: readonly WorkflowStep[];
  @Field(() => [SuccessMetricType], { description: 'What tells whether it went well, at most 20.' })
  readonly successMetrics: readonly SuccessMetric[];
  @Field(() => [String], { description: 'What was learnt, at most 20 texts.' })
  readonly learningPoints: readonly string[];
  @Field(() => [String], { description: 'What went wrong where others began alike, at most 20 texts.' })
  readonly warnings: readonly string[];
}

export const WorkflowConnectionType = connectionOf('Workflow', () => WorkflowType);

@InputType('WorkflowStepInput', { description: 'One step of a workflow.' })
export class WorkflowStepInput {
  @Field(() => String, { description: 'What to do, at most 2,000 characters.' })
  action: string;
  @Field(() => String, { nullable: true, description: 'Why, at most 4,000 characters.' })
  reasoning?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'JSON Schema of what it takes, at most 16 KiB; draft 6 or 7, 2019-09 or 2020-12.' })
  inputSchema?: JsonObject | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'JSON Schema of what it gives, as `inputSchema`.' })
  outputSchema?: JsonObject | null;
}

@InputType('SuccessMetricInput', { description: 'What tells whether a workflow went well.' })
export class SuccessMetricInput {
  @Field(() => String, { description: 'What is looked at, at most 200 characters.' })
  name: string;
  @Field(() => String, { nullable: true, description: 'What it should be, at most 200 characters.' })
  target?: string | null;
}

@InputType('CreateWorkflowInput', { description: 'A workflow to keep.' })
export class CreateWorkflowInput {
  @Field(() => GraphQLJSON, { description: 'The pool it belongs to: 1 to 5 string pairs.' })
  scope: unknown;
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  name: string;
  @Field(() => String, { defaultValue: '', description: 'What it is for, at most 4,000 characters.' })
  description: string;
  @Field(() => [WorkflowStepInput], { description: 'What to do, in order, 1 to 100 steps.' })
  steps: WorkflowStepInput[];
  @Field(() => [SuccessMetricInput], { nullable: true, description: 'What tells whether it went well, at most 20.' })
  successMetrics?: SuccessMetricInput[] | null;
  @Field(() => [String], { nullable: true, description: 'What was learnt, at most 20 texts.' })
  learningPoints?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'What to beware of, at most 20 texts.' })
  warnings?: string[] | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
}

@InputType('UpdateWorkflowInput', { description: 'What to change; what is absent stays.' })
export class UpdateWorkflowInput extends ProcedureChangeInput {
  @Field(() => String, { nullable: true, description: 'Its name, at most 200 characters.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'What it is for, at most 4,000 characters.' })
  description?: string | null;
  @Field(() => [WorkflowStepInput], { nullable: true, description: 'All of its steps, 1 to 100.' })
  steps?: WorkflowStepInput[] | null;
  @Field(() => [SuccessMetricInput], { nullable: true, description: 'All of them, at most 20.' })
  successMetrics?: SuccessMetricInput[] | null;
  @Field(() => [String], { nullable: true, description: 'All of them, at most 20 texts.' })
  learningPoints?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'All of them, at most 20 texts.' })
  warnings?: string[] | null;
}
