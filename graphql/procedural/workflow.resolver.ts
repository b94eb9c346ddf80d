import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Float, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { successRateOf, type Workflow, type ProcedureRevision, type ProcedureUse } from '../../src/domain/procedural/procedure';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { LIMIT, ProcedurePoolArgs, toPool } from './procedure.args';
import { changeOf, newWorkflow, workflowPatch } from './procedure.input';
import { ProcedureUseConnectionType, ProcedureRevisionType } from './procedure.types';
import { CreateWorkflowInput, WorkflowConnectionType, WorkflowType, UpdateWorkflowInput } from './workflow.types';

@Resolver(() => WorkflowType)
export class WorkflowResolver {
  @Query(() => WorkflowType, { nullable: true, description: 'A workflow, null when there is none that you may see.' })
  async workflow(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Workflow | null> {
    const procedure = await loaders.procedure.load(id);
    return procedure?.kind === 'WORKFLOW' ? procedure : null;
  }

  @Query(() => [WorkflowType], { description: 'Workflows of a pool, newest first.' })
  async workflows(
    @Ctx() { app, actor }: Context,
    @Args(() => ProcedurePoolArgs) pool: ProcedurePoolArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly Workflow[]> {
    return (await app.procedures.list(actor, toPool('WORKFLOW', pool), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => WorkflowConnectionType, { description: 'Workflows of a pool, newest first, by cursor.' })
  async workflowsConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => ProcedurePoolArgs) pool: ProcedurePoolArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last workflow seen.' }) after?: string | null,
  ): Promise<Connection<Workflow>> {
    const page = await app.procedures.list(actor, toPool('WORKFLOW', pool), { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') });
    return toConnection(page, after, ({ id }) => id);
  }

  @Mutation(() => WorkflowType, { description: 'Keeps a workflow. It is found by its words when this answers.' })
  createWorkflow(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => CreateWorkflowInput, { description: 'The workflow.' }) input: CreateWorkflowInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Workflow> {
    return written(context, context.app.procedures.create(context.actor, newWorkflow(input), { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => WorkflowType, { description: 'Changes a workflow; the change is a revision.' })
  updateWorkflow(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The workflow.' }) id: string,
    @Arg('input', () => UpdateWorkflowInput, { description: 'What to change.' }) input: UpdateWorkflowInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Workflow> {
    return written(context, context.app.procedures.patch(context.actor, id, workflowPatch(input), { ...changeOf(input), idempotency: keyOf(context, info, { id, input }, key) }));
  }

  @FieldResolver(() => [ProcedureRevisionType], { description: 'Its history, newest first.' })
  async revisions(
    @Root() workflow: Workflow, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('before', () => Int, { nullable: true, description: 'Only revisions below this number.' }) before?: number | null,
  ): Promise<readonly ProcedureRevision[]> {
    return (await loaders.procedureRevisions.load({ id: workflow.id, args: { limit: pageLimit(limit), before: before ?? null } })).items;
  }

  @FieldResolver(() => Float, { nullable: true, description: 'Share of its uses that were a success, 0 to 1; null before the first.' })
  successRate(@Root() workflow: Workflow): number | null {
    return successRateOf(workflow);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it was learnt from trajectories.' })
  isLearned(@Root() workflow: Workflow): boolean {
    return workflow.candidateId !== null;
  }

  @FieldResolver(() => ProcedureUseConnectionType, { description: 'Its uses, newest first, by cursor; without those in sessions that are deleted.' })
  async uses(
    @Root() workflow: Workflow, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last use seen.' }) after?: string | null,
  ): Promise<Connection<ProcedureUse>> {
    const args = { limit: pageLimit(first, 'first'), before: cursorKey(after, 'uuid') };
    return toConnection(await loaders.procedureUses.load({ id: workflow.id, args }), after, ({ id }) => id);
  }
}
