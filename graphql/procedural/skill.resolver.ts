import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { Skill } from '../../src/domain/procedural/procedure';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { LIMIT, SkillPoolArgs, toPool } from './procedure.args';
import { changeOf, newSkill, skillPatch } from './procedure.input';
import { CreateSkillInput, SkillConnectionType, SkillType, UpdateSkillInput } from './skill.types';

@Resolver(() => SkillType)
export class SkillResolver {
  @Query(() => SkillType, { nullable: true, description: 'A skill, null when there is none that you may see.' })
  async skill(@Ctx() { loaders }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Skill | null> {
    const procedure = await loaders.procedure.load(id);
    return procedure?.kind === 'SKILL' ? procedure : null;
  }

  @Query(() => [SkillType], { description: 'Skills of a pool, newest first.' })
  async skills(
    @Ctx() { app, actor }: Context,
    @Args(() => SkillPoolArgs) pool: SkillPoolArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly Skill[]> {
    return (await app.procedures.list(actor, toPool('SKILL', pool), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => SkillConnectionType, { description: 'Skills of a pool, newest first, by cursor.' })
  async skillsConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => SkillPoolArgs) pool: SkillPoolArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last skill seen.' }) after?: string | null,
  ): Promise<Connection<Skill>> {
    const page = await app.procedures.list(actor, toPool('SKILL', pool), { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid') });
    return toConnection(page, after, ({ id }) => id);
  }

  @Mutation(() => SkillType, { description: 'Keeps a skill. It is found by its words when this answers.' })
  createSkill(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => CreateSkillInput, { description: 'The skill.' }) input: CreateSkillInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Skill> {
    return written(context, context.app.procedures.create(context.actor, newSkill(input), { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => SkillType, { description: 'Changes a skill; the change is a revision.' })
  updateSkill(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'The skill.' }) id: string,
    @Arg('input', () => UpdateSkillInput, { description: 'What to change.' }) input: UpdateSkillInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Skill> {
    return written(context, context.app.procedures.patch(context.actor, id, skillPatch(input), { ...changeOf(input), idempotency: keyOf(context, info, { id, input }, key) }));
  }
}
