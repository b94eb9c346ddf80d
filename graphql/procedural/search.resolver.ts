import { Arg, Args, Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { Procedure, ProcedureKind } from '../../src/domain/procedural/procedure';
import type { FoundProcedures, ProcedureHit } from '../../src/domain/procedural/procedure-search';
import type { Degradation, Explanation } from '../../src/domain/search/recall';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { DegradationEnum, ExplanationType } from '../search/recall.types';
import { ProcedurePoolArgs } from './procedure.args';
import { ProcedureKindEnum, ProcedureUnion } from './procedure.types';

@ObjectType('ProcedureHit', { description: 'A workflow, skill or trajectory that answers, with why.' })
class ProcedureHitType implements ProcedureHit {
  @Field(() => ProcedureKindEnum, { description: 'Which of the three it is.' })
  readonly kind: ProcedureKind;
  @Field(() => Float, { description: '0 to 1, comparable within one answer.' })
  readonly score: number;
  @Field(() => ProcedureUnion, { description: 'It itself.' })
  readonly procedure: Procedure;
  @Field(() => ExplanationType, { description: 'What made its score; `parts { success }` is how well it went so far.' })
  readonly explanation: Explanation;
}

@ObjectType('ProcedureSearchResult', { description: 'An answer of searchProcedures.' })
class ProcedureSearchResultType implements FoundProcedures {
  @Field(() => [ProcedureHitType], { description: 'Best first, at most `first`.' })
  readonly hits: readonly ProcedureHit[];
  @Field(() => [DegradationEnum], { description: 'Why it may be less than it could be; empty when it is whole.' })
  readonly degraded: readonly Degradation[];
}

@Resolver()
export class ProcedureSearchResolver {
  @Query(() => ProcedureSearchResultType, { description: 'The workflows, skills and trajectories of a pool that answer a query best, by words and meaning.' })
  searchProcedures(
    @Ctx() { app, actor }: Context,
    @Args(() => ProcedurePoolArgs) { scope, match }: ProcedurePoolArgs,
    @Arg('query', () => String, { description: '1 to 2,000 characters; a task or a few words.' }) query: string,
    @Arg('kinds', () => [ProcedureKindEnum], { nullable: true, description: 'All three unless given.' }) kinds?: ProcedureKind[] | null,
    @Arg('first', () => Int, { nullable: true, description: 'How many, 1 to 100; 10 unless given.' }) first?: number | null,
  ): Promise<FoundProcedures> {
    return app.procedureSearch.search(actor, { scope: parseScope(scope, 'scope'), match, query, kinds: kinds ?? null, first: first ?? null });
  }
}
