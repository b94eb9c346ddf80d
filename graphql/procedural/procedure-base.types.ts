import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Usage } from '../../src/domain/procedural/procedure';
import type { JsonObject } from '../../src/kernel/json';
import type { Scope } from '../../src/kernel/scope';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

/** What every procedure has besides its content. The schema shows the fields of these classes in the types that extend them, and no type for themselves. */
@ObjectType()
export abstract class ProcedureBaseType {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => GraphQLJSON, { description: 'The pool it belongs to.' })
  readonly scope: Scope;
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data.' })
  readonly metadata: JsonObject;
  @Field(() => Int, { description: 'Number of its latest revision.' })
  readonly revision: number;
  @Field(() => Date, { description: 'When it last changed.' })
  readonly updatedAt: Date;
}

@ObjectType()
export abstract class UsableProcedureType extends ProcedureBaseType implements Usage {
  @Field(() => Int, { description: 'How often it was used.' })
  readonly usageCount: number;
  @Field(() => Int, { description: 'How often that was a success.' })
  readonly successCount: number;
  @Field(() => Date, { nullable: true, description: 'When it was last used.' })
  readonly lastUsedAt: Date | null;
  @Field(() => ID, { nullable: true, description: 'The candidate it was learnt from; null for one that was written.' })
  readonly candidateId: string | null;
  @Field(() => String, { description: 'Who made it: an API key’s id, or `local`.' })
  readonly principalId: string;
  @Field(() => Date, { description: 'When it was made.' })
  readonly createdAt: Date;
}

@InputType()
export abstract class ProcedureChangeInput {
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => Int, { nullable: true, description: 'Refuse with CONFLICT unless it is at this revision.' })
  expectedRevision?: number | null;
  @Field(() => String, { nullable: true, description: 'Why, 1 to 500 characters: it stands in the revision.' })
  reason?: string | null;
}
