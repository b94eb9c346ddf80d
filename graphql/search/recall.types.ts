import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { DateRange, FilterValue, MetadataCondition, RecallFilter } from '../../src/domain/search/filters';
import { DEGRADATIONS, RECALL_KINDS, type Degradation, type Explanation, type RecallHit, type RecallKind, type RecallResult } from '../../src/domain/search/recall';
import type { JsonObject } from '../../src/kernel/json';
import type { Scope, ScopeMatch } from '../../src/kernel/scope';
import { PassageType } from '../document/document.types';
import { enumOf } from '../enum';
import { MemoryType, ScopeMatchEnum } from '../memory/memory.types';
import { GraphQLJSON, GraphQLJSONObject } from '../scalars';
import { EventType } from '../session/event.types';
import { AS_OF, AsOfInputType } from './as-of.types';

const RecallKindEnum = enumOf(RECALL_KINDS);
registerEnumType(RecallKindEnum, {
  name: 'RecallKind', description: 'What to look for.',
  valuesConfig: { MEMORY: { description: 'Facts.' }, EVENT: { description: 'Past turns as they were said.' }, DOCUMENT: { description: 'Passages of documents.' } },
});
export const DegradationEnum = enumOf(DEGRADATIONS);
registerEnumType(DegradationEnum, {
  name: 'Degradation', description: 'Why an answer may be less than it could be.',
  valuesConfig: {
    VECTOR: { description: 'No vectors, for all of it or for the newest: words alone decided.' },
    PENDING_WRITES: { description: 'What was waited for was not done in time.' },
    OBJECTS: { description: 'The object store does not answer: archived and large events are missing.' },
    REPLACED_PASSAGES: { description: 'A look back: documents have changed since, and the passages that were replaced are not kept.' },
    CACHE_ONLY: { description: 'The database is away: this was answered last, as of `indexedThrough`, and may have changed since.' },
  },
});

@ObjectType('RecallExplanation', { description: 'What made a hit’s score; null where a part had no say.' })
export class ExplanationType implements Explanation {
  @Field(() => Float, { nullable: true, description: 'Cosine similarity of the vectors, −1 to 1.' })
  readonly vector: number | null;
  @Field(() => Float, { nullable: true, description: 'BM25 of a memory or passage; for an event its ranking score.' })
  readonly lexical: number | null;
  @Field(() => Float, { nullable: true, description: 'Share of the matched words that are corrections of a misspelt word.' })
  readonly fuzzy: number | null;
  @Field(() => Float, { nullable: true, description: 'Reciprocal rank fusion of the arms, as a share of the best possible.' })
  readonly rrf: number | null;
  @Field(() => Float, { nullable: true, description: '0 to 1, relative to the newest candidate.' })
  readonly recency: number | null;
  @Field(() => Float, { nullable: true, description: 'The memory’s own confidence.' })
  readonly confidence: number | null;
  @Field(() => [String], { description: 'Words of the hit that matched, at most as many as the query has.' })
  readonly matchedWords: readonly string[];
  @Field(() => GraphQLJSONObject, { description: 'What each cue added to an event’s score.' })
  readonly parts: JsonObject;
  @Field(() => [String], { description: 'In words: at most one for each word and cue.' })
  readonly notes: readonly string[];
}

@ObjectType('RecallHit', { description: 'A memory, an event or a passage that answers, with why.' })
export class RecallHitType {
  @Field(() => RecallKindEnum, { description: 'Which of them it is.' })
  readonly kind: RecallKind;
  @Field(() => Float, { description: '0 to 1, comparable within one answer.' })
  readonly score: number;
  @Field(() => Int, { description: 'Which of the scopes asked for it came from; the first, when from several.' })
  readonly scopeIndex: number;
  @Field(() => MemoryType, { nullable: true, description: 'The memory.' })
  readonly memory?: MemoryType;
  @Field(() => EventType, { nullable: true, description: 'The event.' })
  readonly event?: EventType;
  @Field(() => PassageType, { nullable: true, description: 'The passage.' })
  readonly passage?: PassageType;
  @Field(() => ExplanationType, { description: 'What made its score.' })
  readonly explanation: ExplanationType;
}

@ObjectType('RecallResult', { description: 'An answer of recall.' })
export class RecallResultType implements RecallResult {
  @Field(() => [RecallHitType], { description: 'Best first, at most `topK`.' })
  readonly hits: readonly RecallHit[];
  @Field(() => [DegradationEnum], { description: 'Why it may be less than it could be; empty when it is whole.' })
  readonly degraded: readonly Degradation[];
  @Field(() => Date, { description: 'Everything committed by then was found by its words.' })
  readonly indexedThrough: Date;
}

