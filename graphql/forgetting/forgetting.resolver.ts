import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Int, Mutation, Query, Resolver } from 'type-graphql';
import { DEFAULT_BANK } from '../../src/domain/bank/bank';
import type { ErasureReceipt, Forgetting } from '../../src/domain/forgetting/forgetting';
import { pageLimit } from '../../src/kernel/page';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { given } from '../input';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { pageOffset } from '../session/session.args';
import { ErasureReceiptType, ForgettingConnectionType, ForgettingType, PurgeMemoriesInput } from './forgetting.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';
const DRY_RUN = 'True only counts what would go, and changes nothing.';

@Resolver(() => ForgettingType)
export class ForgettingResolver {
  @Query(() => ForgettingType, { nullable: true, description: 'An erasure, null when there is none that you may see. For administrators.' })
  forgetting(@Ctx() { app, actor }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Forgetting | null> {
    return app.forgetting.find(actor, id);
  }

  @Query(() => [ForgettingType], { description: 'Erasures, newest first. For administrators.' })
  async forgettings(
    @Ctx() { app, actor }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('offset', () => Int, { nullable: true, description: 'How many to pass over, at most 10,000; use the connection for more.' }) offset?: number | null,
  ): Promise<readonly Forgetting[]> {
    return (await app.forgetting.list(actor, { limit: pageLimit(limit), offset: pageOffset(offset), before: null })).items;
  }

  @Query(() => ForgettingConnectionType, { description: 'Erasures, newest first, by cursor. For administrators.' })
  async forgettingsConnection(
    @Ctx() { app, actor }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last erasure seen.' }) after?: string | null,
  ): Promise<Connection<Forgetting>> {
    const position = { limit: pageLimit(first, 'first'), offset: 0, before: cursorKey(after, 'uuid') };
    return toConnection(await app.forgetting.list(actor, position), after, ({ id }) => id ?? '');
  }

  @Query(() => ErasureReceiptType, { nullable: true, description: 'The ledger’s receipt of an erasure, null when there is none that you may see.' })
  erasureReceipt(@Ctx() { app, actor }: Context, @Arg('cid', () => ID, { description: 'Its CID.' }) cid: string): Promise<ErasureReceipt | null> {
    return app.forgetting.receipt(actor, cid);
  }

  @Mutation(() => ForgettingType, { description: 'Erases memories for good, with revisions, vectors, candidates and answers that quote them. Up to 200 are gone by the answer; more go in a job. What was said before does not make them anew. For administrators.' })
  purgeMemories(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => PurgeMemoriesInput, { description: 'Which memories.' }) filter: PurgeMemoriesInput,
    @Arg('dryRun', () => Boolean, { description: DRY_RUN }) dryRun: boolean,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Forgetting> {
    const { scope, match, bankId, ...rest } = filter;
    const chosen = { scope: parseScope(scope, 'filter.scope'), match, bankId: bankId ?? DEFAULT_BANK, ...given(rest, ['topic', 'sessionId', 'ids', 'createdBefore']) };
    return written(context, context.app.forgetting.purge(context.actor, chosen, { dryRun, idempotency: keyOf(context, info, { filter, dryRun }, key) }));
  }

  @Mutation(() => ForgettingType, {
    description: 'Erases all of a person’s for good, in a job: sessions and those below them, events, state, messages, generations, memories in the person’s pools and those made from what the person said, decisions’ texts, objects. A pool is the person’s when its scope has `user_id`. For administrators without scope limits.',
  })
  forgetUser(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('userId', () => String, { description: 'The person, as sessions and scopes name it.' }) userId: string,
    @Arg('dryRun', () => Boolean, { description: DRY_RUN }) dryRun: boolean,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Forgetting> {
    return written(context, context.app.forgetting.forgetUser(context.actor, userId, { dryRun, idempotency: keyOf(context, info, { userId, dryRun }, key) }));
  }
}
