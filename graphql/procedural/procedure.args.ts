import { ArgsType, Field, ID } from 'type-graphql';
import type { ProcedureFilter, ProcedureKind, ProcedureOutcome, SkillType } from '../../src/domain/procedural/procedure';
import { parseScope, type ScopeMatch } from '../../src/kernel/scope';
import { given } from '../input';
import { ScopeMatchEnum } from '../memory/memory.types';
import { GraphQLJSON } from '../scalars';
import { ProcedureOutcomeEnum } from './outcome';
import { SkillTypeEnum } from './skill.types';

@ArgsType()
export class ProcedurePoolArgs {
  @Field(() => GraphQLJSON, { description: 'The pool: 1 to 5 string pairs.' })
  scope: unknown;
  @Field(() => ScopeMatchEnum, { defaultValue: 'EXACT', description: 'Exactly this pool unless said otherwise.' })
  match: ScopeMatch;
}

@ArgsType()
export class SkillPoolArgs extends ProcedurePoolArgs {
  @Field(() => SkillTypeEnum, { nullable: true, description: 'About this.' })
  type?: SkillType | null;
}

@ArgsType()
export class TrajectoryPoolArgs extends ProcedurePoolArgs {
  @Field(() => String, { nullable: true, description: 'Of this agent.' })
  agentId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Of this session.' })
  sessionId?: string | null;
  @Field(() => ProcedureOutcomeEnum, { nullable: true, description: 'That ended so.' })
  outcome?: ProcedureOutcome | null;
}

export const toPool = <Kind extends ProcedureKind>(kind: Kind, { scope, match, ...rest }: ProcedurePoolArgs & Partial<SkillPoolArgs & TrajectoryPoolArgs>): ProcedureFilter & { kind: Kind } => ({
  kind, match, scope: parseScope(scope, 'scope'), ...given({ ...rest, skillType: rest.type }, ['skillType', 'agentId', 'sessionId', 'outcome']),
});

export const LIMIT = 'How many, 1 to 200; 50 unless given.';
