import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { Workflow } from '../../src/domain/procedural/procedure';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { LIMIT, ProcedurePoolArgs, toPool } from './procedure.args';
import { changeOf, newWorkflow, workflowPatch } from './procedure.input';
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
}
