import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import type { Bank } from '../../src/domain/bank/bank';
import type { Context } from '../app-context';
import { given, nullable } from '../input';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { BankType, SaveBankInput } from './bank.types';

@Resolver(() => BankType)
export class BankResolver {
  @Query(() => BankType, { description: 'A memory bank. NOT_FOUND when there is none.' })
  memoryBank(@Ctx() { app, actor }: Context, @Arg('id', () => String, { defaultValue: 'default', description: 'Its id.' }) id: string): Promise<Bank> {
    return app.banks.get(actor, id);
  }

  @Query(() => [BankType], { description: 'All banks of the tenant, at most 1,000.' })
  memoryBanks(@Ctx() { app, actor }: Context): Promise<readonly Bank[]> {
    return app.banks.list(actor);
  }

  @Mutation(() => BankType, { description: 'Makes a bank or changes it. Saving the same twice changes nothing.' })
  saveMemoryBank(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => SaveBankInput, { description: 'The bank.' }) input: SaveBankInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Bank> {
    const { app, actor } = context;
    const patch = given(input, ['managedTopics', 'examples', 'instructions', 'consolidation', 'revisions', 'allowedScopeKeys']);
    const topics = input.customTopics?.map((topic) => ({ name: topic.name, description: topic.description, ...given(topic, ['prompt']) }));
    const ttls = input.ttls === null || input.ttls === undefined ? {} : { ttls: nullable(input.ttls, ['created', 'generatedCreated', 'generatedUpdated', 'revision']) };
    return written(context, app.banks.save(actor, input.id, { ...patch, ...(topics === undefined ? {} : { customTopics: topics }), ...ttls }, { expectedVersion: input.expectedVersion ?? null, idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => Boolean, { description: 'Removes a bank with everything in it, for good. The default bank stays. True, or NOT_FOUND.' })
  async deleteMemoryBank(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => String, { description: 'Its id.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<boolean> {
    await written(context, context.app.banks.remove(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
    return true;
  }
}
