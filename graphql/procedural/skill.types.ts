import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import {
  IMPLEMENTATION_KINDS, SKILL_TYPES, type ImplementationKind, type Skill, type SkillImplementation, type SkillType as TypeOfSkill,
} from '../../src/domain/procedural/procedure';
import type { JsonObject } from '../../src/kernel/json';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';
import { ProcedureChangeInput, UsableProcedureType } from './procedure-base.types';

export const SkillTypeEnum = enumOf(SKILL_TYPES);
registerEnumType(SkillTypeEnum, {
  name: 'SkillKind',
  description: 'What a skill is about.',
  valuesConfig: {
    TOOL_USAGE: { description: 'Using tools.' }, REASONING_PATTERN: { description: 'A way to think.' }, COORDINATION: { description: 'Working with other agents.' },
  },
});

const ImplementationKindEnum = enumOf(IMPLEMENTATION_KINDS);
registerEnumType(ImplementationKindEnum, {
  name: 'ImplementationKind',
  description: 'What the body of a skill is.',
  valuesConfig: { CODE: { description: 'Code. It is kept, never run here.' }, PROMPT_TEMPLATE: { description: 'A prompt with places to fill in.' } },
});

@ObjectType('SkillImplementation', { description: 'A skill itself.' })
export class SkillImplementationType implements SkillImplementation {
  @Field(() => ImplementationKindEnum, { description: 'What the body is.' })
  readonly kind: ImplementationKind;
  @Field(() => String, { nullable: true, description: 'Of code: its language.' })
  readonly language: string | null;
  @Field(() => String, { description: 'The code or the template.' })
  readonly body: string;
}

@ObjectType('Skill', { description: 'Something an agent can do: code or a prompt template, and how often that went well.' })
export class SkillType extends UsableProcedureType implements Skill {
  /** Tells the kinds apart in the union; no field. */
  readonly kind: 'SKILL';
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;
  @Field(() => String, { description: 'What it does.' })
  readonly description: string;
  @Field(() => SkillTypeEnum, { description: 'What it is about.' })
  readonly type: TypeOfSkill;
  @Field(() => SkillImplementationType, { description: 'The skill itself.' })
  readonly implementation: SkillImplementation;
}

export const SkillConnectionType = connectionOf('Skill', () => SkillType);

@InputType('SkillImplementationInput', { description: 'A skill itself.' })
export class SkillImplementationInput {
  @Field(() => ImplementationKindEnum, { description: 'What the body is.' })
  kind: ImplementationKind;
  @Field(() => String, { nullable: true, description: 'Of code: its language.' })
  language?: string | null;
  @Field(() => String, { description: 'The code or the template, at most 65,536 characters.' })
  body: string;
}

@InputType('CreateSkillInput', { description: 'A skill to keep.' })
export class CreateSkillInput {
  @Field(() => GraphQLJSON, { description: 'The pool it belongs to: 1 to 5 string pairs.' })
  scope: unknown;
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  name: string;
  @Field(() => String, { defaultValue: '', description: 'What it does, at most 4,000 characters.' })
  description: string;
  @Field(() => SkillTypeEnum, { description: 'What it is about.' })
  type: TypeOfSkill;
  @Field(() => SkillImplementationInput, { description: 'The skill itself.' })
  implementation: SkillImplementationInput;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
}

@InputType('UpdateSkillInput', { description: 'What to change; what is absent stays.' })
export class UpdateSkillInput extends ProcedureChangeInput {
  @Field(() => String, { nullable: true, description: 'Its name, at most 200 characters.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'What it does, at most 4,000 characters.' })
  description?: string | null;
  @Field(() => SkillTypeEnum, { nullable: true, description: 'What it is about.' })
  type?: TypeOfSkill | null;
  @Field(() => SkillImplementationInput, { nullable: true, description: 'The skill itself.' })
  implementation?: SkillImplementationInput | null;
}
