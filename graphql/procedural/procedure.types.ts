import { createUnionType, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  PROCEDURE_ACTIONS, PROCEDURE_KINDS, type ProcedureAction, type ProcedureOutcome, type ProcedureRevision, type ProcedureUse,
} from '../../src/domain/procedural/procedure';
import type { JsonObject } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSONObject } from '../scalars';
import { ProcedureOutcomeEnum } from './outcome';
import { SkillType } from './skill.types';
import { TrajectoryType } from './trajectory.types';
import { WorkflowType } from './workflow.types';

export const ProcedureKindEnum = enumOf(PROCEDURE_KINDS);
registerEnumType(ProcedureKindEnum, {
  name: 'ProcedureKind',
  description: 'What procedural memory holds.',
  valuesConfig: {
    WORKFLOW: { description: 'Ordered steps.' }, SKILL: { description: 'Code or a prompt template.' }, TRAJECTORY: { description: 'What an agent did, step by step.' },
  },
});

const ProcedureActionEnum = enumOf(PROCEDURE_ACTIONS);
registerEnumType(ProcedureActionEnum, {
  name: 'ProcedureAction',
  description: 'What a revision did.',
  valuesConfig: {
    CREATED: { description: 'Written.' }, UPDATED: { description: 'Changed.' }, ROLLED_BACK: { description: 'Taken back to an earlier revision.' },
    LEARNED: { description: 'Accepted from what was learnt.' },
  },
});

@ObjectType('ProcedureRevision', { description: 'An immutable snapshot of a workflow, skill or trajectory after one change.' })
export class ProcedureRevisionType implements ProcedureRevision {
  @Field(() => ID, { description: 'Whose it is.' })
  readonly procedureId: string;
  @Field(() => Int, { description: '1, 2, 3 …' })
  readonly revision: number;
  @Field(() => ProcedureActionEnum, { description: 'What happened.' })
  readonly action: ProcedureAction;
  @Field(() => GraphQLJSONObject, { description: 'Everything its kind holds, as it was then.' })
  readonly content: JsonObject;
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data then.' })
  readonly metadata: JsonObject;
  @Field(() => String, { nullable: true, description: 'Why it changed.' })
  readonly reason: string | null;
  @Field(() => String, { description: 'Who changed it: an API key’s id, or `local`.' })
  readonly principalId: string;
  @Field(() => Date, { description: 'When it changed.' })
  readonly createdAt: Date;
}

@ObjectType('ProcedureUse', { description: 'One use of a workflow or skill.' })
export class ProcedureUseType implements ProcedureUse {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => ID, { description: 'The workflow or skill.' })
  readonly procedureId: string;
  @Field(() => ID, { nullable: true, description: 'The session it was used in.' })
  readonly sessionId: string | null;
  @Field(() => String, { nullable: true, description: 'The agent that used it.' })
  readonly agentId: string | null;
  @Field(() => ProcedureOutcomeEnum, { description: 'How it ended.' })
  readonly outcome: ProcedureOutcome;
  @Field(() => String, { nullable: true, description: 'What there is to say about it.' })
  readonly note: string | null;
  @Field(() => String, { description: 'Who told: an API key’s id, or `local`.' })
  readonly principalId: string;
  @Field(() => Date, { description: 'When it was told.' })
  readonly createdAt: Date;
}

export const ProcedureUseConnectionType = connectionOf('ProcedureUse', () => ProcedureUseType);

const TYPES = { WORKFLOW: WorkflowType, SKILL: SkillType, TRAJECTORY: TrajectoryType } as const;

export const ProcedureUnion = createUnionType({
  name: 'Procedure',
  description: 'A workflow, a skill or a trajectory.',
  types: () => [WorkflowType, SkillType, TrajectoryType] as const,
  resolveType: ({ kind }) => TYPES[kind],
});
