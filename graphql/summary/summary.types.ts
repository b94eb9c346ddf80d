import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Summary, SummaryPoint } from '../../src/domain/summary/summary';

@ObjectType('SummaryPoint', { description: 'One thing that was said or decided.' })
class SummaryPointType implements SummaryPoint {
  @Field(() => String, { description: 'What.' })
  readonly text: string;
  @Field(() => [Int], { description: 'Seqs of the events that say so, at most as many as the summary covers.' })
  readonly seqs: readonly number[];
}

@ObjectType('SessionSummary', { description: 'A revision of a session’s running summary. The events that it covers stay as they are.' })
export class SummaryType implements Summary {
  @Field(() => ID, { description: 'The session.' })
  readonly sessionId: string;
  @Field(() => Int, { description: 'From 1.' })
  readonly revision: number;
  @Field(() => Int, { description: 'Seq of the first event that it covers.' })
  readonly fromSeq: number;
  @Field(() => Int, { description: 'Seq of the last one.' })
  readonly toSeq: number;
  @Field(() => [SummaryPointType], { description: 'What it says with where it is from, in the order of the session: at most what 500 tokens hold.' })
  readonly points: readonly SummaryPoint[];
  @Field(() => String, { description: 'The points, a line each.' })
  readonly text: string;
  @Field(() => Int, { description: 'Tokens of `text` (o200k_base), at most 500.' })
  readonly tokens: number;
  @Field(() => String, { description: 'What wrote it: a model as `provider/model`, or `offline/extractive`, which chooses sentences.' })
  readonly writer: string;
  @Field(() => Date, { description: 'When.' })
  readonly createdAt: Date;
}
