import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import type { Memory } from '../../src/domain/memory/memory';
import type { RecallResult } from '../../src/domain/search/recall';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { MemoryType } from '../memory/memory.types';
import { GraphQLJSON } from '../scalars';
import { RecallInputType, RecallResultType } from './recall.types';

@Resolver()
export class RecallResolver {
  @Query(() => [MemoryType], { description: 'The memories of one pool that answer a query best, best first.' })
  searchMemories(
    @Ctx() { app, actor }: Context,
    @Arg('scope', () => GraphQLJSON, { description: 'The pool, exactly.' }) scope: unknown,
    @Arg('query', () => String, { description: '1 to 2,000 characters.' }) query: string,
    @Arg('topK', () => Int, { nullable: true, description: '1 to 100; 10 unless given.' }) topK?: number | null,
  ): Promise<readonly Memory[]> {
    return app.recall.searchMemories(actor, { scope: parseScope(scope, 'scope'), query, topK: topK ?? null });
  }

  @Query(() => RecallResultType, { description: 'The memories and past events that answer a query best, over several pools, with why.' })
  recall(@Ctx() { app, actor }: Context, @Arg('input', () => RecallInputType, { description: 'What to recall.' }) input: RecallInputType): Promise<RecallResult> {
    return app.recall.recall(actor, input);
  }
}