@InputType('RecallScopeInput', { description: 'A pool, or every pool with these pairs.' })
export class RecallScopeInput {
  @Field(() => GraphQLJSON, { description: '1 to 5 string pairs.' })
  scope: Scope;
  @Field(() => ScopeMatchEnum, { defaultValue: 'EXACT', description: 'Exactly this pool unless said otherwise.' })
  match: ScopeMatch;
}

@InputType('MetadataConditionInput', { description: 'Conditions on one value in the metadata; all that are given must hold.' })
class MetadataConditionInput implements MetadataCondition {
  @Field(() => [String], { description: 'Keys from the top, at most 8: `["source", "kind"]`.' })
  path: string[];
  @Field(() => GraphQLJSON, { nullable: true, description: 'A string, number or boolean.' })
  equals?: FilterValue | null;
  @Field(() => [GraphQLJSON], { nullable: true, description: 'One of these, at most 100.' })
  in?: FilterValue[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it is there.' })
  exists?: boolean | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'A list that holds the value, or a text that holds the string.' })
  contains?: FilterValue | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Below a number or string.' })
  lt?: string | number | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'At most.' })
  lte?: string | number | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'Above.' })
  gt?: string | number | null;
  @Field(() => GraphQLJSON, { nullable: true, description: 'At least.' })
  gte?: string | number | null;
}

@InputType('DateRangeInput', { description: 'A span of time.' })
class DateRangeInput implements DateRange {
  @Field(() => Date, { nullable: true, description: 'Inclusive.' })
  from?: Date | null;
  @Field(() => Date, { nullable: true, description: 'Exclusive.' })
  to?: Date | null;
}

@InputType('RecallFilterInput', { description: 'Conditions joined by AND; nest with `and`, `or` and `not`, at most 6 levels and 50 nodes.' })
export class RecallFilterInput implements RecallFilter {
  @Field(() => [RecallFilterInput], { nullable: true, description: 'All of these; a filter has at most 50 conditions.' })
  and?: RecallFilterInput[] | null;
  @Field(() => [RecallFilterInput], { nullable: true, description: 'Any of these; a filter has at most 50 conditions.' })
  or?: RecallFilterInput[] | null;
  @Field(() => RecallFilterInput, { nullable: true, description: 'Not this.' })
  not?: RecallFilterInput | null;
  @Field(() => MetadataConditionInput, { nullable: true, description: 'On the metadata.' })
  metadata?: MetadataConditionInput | null;
  @Field(() => [String], { nullable: true, description: 'Memories with any of these topics, at most 100.' })
  topics?: string[] | null;
  @Field(() => DateRangeInput, { nullable: true, description: 'When it was stored.' })
  createdAt?: DateRangeInput | null;
  @Field(() => DateRangeInput, { nullable: true, description: 'Since when it is true; for an event, when it happened.' })
  validFrom?: DateRangeInput | null;
  @Field(() => ID, { nullable: true, description: 'Made from, or part of, this session.' })
  sessionId?: string | null;
}

@InputType('RecallInput', { description: 'What to recall, and where.' })
export class RecallInputType {
  @Field(() => [RecallScopeInput], { description: '1 to 10 pools.' })
  scopes: RecallScopeInput[];
  @Field(() => String, { description: '1 to 2,000 characters; a question or a few words.' })
  query: string;
  @Field(() => Int, { nullable: true, description: '1 to 100; 10 unless given.' })
  topK?: number | null;
  @Field(() => [RecallKindEnum], { nullable: true, description: 'Memories unless given.' })
  kinds?: RecallKind[] | null;
  @Field(() => String, { nullable: true, description: 'The memory bank; `default` unless given.' })
  bankId?: string | null;
  @Field(() => RecallFilterInput, { nullable: true, description: 'Only what fits.' })
  filter?: RecallFilterInput | null;
  @Field(() => AsOfInputType, { nullable: true, description: AS_OF })
  asOf?: AsOfInputType | null;
  @Field(() => String, { nullable: true, description: 'A consistency token of a mutation: what it wrote is in the answer, or `degraded` says PENDING_WRITES.' })
  waitFor?: string | null;
  @Field(() => Int, { nullable: true, description: 'How long to wait at most, in milliseconds, up to 30,000; 5,000 unless given.' })
  waitMs?: number | null;
}
