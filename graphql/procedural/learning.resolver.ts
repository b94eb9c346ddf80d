import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Float, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Skill, SkillContent, Trajectory, Workflow, WorkflowContent } from '../../src/domain/procedural/procedure';
import {
  progressOf, type CandidateEvidence, type CandidateFilter, type CandidateStatus, type Distillation, type ProcedureCandidate,
} from '../../src/domain/procedural/learning/distillation';
import { pageLimit } from '../../src/kernel/page';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { given } from '../input';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { GraphQLJSON } from '../scalars';
import {
  CandidateEvidenceType, CandidateStatusEnum, DistillationConnectionType, DistillationType, ProcedureCandidateConnectionType, ProcedureCandidateType, SkillDraftType, WorkflowDraftType,
} from './learning.types';
import { LIMIT, ProcedurePoolArgs } from './procedure.args';
import { SkillType } from './skill.types';
import { TrajectoryType } from './trajectory.types';
import { WorkflowType } from './workflow.types';

@ArgsType()
class CandidatePoolArgs extends ProcedurePoolArgs {
  @Field(() => CandidateStatusEnum, { nullable: true, description: 'With this status.' })
  status?: CandidateStatus | null;
}

@Resolver(() => DistillationType)
export class DistillationResolver {
  @Query(() => DistillationType, { nullable: true, description: 'A distillation, null when there is none that you may see.' })
  distillationJob(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Distillation | null> {
    return loaders.distillation.load(id);
  }

  @Query(() => DistillationConnectionType, { description: 'Distillations, newest first, by cursor.' })
  async distillationJobsConnection(
    @Ctx() { app, actor }: Context,
    @Arg('scope', () => GraphQLJSON, { nullable: true, description: 'Of this pool, exactly; of all pools unless given.' }) scope?: unknown,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last job seen.' }) after?: string | null,
  ): Promise<Connection<Distillation>> {
    const pool = scope === null || scope === undefined ? null : parseScope(scope, 'scope');
    return toConnection(await app.learning.listJobs(actor, pool, { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') }), after, ({ id }) => id);
  }

  @Mutation(() => DistillationType, { description: 'Learns from the trajectories of a pool in the background: what recurs in successful ones becomes candidates. The job is durable when this answers.' })
  distillProcedures(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('scope', () => GraphQLJSON, { description: 'The pool, exactly.' }) scope: unknown,
    @Arg('minSupport', () => Int, { nullable: true, description: 'Successful trajectories that a pattern occurs in, 2 to 1,000; 3 unless given.' }) minSupport?: number | null,
    @Arg('minConfidence', () => Float, { nullable: true, description: 'Share of successes among the trajectories that it occurs in, 0 to 1; 0.6 unless given.' }) minConfidence?: number | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Distillation> {
    const input = { scope: parseScope(scope, 'scope'), minSupport: minSupport ?? null, minConfidence: minConfidence ?? null };
    return written(context, context.app.learning.distill(context.actor, input, { idempotency: keyOf(context, info, { scope, minSupport, minConfidence }, key) }));
  }

  @FieldResolver(() => Float, { description: 'Share of the whole job that is done, 0 to 1.' })
  progress(@Root() job: Distillation): number {
    return progressOf(job);
  }
}

@Resolver(() => ProcedureCandidateType)
export class ProcedureCandidateResolver {
  @Query(() => ProcedureCandidateType, { nullable: true, description: 'A candidate, null when there is none that you may see.' })
  procedureCandidate(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<ProcedureCandidate | null> {
    return loaders.procedureCandidate.load(id);
  }

  @Query(() => [ProcedureCandidateType], { description: 'Candidates of a pool, newest first.' })
  async procedureCandidates(
    @Ctx() { app, actor }: Context,
    @Args(() => CandidatePoolArgs) pool: CandidatePoolArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly ProcedureCandidate[]> {
    return (await app.learning.listCandidates(actor, toFilter(pool), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => ProcedureCandidateConnectionType, { description: 'Candidates of a pool, newest first, by cursor.' })
  async procedureCandidatesConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => CandidatePoolArgs) pool: CandidatePoolArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last candidate seen.' }) after?: string | null,
  ): Promise<Connection<ProcedureCandidate>> {
    const page = await app.learning.listCandidates(actor, toFilter(pool), { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') });
    return toConnection(page, after, ({ id }) => id);
  }

  @Mutation(() => ProcedureCandidateType, { description: 'Makes the workflow of a candidate, and its skill if it has one: they count as learnt. Again it changes nothing.' })
  acceptProcedureCandidate(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The candidate.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<ProcedureCandidate> {
    return written(context, context.app.learning.accept(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
  }

  @Mutation(() => ProcedureCandidateType, { description: 'Rejects a candidate: neither it nor what is nearly the same is proposed again.' })
  rejectProcedureCandidate(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The candidate.' }) id: string,
    @Arg('reason', () => String, { nullable: true, description: 'Why, 1 to 500 characters.' }) reason?: string | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<ProcedureCandidate> {
    return written(context, context.app.learning.reject(context.actor, id, reason ?? null, { idempotency: keyOf(context, info, { id, reason }, key) }));
  }

  @FieldResolver(() => WorkflowDraftType, { nullable: true, description: 'The workflow that it proposes; null once that is deleted.' })
  workflowDraft(@Root() { content }: ProcedureCandidate): WorkflowContent | null {
    return content?.workflow ?? null;
  }

  @FieldResolver(() => SkillDraftType, { nullable: true, description: 'The skill that it proposes, where the pattern is one of tools or of agents working together.' })
  skillDraft(@Root() { content }: ProcedureCandidate): SkillContent | null {
    return content?.skill ?? null;
  }

  @FieldResolver(() => WorkflowType, { nullable: true, description: 'The workflow that was made of it, as it is now.' })
  async workflow(@Root() { workflowId }: ProcedureCandidate, @Ctx() { loaders }: Context): Promise<Workflow | null> {
    const procedure = workflowId === null ? null : await loaders.procedure.load(workflowId);
    return procedure?.kind === 'WORKFLOW' ? procedure : null;
  }

  @FieldResolver(() => SkillType, { nullable: true, description: 'The skill that was made of it, as it is now.' })
  async skill(@Root() { skillId }: ProcedureCandidate, @Ctx() { loaders }: Context): Promise<Skill | null> {
    const procedure = skillId === null ? null : await loaders.procedure.load(skillId);
    return procedure?.kind === 'SKILL' ? procedure : null;
  }
}

@Resolver(() => CandidateEvidenceType)
export class CandidateEvidenceResolver {
  @FieldResolver(() => TrajectoryType, { nullable: true, description: 'The trajectory; null when it is deleted.' })
  async trajectory(@Root() { trajectoryId }: CandidateEvidence, @Ctx() { loaders }: Context): Promise<Trajectory | null> {
    const procedure = await loaders.procedure.load(trajectoryId);
    return procedure?.kind === 'TRAJECTORY' ? procedure : null;
  }
}

const toFilter = ({ scope, match, status }: CandidatePoolArgs): CandidateFilter => ({ scope: parseScope(scope, 'scope'), match, ...given({ status }, ['status']) });
