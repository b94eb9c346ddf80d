import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Float, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { CandidateOutcome, Generation } from '../../src/domain/generation/generation';
import { shareOf } from '../../src/domain/generation/progress';
import type { Memory } from '../../src/domain/memory/memory';
import type { Session } from '../../src/domain/session/session';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { MemoryType } from '../memory/memory.types';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { GraphQLJSON } from '../scalars';
import { SessionType } from '../session/session.types';
import { toFilter, toGenerateInput } from './generation.input';
import { CandidateConnectionType, CandidateType, GenerateMemoriesInput, GenerationConnectionType, GenerationType, OutcomeCountType } from './generation.types';

@Resolver(() => GenerationType)
export class GenerationResolver {
  @Query(() => GenerationType, { nullable: true, description: 'A generation job, null when there is none that you may see.' })
  memoryGenerationJob(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Generation | null> {
    return loaders.generation.load(id);
  }

  @Query(() => [GenerationType], { description: 'Generation jobs, newest first.' })
  async memoryGenerationJobs(
    @Ctx() { app, actor }: Context,
    @Arg('sessionId', () => ID, { nullable: true, description: 'Of this session.' }) sessionId?: string | null,
    @Arg('limit', () => Int, { nullable: true, description: 'How many, 1 to 200; 50 unless given.' }) limit?: number | null,
  ): Promise<readonly Generation[]> {
    return (await app.generations.list(actor, toFilter(sessionId), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => GenerationConnectionType, { description: 'Generation jobs, newest first, by cursor: all of them, those of one session, or those of one pool.' })
  async memoryGenerationJobsConnection(
    @Ctx() { app, actor }: Context,
    @Arg('sessionId', () => ID, { nullable: true, description: 'Of this session.' }) sessionId?: string | null,
    @Arg('scope', () => GraphQLJSON, { nullable: true, description: 'That write to this pool, exactly; not together with a session.' }) scope?: unknown,
    @Arg('bankId', () => String, { nullable: true, description: 'The bank of the pool; `default` unless given.' }) bankId?: string | null,
    @Arg('first', () => Int, { nullable: true, description: 'How many, 1 to 200; 50 unless given.' }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last job seen.' }) after?: string | null,
  ): Promise<Connection<Generation>> {
    const position = { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') };
    return toConnection(await app.generations.list(actor, toFilter(sessionId, scope, bankId), position), after, ({ id }) => id);
  }

  @Mutation(() => GenerationType, { description: 'Accepts a source and makes memories of it in the background. The job is durable when this answers; follow it with `memoryGenerationProgress`.' })
  generateMemories(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => GenerateMemoriesInput, { description: 'The source.' }) input: GenerateMemoriesInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Generation> {
    const idempotency = keyOf(context, info, { input }, key);
    return written(context, context.app.generations.generate(context.actor, toGenerateInput(input), { idempotency }), (generation) => [generation.id]);
  }

  @FieldResolver(() => Float, { description: 'Share of the whole job that is done, 0 to 1.' })
  progress(@Root() generation: Generation): number {
    return shareOf(generation);
  }

  @FieldResolver(() => Float, { nullable: true, description: 'What its models cost at list price in USD, an estimate from above; null when a price is not known.' })
  costUsd(@Root() generation: Generation, @Ctx() { app }: Context): number | null {
    return app.usage.costOf(generation.usage);
  }

  @FieldResolver(() => [OutcomeCountType], { description: 'How many candidates ended how, one entry for each outcome.' })
  async outcomes(@Root() generation: Generation, @Ctx() { loaders }: Context): Promise<OutcomeCountType[]> {
    return [...(await loaders.outcomes.load({ id: generation.id, args: {} }))].map(([outcome, count]) => ({ outcome, count }));
  }

  @FieldResolver(() => CandidateConnectionType, { description: 'The extracted facts with what became of each, in order.' })
  async candidates(
    @Root() generation: Generation, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: 'How many, 1 to 200; 50 unless given.' }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last candidate seen.' }) after?: string | null,
  ): Promise<Connection<CandidateOutcome>> {
    const args = { limit: pageLimit(first, 'first'), after: Number(cursorKey(after, 'seq') ?? 0) };
    return toConnection(await loaders.candidates.load({ id: generation.id, args }), after, ({ ordinal }) => String(ordinal));
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session it reads; null when it is deleted.' })
  session(@Root() generation: Generation, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return generation.sessionId === null ? null : loaders.session.load(generation.sessionId);
  }
}

@Resolver(() => CandidateType)
export class CandidateResolver {
  @FieldResolver(() => String, { description: 'The extracted sentence; empty once its memory is deleted.' })
  fact(@Root() { candidate }: CandidateOutcome): string {
    return candidate.fact;
  }

  @FieldResolver(() => [ID], { description: 'The events that say so, at most 50.' })
  eventIds(@Root() { candidate }: CandidateOutcome): readonly string[] {
    return candidate.eventIds;
  }

  @FieldResolver(() => MemoryType, { nullable: true, description: 'The memory it made or touched, as it is now.' })
  memory(@Root() { memoryId }: CandidateOutcome, @Ctx() { loaders }: Context): Promise<Memory | null> | null {
    return memoryId === null ? null : loaders.memory.load(memoryId);
  }
}
