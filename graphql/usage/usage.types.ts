import { Field, Float, ObjectType } from 'type-graphql';
import type { DailyUsage } from '../../src/domain/usage/usage.store';

@ObjectType('DailyModelUsage', { description: 'What the tenant took of one model on one day.' })
export class DailyUsageType implements DailyUsage {
  @Field(() => String, { description: 'The day in UTC, `2026-11-21`.' })
  readonly day: string;
  @Field(() => String, { description: 'The model, as provider/model.' })
  readonly model: string;
  @Field(() => Float, { description: 'Answers, repair turns and unusable ones among them. A whole number.' })
  readonly calls: number;
  @Field(() => Float, { description: 'Tokens sent. A whole number.' })
  readonly promptTokens: number;
  @Field(() => Float, { description: 'Tokens received. A whole number.' })
  readonly completionTokens: number;
}
