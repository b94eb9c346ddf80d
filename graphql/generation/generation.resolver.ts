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
import { SessionType } from '../session/session.types';
import { toGenerateInput } from './generation.input';
import { CandidateConnectionType, CandidateType, GenerateMemoriesInput, GenerationType, OutcomeCountType } from './generation.types';

@Resolver(() => GenerationType)
export class GenerationResolver {
  @Query(() => GenerationType, { nullable: true, description: 'A generation job, null when there is none that you may see.' })
  async memoryGenerationJob(@Ctx() { app, actor }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Generation | null> {
    return (await app.generations.getMany(actor, [id]))[0] ?? null;
  }

  @Query(() => [GenerationType], { description: 'Generation jobs, newest first.' })
  async memoryGenerationJobs(
    @Ctx() { app, actor }: Context,
    @Arg('sessionId', () => ID, { nullable: true, description: 'Of this session.' }) sessionId?: string | null,
    @Arg('limit', () => Int, { nullable: true, description: 'How many, 1 to 200; 50 unless given.' }) limit?: number | null,
  ): Promise<readonly Generation[]> {
    const filter = sessionId === null || sessionId === undefined ? {} : { sessionId };
    return (await app.generations.list(actor, filter, { limit: pageLimit(limit), after: null })).items;
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

  @FieldResolver(() => [OutcomeCountType], { description: 'How many candidates ended how.' })
  async outcomes(@Root() generation: Generation, @Ctx() { app, actor }: Context): Promise<OutcomeCountType[]> {
    return [...(await app.generations.outcomes(actor, generation.id))].map(([outcome, count]) => ({ outcome, count }));
  }

  @FieldResolver(() => CandidateConnectionType, { description: 'The extracted facts with what became of each, in order.' })
  async candidates(
    @Root() generation: Generation, @Ctx() { app, actor }: Context,
    @Arg('first', () => Int, { nullable: true, description: 'How many, 1 to 200; 50 unless given.' }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last candidate seen.' }) after?: string | null,
  ): Promise<Connection<CandidateOutcome>> {
    const page = await app.generations.candidates(actor, generation.id, { limit: pageLimit(first, 'first'), after: Number(cursorKey(after) ?? 0) });
    return toConnection(page, after, ({ ordinal }) => String(ordinal));
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

  @FieldResolver(() => [ID], { description: 'The events that say so.' })
  eventIds(@Root() { candidate }: CandidateOutcome): readonly string[] {
    return candidate.eventIds;
  }

  @FieldResolver(() => MemoryType, { nullable: true, description: 'The memory it made or touched, as it is now.' })
  memory(@Root() { memoryId }: CandidateOutcome, @Ctx() { loaders }: Context): Promise<Memory | null> | null {
    return memoryId === null ? null : loaders.memory.load(memoryId);
  }
}
