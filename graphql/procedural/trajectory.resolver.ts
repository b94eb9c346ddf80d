import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Trajectory } from '../../src/domain/procedural/procedure';
import type { Session } from '../../src/domain/session/session';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { SessionType } from '../session/session.types';
import { LIMIT, TrajectoryPoolArgs, toPool } from './procedure.args';
import { changeOf, newTrajectory, trajectoryPatch } from './procedure.input';
import { CreateTrajectoryInput, TrajectoryConnectionType, TrajectoryType, UpdateTrajectoryInput } from './trajectory.types';

@Resolver(() => TrajectoryType)
export class TrajectoryResolver {
  @Query(() => TrajectoryType, { nullable: true, description: 'A trajectory, null when there is none that you may see.' })
  async trajectory(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Trajectory | null> {
    const procedure = await loaders.procedure.load(id);
    return procedure?.kind === 'TRAJECTORY' ? procedure : null;
  }

  @Query(() => [TrajectoryType], { description: 'Trajectories of a pool, newest first.' })
  async trajectories(
    @Ctx() { app, actor }: Context,
    @Args(() => TrajectoryPoolArgs) pool: TrajectoryPoolArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly Trajectory[]> {
    return (await app.procedures.list(actor, toPool('TRAJECTORY', pool), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => TrajectoryConnectionType, { description: 'Trajectories of a pool, newest first, by cursor.' })
  async trajectoriesConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => TrajectoryPoolArgs) pool: TrajectoryPoolArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last trajectory seen.' }) after?: string | null,
  ): Promise<Connection<Trajectory>> {
    const page = await app.procedures.list(actor, toPool('TRAJECTORY', pool), { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') });
    return toConnection(page, after, ({ id }) => id);
  }

  @Mutation(() => TrajectoryType, { description: 'Keeps what an agent did. It is found by its words when this answers, and may be learnt from.' })
  createTrajectory(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => CreateTrajectoryInput, { description: 'The trajectory.' }) input: CreateTrajectoryInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Trajectory> {
    return written(context, context.app.procedures.create(context.actor, newTrajectory(input), { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => TrajectoryType, { description: 'Changes a trajectory; the change is a revision.' })
  updateTrajectory(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The trajectory.' }) id: string,
    @Arg('input', () => UpdateTrajectoryInput, { description: 'What to change.' }) input: UpdateTrajectoryInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Trajectory> {
    return written(context, context.app.procedures.patch(context.actor, id, trajectoryPatch(input), { ...changeOf(input), idempotency: keyOf(context, info, { id, input }, key) }));
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session it was done in; null when it is deleted.' })
  session(@Root() { sessionId }: Trajectory, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return sessionId === null ? null : loaders.session.load(sessionId);
  }
}
