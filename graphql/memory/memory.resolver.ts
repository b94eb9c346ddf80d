import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Memory, MemoryFilter, MemoryRevision } from '../../src/domain/memory/memory';
import type { RevisionDiff } from '../../src/domain/memory/revision-diff';
import type { Event } from '../../src/domain/session/event';
import type { Session } from '../../src/domain/session/session';
import { pageLimit } from '../../src/kernel/page';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { given, nullable } from '../input';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { AsOfInputType } from '../search/as-of.types';
import { EventType } from '../session/event.types';
import { SessionType } from '../session/session.types';
import { CreateMemoryInput, MemoryConnectionType, MemoryRevisionConnectionType, MemoryRevisionType, MemoryType, PoolArgs, RevisionDiffType, UpdateMemoryInput } from './memory.types';

const REASON = 'Why, 1 to 500 characters: it stands in the revision.';
const LIMIT = 'How many, 1 to 200; 50 unless given.';

@Resolver(() => MemoryType)
export class MemoryResolver {
  @Query(() => MemoryType, { nullable: true, description: 'A memory, null when there is none that you may see.' })
  memory(
    @Ctx() { app, actor, loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Arg('asOf', () => AsOfInputType, { nullable: true, description: 'As it was then, null when it did not exist or hold; now unless given.' }) asOf?: AsOfInputType | null,
  ): Promise<Memory | null> {
    return asOf === null || asOf === undefined ? loaders.memory.load(id) : app.recall.memoryAsOf(actor, id, asOf);
  }

  @Query(() => [MemoryType], { description: 'Memories of a pool, newest first.' })
  async memories(
    @Ctx() { app, actor }: Context,
    @Args(() => PoolArgs) pool: PoolArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly Memory[]> {
    const filter = toFilter(pool);
    return (await app.memories.list(actor, filter, { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => MemoryConnectionType, { description: 'Memories of a pool, newest first, by cursor.' })
  async memoriesConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => PoolArgs) pool: PoolArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last memory seen.' }) after?: string | null,
  ): Promise<Connection<Memory>> {
    const filter = toFilter(pool);
    const page = await app.memories.list(actor, filter, { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') });
    return toConnection(page, after, (memory) => memory.id);
  }

  @Mutation(() => MemoryType, { description: 'Creates a memory directly. The same words in the same pool give back the memory that holds them.' })
  createMemory(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => CreateMemoryInput, { description: 'The memory.' }) input: CreateMemoryInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Memory> {
    return written(context, context.app.memories.create(context.actor, {
      bankId: input.bankId,
      scope: parseScope(input.scope, 'input.scope'),
      fact: input.fact,
      ...given(input, ['topics', 'confidence', 'metadata']),
      ...nullable(input, ['validFrom', 'validTo', 'ttlSeconds']),
    }, { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => MemoryType, { description: 'Changes a memory; the change is a revision.' })
  updateMemory(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The memory.' }) id: string,
    @Arg('input', () => UpdateMemoryInput, { description: 'What to change.' }) input: UpdateMemoryInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Memory> {
    const patch = { ...given(input, ['fact', 'topics', 'confidence', 'metadata']), ...nullable(input, ['validFrom', 'validTo', 'ttlSeconds']) };
    const options = { expectedRevision: input.expectedRevision ?? null, reason: input.reason ?? null, idempotency: keyOf(context, info, { id, input }, key) };
    return written(context, context.app.memories.patch(context.actor, id, patch, options));
  }

  @Mutation(() => Boolean, { description: 'Hides a memory and its revisions from every read at once; it is erased later, until then `restoreMemory` takes it back. True, or NOT_FOUND.' })
  async deleteMemory(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The memory.' }) id: string,
    @Arg('reason', () => String, { nullable: true, description: REASON }) reason?: string | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<boolean> {
    await written(context, context.app.memories.remove(context.actor, id, { reason: reason ?? null, idempotency: keyOf(context, info, { id, reason }, key) }));
    return true;
  }

  @Mutation(() => MemoryType, { description: 'Takes a `deleteMemory` back while the memory is not erased yet, 48 hours unless configured: it and its revisions are readable again. NOT_FOUND afterwards, CONFLICT when another memory says the same by now.' })
  restoreMemory(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The deleted memory.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Memory> {
    return written(context, context.app.memories.restore(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
  }

  @Mutation(() => MemoryType, {
    description: 'Writes what an earlier revision shows as the next revision: history is not rewritten. A superseded memory holds again. NOT_FOUND for a revision that is not kept, CONFLICT when another memory says the same by now.',
  })
  rollbackMemory(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The memory.' }) id: string,
    @Arg('revision', () => Int, { description: 'The revision to go back to.' }) revision: number,
    @Arg('expectedRevision', () => Int, { nullable: true, description: 'Refuse with CONFLICT unless the memory is at this revision.' }) expectedRevision?: number | null,
    @Arg('reason', () => String, { nullable: true, description: REASON }) reason?: string | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Memory> {
    const idempotency = keyOf(context, info, { id, revision, expectedRevision, reason }, key);
    return written(context, context.app.memories.rollback(context.actor, id, revision, { expectedRevision: expectedRevision ?? null, reason: reason ?? null, idempotency }));
  }

  @FieldResolver(() => RevisionDiffType, { description: 'Two of its revisions side by side. NOT_FOUND for revisions that are not kept: a bank may let them expire.' })
  diff(
    @Root() memory: Memory, @Ctx() { app, actor }: Context,
    @Arg('from', () => Int, { description: 'The older revision.' }) from: number,
    @Arg('to', () => Int, { nullable: true, description: 'The newer revision; the latest unless given.' }) to?: number | null,
  ): Promise<RevisionDiff> {
    return app.memories.diff(actor, memory.id, from, to ?? null);
  }

  @FieldResolver(() => String, { nullable: true, description: 'The first of its topics.' })
  topic(@Root() memory: Memory): string | null {
    return memory.topics[0] ?? null;
  }

  @FieldResolver(() => [MemoryRevisionType], { description: 'Its history, newest first.' })
  async revisions(
    @Root() memory: Memory, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('before', () => Int, { nullable: true, description: 'Only revisions below this number.' }) before?: number | null,
  ): Promise<readonly MemoryRevision[]> {
    return (await loaders.revisions.load({ id: memory.id, args: { limit: pageLimit(limit), before: before ?? null } })).items;
  }

  @FieldResolver(() => [MemoryRevisionType], { description: 'Its history in the order in which it was made: the newest revisions, oldest of them first.' })
  async history(
    @Root() memory: Memory, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly MemoryRevision[]> {
    return (await loaders.revisions.load({ id: memory.id, args: { limit: pageLimit(limit), before: null } })).items.toReversed();
  }

  @FieldResolver(() => MemoryRevisionConnectionType, { description: 'Its history, newest first, by cursor.' })
  async revisionsConnection(
    @Root() memory: Memory, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last revision seen.' }) after?: string | null,
  ): Promise<Connection<MemoryRevision>> {
    const key = cursorKey(after, 'seq');
    const page = await loaders.revisions.load({ id: memory.id, args: { limit: pageLimit(first, 'first'), before: key === null ? null : Number(key) } });
    return toConnection(page, after, ({ revision }) => String(revision));
  }

  @FieldResolver(() => [EventType], { description: 'The events that say so, newest first; without those whose session is deleted or not yours to see.' })
  async events(
    @Root() memory: Memory, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: 'How many of the newest, 1 to 50; 10 unless given.' }) limit?: number | null,
  ): Promise<readonly Event[]> {
    const newest = memory.eventIds.toReversed().slice(0, pageLimit(limit, 'limit', 50, 10));
    return (await Promise.all(newest.map((id) => loaders.event.load(id)))).filter((event) => event !== null);
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session it was made from; null when it is deleted.' })
  session(@Root() memory: Memory, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return memory.sessionId === null ? null : loaders.session.load(memory.sessionId);
  }
}

const toFilter = ({ scope, match, bankId, includeSuperseded, ...rest }: PoolArgs): MemoryFilter => ({
  bankId, scope: parseScope(scope, 'scope'), match, includeSuperseded, ...given(rest, ['topic', 'sessionId']),
});
