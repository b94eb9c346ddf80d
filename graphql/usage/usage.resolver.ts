import { Arg, Ctx, FieldResolver, Float, Query, Resolver, Root } from 'type-graphql';
import { PRICES_WRITTEN } from '../../src/domain/usage/prices';
import type { DailyUsage } from '../../src/domain/usage/usage.store';
import type { ModelUsage } from '../../src/domain/extraction/extractor';
import type { Context } from '../app-context';
import { ModelUsageType } from '../generation/generation.types';
import { DailyUsageType } from './usage.types';

const COST = `In USD by the configured prices, else by list prices of ${PRICES_WRITTEN}: an estimate from above; null when a price is not known.`;

@Resolver(() => DailyUsageType)
export class UsageResolver {
  @Query(() => [DailyUsageType], { description: 'Tokens that the tenant took, per day and model, newest day first; at most 366 days and 1,000 entries at once, more are refused. For admins without scope limits.' })
  modelUsage(
    @Ctx() { app, actor }: Context,
    @Arg('from', () => String, { nullable: true, description: 'First day, `2026-11-01`; thirty days unless given.' }) from?: string | null,
    @Arg('to', () => String, { nullable: true, description: 'Last day; today in UTC unless given.' }) to?: string | null,
  ): Promise<readonly DailyUsage[]> {
    return app.usage.daily(actor, from ?? null, to ?? null);
  }

  @FieldResolver(() => Float, { nullable: true, description: COST })
  costUsd(@Root() usage: DailyUsage, @Ctx() { app }: Context): number | null {
    return app.usage.costOf([usage]);
  }
}

@Resolver(() => ModelUsageType)
export class ModelUsageResolver {
  @FieldResolver(() => Float, { nullable: true, description: COST })
  costUsd(@Root() usage: ModelUsage, @Ctx() { app }: Context): number | null {
    return app.usage.costOf([usage]);
  }
}
