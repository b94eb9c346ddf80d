import { Arg, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import { successRateOf, type Procedure, type ProcedureRevision, type ProcedureUse, type Skill, type Workflow } from '../../src/domain/procedural/procedure';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { LIMIT } from './procedure.args';
import { ProcedureRevisionType, ProcedureUseConnectionType } from './procedure.types';
import { ProcedureBaseType, UsableProcedureType } from './procedure-base.types';

@Resolver(() => ProcedureBaseType)
export class ProcedureBaseResolver {
  @FieldResolver(() => [ProcedureRevisionType], { description: 'Its history, newest first.' })
  async revisions(
    @Root() { id }: Procedure, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('before', () => Int, { nullable: true, description: 'Only revisions below this number.' }) before?: number | null,
  ): Promise<readonly ProcedureRevision[]> {
    return (await loaders.procedureRevisions.load({ id, args: { limit: pageLimit(limit), before: before ?? null } })).items;
  }
}

@Resolver(() => UsableProcedureType)
export class UsableProcedureResolver {
  @FieldResolver(() => Float, { nullable: true, description: 'Share of its uses that were a success, 0 to 1; null before the first.' })
  successRate(@Root() procedure: Workflow | Skill): number | null {
    return successRateOf(procedure);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it was learnt from trajectories.' })
  isLearned(@Root() { candidateId }: Workflow | Skill): boolean {
    return candidateId !== null;
  }

  @FieldResolver(() => ProcedureUseConnectionType, { description: 'Its uses, newest first, by cursor; without those in sessions that are deleted.' })
  async uses(
    @Root() { id: procedureId }: Workflow | Skill, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last use seen.' }) after?: string | null,
  ): Promise<Connection<ProcedureUse>> {
    const args = { limit: pageLimit(first, 'first'), before: cursorKey(after, 'uuid') };
    return toConnection(await loaders.procedureUses.load({ id: procedureId, args }), after, ({ id }) => id);
  }
}
