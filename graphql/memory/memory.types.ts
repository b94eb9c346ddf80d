import { ArgsType, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { REVISION_ACTIONS, type Memory, type MemoryChange, type MemoryRevision, type RevisionAction } from '../../src/domain/memory/memory';
import type { DiffField, FieldChange, RevisionDiff, WordChange } from '../../src/domain/memory/revision-diff';
import type { JsonObject, JsonValue } from '../../src/kernel/json';
import type { Scope, ScopeMatch } from '../../src/kernel/scope';
import { connectionOf } from '../connection';
import { enumOf } from '../enum';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';

const RevisionActionEnum = enumOf(REVISION_ACTIONS);
registerEnumType(RevisionActionEnum, {
  name: 'RevisionAction',
  description: 'What a revision did.',
  valuesConfig: {
    CREATED: { description: 'Created directly.' }, UPDATED: { description: 'Changed directly.' }, DELETED: { description: 'Deleted or expired.' },
    GENERATED_CREATED: { description: 'Extracted from a source.' }, GENERATED_UPDATED: { description: 'Reworded by a later source.' },
    CONFIRMED: { description: 'Stated again.' }, SUPERSEDED: { description: 'Contradicted by a newer memory; its validity ended.' },
  },
});

export const ScopeMatchEnum = { EXACT: 'EXACT', SUBSET: 'SUBSET' } as const;
registerEnumType(ScopeMatchEnum, {
  name: 'ScopeMatch',
  description: 'Which pools a scope means.',
  valuesConfig: { EXACT: { description: 'This pool.' }, SUBSET: { description: 'Every pool that has at least these pairs.' } },
});

@ObjectType('MemoryRevision', { description: 'An immutable snapshot of a memory after one change.' })
export class MemoryRevisionType implements MemoryRevision {
  @Field(() => ID, { description: 'The memory.' })
  readonly memoryId: string;
  @Field(() => Int, { description: '1, 2, 3 …' })
  readonly revision: number;
  @Field(() => RevisionActionEnum, { description: 'What happened.' })
  readonly action: RevisionAction;
  @Field(() => String, { description: 'The fact as it was then.' })
  readonly fact: string;
  @Field(() => [String], { description: 'Its topics then, at most 10.' })
  readonly topics: readonly string[];
  @Field(() => Float, { description: 'Its confidence then, 0 to 1.' })
  readonly confidence: number;
  @Field(() => Date, { nullable: true, description: 'Since when it was true.' })
  readonly validFrom: Date | null;
  @Field(() => Date, { nullable: true, description: 'Until when it was true.' })
  readonly validTo: Date | null;
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data then.' })
  readonly metadata: JsonObject;
  @Field(() => [ID], { description: 'Events that said so, the newest 50.' })
  readonly eventIds: readonly string[];
  @Field(() => String, { nullable: true, description: 'Why it changed.' })
  readonly reason: string | null;
  @Field(() => String, { description: 'Who changed it: an API key’s id, or `local`.' })
  readonly principalId: string;
  @Field(() => ID, { nullable: true, description: 'The generation job that changed it.' })
  readonly generationId: string | null;
  @Field(() => [String], { description: 'The extracted sentences behind the change, at most one.' })
  readonly candidates: readonly string[];
  @Field(() => Date, { description: 'When it changed.' })
  readonly createdAt: Date;
}

@ObjectType('Memory', { description: 'A durable fact in one pool of one bank.' })
export class MemoryType implements Memory {
  @Field(() => ID, { description: 'UUID.' })
  readonly id: string;
  @Field(() => String, { description: 'The bank it belongs to.' })
  readonly bankId: string;
  @Field(() => GraphQLJSON, { description: 'The pool it belongs to.' })
  readonly scope: Scope;
  @Field(() => String, { description: 'One self-contained sentence.' })
  readonly fact: string;
  @Field(() => [String], { description: 'What kinds of fact it is, at most 10.' })
  readonly topics: readonly string[];
  @Field(() => Float, { description: '0 to 1; grows when the fact is stated again.' })
  readonly confidence: number;
  @Field(() => String, { nullable: true, description: 'What it is about, when it reduces to subject, attribute and value.' })
  readonly subject: string | null;
  @Field(() => String, { nullable: true, description: 'The property it states.' })
  readonly attribute: string | null;
  @Field(() => String, { nullable: true, description: 'The value of that property.' })
  readonly value: string | null;
  @Field(() => Boolean, { description: 'Whether a new value of the attribute ends this one.' })
  readonly exclusive: boolean;
  @Field(() => Date, { nullable: true, description: 'Since when it is true, if that was said.' })
  readonly validFrom: Date | null;
  @Field(() => Date, { nullable: true, description: 'Until when it was true.' })
  readonly validTo: Date | null;
  @Field(() => ID, { nullable: true, description: 'The session it was made from; the session may be deleted since.' })
  readonly sessionId: string | null;
  @Field(() => [ID], { description: 'Events that say so, the newest 50.' })
  readonly eventIds: readonly string[];
  @Field(() => Int, { description: 'How often it was stated.' })
  readonly evidenceCount: number;
  @Field(() => GraphQLJSONObject, { description: 'The caller’s own data.' })
  readonly metadata: JsonObject;
  @Field(() => Int, { description: 'Number of its latest revision.' })
  readonly revision: number;
  @Field(() => ID, { nullable: true, description: 'The memory that contradicted it.' })
  readonly supersededBy: string | null;
  @Field(() => Date, { nullable: true, description: 'When that was.' })
  readonly supersededAt: Date | null;
  @Field(() => Date, { description: 'When it was created.' })
  readonly createdAt: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  readonly updatedAt: Date;
  @Field(() => Date, { nullable: true, description: 'When it will be erased.' })
  readonly expiresAt: Date | null;
}

@ObjectType('MemoryChange', { description: 'One change of a pool.' })
export class MemoryChangeType implements MemoryChange {
  @Field(() => String, { description: 'Pass it as `after` to go on from here.' })
  readonly cursor: string;
  @Field(() => RevisionActionEnum, { description: 'What happened.' })
  readonly action: RevisionAction;
  @Field(() => ID, { description: 'The memory.' })
  readonly memoryId: string;
  @Field(() => Int, { description: 'The revision that the change made.' })
  readonly revision: number;
  @Field(() => MemoryType, { nullable: true, description: 'The memory as it is now; null once it is gone.' })
  readonly memory: Memory | null;
}

export const MemoryRevisionConnectionType = connectionOf('MemoryRevision', () => MemoryRevisionType);
export const MemoryConnectionType = connectionOf('Memory', () => MemoryType);

@ArgsType()
export class PoolArgs {
  @Field(() => GraphQLJSON, { description: 'The pool.' })
  scope: unknown;
  @Field(() => ScopeMatchEnum, { defaultValue: 'EXACT', description: 'This pool, or every pool with these pairs.' })
  match: ScopeMatch;
  @Field(() => String, { defaultValue: 'default', description: 'The bank.' })
  bankId: string;
  @Field(() => String, { nullable: true, description: 'Only of this topic.' })
  topic?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only made from this session.' })
  sessionId?: string | null;
  @Field(() => Boolean, { defaultValue: false, description: 'Contradicted ones too.' })
  includeSuperseded: boolean;
}

@ObjectType('MemoryFieldChange', { description: 'One field whose value differs between two revisions.' })
class FieldChangeType implements FieldChange {
  @Field(() => String, { description: 'Its name on `MemoryRevision`.' })
  readonly field: DiffField;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The older value; dates in ISO 8601.' })
  readonly before: JsonValue;
  @Field(() => GraphQLJSON, { nullable: true, description: 'The newer value.' })
  readonly after: JsonValue;
}

const WordChangeEnum = { SAME: 'SAME', ADDED: 'ADDED', REMOVED: 'REMOVED' } as const;
registerEnumType(WordChangeEnum, {
  name: 'WordChangeKind',
  description: 'What became of a run of words.',
  valuesConfig: { SAME: { description: 'It stayed.' }, ADDED: { description: 'It came.' }, REMOVED: { description: 'It went.' } },
});

@ObjectType('WordChange', { description: 'A run of words of a fact.' })
class WordChangeType implements WordChange {
  @Field(() => WordChangeEnum, { description: 'What became of it.' })
  readonly kind: WordChange['kind'];
  @Field(() => String, { description: 'The words, with the white space after them.' })
  readonly text: string;
}

@ObjectType('MemoryRevisionDiff', { description: 'Two revisions of a memory side by side.' })
export class RevisionDiffType implements RevisionDiff {
  @Field(() => MemoryRevisionType, { description: 'The older one, as asked for.' })
  readonly from: MemoryRevision;
  @Field(() => MemoryRevisionType, { description: 'The newer one.' })
  readonly to: MemoryRevision;
  @Field(() => [FieldChangeType], { description: 'Fields that differ, at most 7.' })
  readonly changes: readonly FieldChange[];
  @Field(() => [WordChangeType], { description: 'The fact word by word, at most 2,000 runs: SAME and REMOVED give the older one, SAME and ADDED the newer.' })
  readonly words: readonly WordChange[];
}

@InputType('CreateMemoryInput', { description: 'A memory to create directly.' })
export class CreateMemoryInput {
  @Field(() => String, { defaultValue: 'default', description: 'The bank.' })
  bankId: string;
  @Field(() => GraphQLJSON, { description: 'The pool: 1 to 5 string pairs.' })
  scope: unknown;
  @Field(() => String, { description: 'The fact, 1 to 2,000 characters. The same words again grow the evidence of the memory that holds them.' })
  fact: string;
  @Field(() => [String], { nullable: true, description: 'At most 10 topics.' })
  topics?: string[] | null;
  @Field(() => Float, { nullable: true, description: '0 to 1; 1 unless given.' })
  confidence?: number | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Your own data, at most 16 KiB of JSON.' })
  metadata?: JsonObject | null;
  @Field(() => Date, { nullable: true, description: 'Since when it is true.' })
  validFrom?: Date | null;
  @Field(() => Date, { nullable: true, description: 'Until when it was true.' })
  validTo?: Date | null;
  @Field(() => Int, { nullable: true, description: 'Seconds until it expires; the bank’s setting unless given.' })
  ttlSeconds?: number | null;
}

@InputType('UpdateMemoryInput', { description: 'What to change; absent fields stay, null clears where that makes sense.' })
export class UpdateMemoryInput {
  @Field(() => String, { nullable: true, description: 'The new wording.' })
  fact?: string | null;
  @Field(() => [String], { nullable: true, description: 'The new topics, at most 10.' })
  topics?: string[] | null;
  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  confidence?: number | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'The new metadata, whole.' })
  metadata?: JsonObject | null;
  @Field(() => Date, { nullable: true, description: 'Since when it is true; null clears.' })
  validFrom?: Date | null;
  @Field(() => Date, { nullable: true, description: 'Until when it was true; null clears.' })
  validTo?: Date | null;
  @Field(() => Int, { nullable: true, description: 'Seconds from now until it expires; null keeps it for ever.' })
  ttlSeconds?: number | null;
  @Field(() => Int, { nullable: true, description: 'Refuse with CONFLICT unless the memory is at this revision.' })
  expectedRevision?: number | null;
  @Field(() => String, { nullable: true, description: 'Why, 1 to 500 characters: it stands in the revision.' })
  reason?: string | null;
}
