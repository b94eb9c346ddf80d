import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Float, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Generation } from '../../src/domain/generation/generation';
import { maxAttemptsOf, type Job, type JobState, type QueueDepth } from '../../src/domain/job/job';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { GenerationType } from '../generation/generation.types';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { nameOf, toFilter } from './job.input';
import { JobConnectionType, JobStateEnum, JobType, QueueDepthType } from './job.types';

const NAME = { nullable: true, description: 'Of this kind.' } as const;
const STATE = { nullable: true, description: 'In this state.' } as const;
const LIMIT = { nullable: true, description: 'How many, 1 to 200; 50 unless given.' } as const;

@Resolver(() => JobType)
export class JobResolver {
  @Query(() => JobType, { nullable: true, description: 'A job of the queue, null when there is none (one that is done is gone). For administrators.' })
  job(@Ctx() { app, actor }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Job | null> {
    return app.jobs.get(actor, id);
  }

  @Query(() => [JobType], { description: 'Jobs of the queue, newest first. For administrators.' })
  async jobs(
    @Ctx() { app, actor }: Context,
    @Arg('name', () => String, NAME) name?: string | null,
    @Arg('state', () => JobStateEnum, STATE) state?: JobState | null,
    @Arg('limit', () => Int, LIMIT) limit?: number | null,
  ): Promise<readonly Job[]> {
    return (await app.jobs.list(actor, toFilter(name, state), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => JobConnectionType, { description: 'Jobs of the queue, newest first, by cursor. For administrators.' })
  async jobsConnection(
    @Ctx() { app, actor }: Context,
    @Arg('name', () => String, NAME) name?: string | null,
    @Arg('state', () => JobStateEnum, STATE) state?: JobState | null,
    @Arg('first', () => Int, LIMIT) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last job seen.' }) after?: string | null,
  ): Promise<Connection<Job>> {
    const position = { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') };
    return toConnection(await app.jobs.list(actor, toFilter(name, state), position), after, ({ id }) => id);
  }

  @Query(() => [JobType], { description: 'Jobs that were given up, newest first: retry or discard them. For administrators.' })
  async deadLetters(
    @Ctx() { app, actor }: Context, @Arg('name', () => String, NAME) name?: string | null, @Arg('limit', () => Int, LIMIT) limit?: number | null,
  ): Promise<readonly Job[]> {
    return (await app.jobs.list(actor, toFilter(name, 'DEAD'), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => [QueueDepthType], { description: 'How full each queue is that holds a job, at most one entry for each of the few kinds (at most 20). For administrators.' })
  queueDepths(@Ctx() { app, actor }: Context): Promise<QueueDepth[]> {
    return app.jobs.depths(actor);
  }

  @Mutation(() => JobType, { nullable: true, description: 'Takes a dead job up again; the generation that failed with it goes on where it stood. Null when it is done already by the time of the answer. For administrators.' })
  retryJob(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Job | null> {
    return written(context, context.app.jobs.retry(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
  }

  @Mutation(() => [JobType], { description: 'Takes dead jobs of a kind up again, those that died first. Answers with those of them that still stand in the queue. For administrators.' })
  retryDeadLetters(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('name', () => String, { description: 'The kind of job.' }) name: string,
    @Arg('limit', () => Int, LIMIT) limit?: number | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Job[]> {
    const idempotency = keyOf(context, info, { name, limit: limit ?? null }, key);
    return written(context, context.app.jobs.retryDead(context.actor, nameOf(name), pageLimit(limit), { idempotency }));
  }

  @Mutation(() => Boolean, { description: 'Takes a job away for good; a generation that waited for it is CANCELED. For administrators.' })
  async discardJob(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<boolean> {
    await written(context, context.app.jobs.discard(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
    return true;
  }

  @Mutation(() => GenerationType, { description: 'Ends a generation by request: its open candidates are FAILED with that reason, its worker is aborted within seconds, and what it wrote before stays.' })
  cancelGeneration(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The generation job.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Generation> {
    return written(context, context.app.generations.cancel(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
  }

  @FieldResolver(() => Int, { nullable: true, description: 'Attempts until it is given up; null for a kind that this version does not know.' })
  maxAttempts(@Root() { name }: Job): number | null {
    return maxAttemptsOf(name);
  }

  @FieldResolver(() => Float, { description: 'Seconds since it was accepted.' })
  ageSeconds(@Root() { createdAt }: Job): number {
    return Math.max(0, (Date.now() - createdAt.getTime()) / 1000);
  }
}
