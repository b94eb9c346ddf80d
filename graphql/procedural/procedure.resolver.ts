import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, FieldResolver, ID, Info, InputType, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Procedure, ProcedureOutcome, ProcedureUse, Workflow } from '../../src/domain/procedural/procedure';
import type { Session } from '../../src/domain/session/session';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { given } from '../input';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { SessionType } from '../session/session.types';
import { ProcedureOutcomeEnum } from './outcome';
import { LIMIT } from './procedure.args';
import { ProcedureUnion, ProcedureUseType } from './procedure.types';
import { WorkflowConnectionType, WorkflowType } from './workflow.types';

@InputType('RecordProcedureUseInput', { description: 'That a workflow or skill was used.' })
export class RecordProcedureUseInput {
  @Field(() => ID, { nullable: true, description: 'UUID of your own, version 7: the same use told again counts once.' })
  id?: string | null;
  @Field(() => ID, { description: 'The workflow or skill.' })
  procedureId: string;
  @Field(() => ID, { nullable: true, description: 'The session it was used in.' })
  sessionId?: string | null;
  @Field(() => String, { nullable: true, description: 'The agent that used it, at most 256 characters.' })
  agentId?: string | null;
  @Field(() => ProcedureOutcomeEnum, { description: 'How it ended.' })
  outcome: ProcedureOutcome;
  @Field(() => String, { nullable: true, description: 'What there is to say about it, at most 1,000 characters.' })
  note?: string | null;
}

@Resolver(() => ProcedureUseType)
export class ProcedureResolver {
  @Mutation(() => Boolean, { description: 'Deletes a workflow, skill or trajectory with its history and uses, at once and for good. Deleted workflows are not learnt again. True, or NOT_FOUND.' })
  async deleteProcedure(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The workflow, skill or trajectory.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<boolean> {
    await written(context, context.app.procedures.remove(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
    return true;
  }

  @Mutation(() => ProcedureUnion, { description: 'Writes what an earlier revision shows as the next one: history is not rewritten.' })
  rollbackProcedure(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The workflow, skill or trajectory.' }) id: string,
    @Arg('revision', () => Int, { description: 'The revision to go back to.' }) revision: number,
    @Arg('expectedRevision', () => Int, { nullable: true, description: 'Refuse with CONFLICT unless it is at this revision.' }) expectedRevision?: number | null,
    @Arg('reason', () => String, { nullable: true, description: 'Why, 1 to 500 characters: it stands in the revision.' }) reason?: string | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Procedure> {
    const idempotency = keyOf(context, info, { id, revision, expectedRevision, reason }, key);
    return written(context, context.app.procedures.rollback(context.actor, id, revision, { expectedRevision: expectedRevision ?? null, reason: reason ?? null, idempotency }));
  }

  @Mutation(() => ProcedureUseType, { description: 'Counts a use of a workflow or skill, with its success rate, in one step.' })
  recordProcedureUse(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => RecordProcedureUseInput, { description: 'The use.' }) input: RecordProcedureUseInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<ProcedureUse> {
    const { procedureId, sessionId, agentId, outcome, note } = input;
    const use = { ...given(input, ['id']), procedureId, sessionId: sessionId ?? null, agentId: agentId ?? null, outcome, note: note ?? null };
    return written(context, context.app.procedures.recordUse(context.actor, use, { idempotency: keyOf(context, info, { input }, key) }));
  }

  @FieldResolver(() => ProcedureUnion, { nullable: true, description: 'What was used, as it is now.' })
  procedure(@Root() { procedureId }: ProcedureUse, @Ctx() { loaders }: Context): Promise<Procedure | null> {
    return loaders.procedure.load(procedureId);
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session it was used in.' })
  session(@Root() { sessionId }: ProcedureUse, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return sessionId === null ? null : loaders.session.load(sessionId);
  }
}

@Resolver(() => SessionType)
export class SessionWorkflowsResolver {
  @FieldResolver(() => [WorkflowType], { description: 'Workflows that were used in it, each once, oldest first.' })
  async workflowsUsed(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly Workflow[]> {
    return (await loaders.workflowsOfSession.load({ id: session.id, args: { limit: pageLimit(limit), after: null } })).items;
  }

  @FieldResolver(() => WorkflowConnectionType, { description: 'Workflows that were used in it, each once, oldest first, by cursor.' })
  async workflowsUsedConnection(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last workflow seen.' }) after?: string | null,
  ): Promise<Connection<Workflow>> {
    const args = { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') };
    return toConnection(await loaders.workflowsOfSession.load({ id: session.id, args }), after, ({ id }) => id);
  }
}
