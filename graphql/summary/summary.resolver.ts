import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Session } from '../../src/domain/session/session';
import type { Summary } from '../../src/domain/summary/summary';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { SessionType } from '../session/session.types';
import { SummaryType } from './summary.types';

@Resolver(() => SessionType)
export class SessionSummaryResolver {
  @FieldResolver(() => SummaryType, { nullable: true, description: 'What its older events come to; null while it is short.' })
  summary(@Root() { id }: Session, @Ctx() { loaders }: Context): Promise<Summary | null> {
    return loaders.summary.load(id);
  }

  @FieldResolver(() => [SummaryType], { description: 'All revisions of its summary, newest first.' })
  async summaries(
    @Root() { id }: Session, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: 'How many, 1 to 200; 50 unless given.' }) limit?: number | null,
    @Arg('before', () => Int, { nullable: true, description: 'Only revisions below this number.' }) before?: number | null,
  ): Promise<readonly Summary[]> {
    return (await loaders.summaries.load({ id, args: { limit: pageLimit(limit), before: before ?? null } })).items;
  }
}
