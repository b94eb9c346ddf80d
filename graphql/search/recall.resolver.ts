import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Memory } from '../../src/domain/memory/memory';
import type { RecallHit, RecallResult } from '../../src/domain/search/recall';
import { parseScope, type Scope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { MemoryType } from '../memory/memory.types';
import { GraphQLJSON } from '../scalars';
import { AS_OF, AsOfInputType } from './as-of.types';
import { RecallHitType, RecallInputType, RecallResultType } from './recall.types';

@Resolver()
export class RecallResolver {
  @Query(() => [MemoryType], { description: 'The memories of one pool that answer a query best, best first.' })
  searchMemories(
    @Ctx() { app, actor }: Context,
    @Arg('scope', () => GraphQLJSON, { description: 'The pool, exactly.' }) scope: unknown,
    @Arg('query', () => String, { description: '1 to 2,000 characters.' }) query: string,
    @Arg('topK', () => Int, { nullable: true, description: '1 to 100; 10 unless given.' }) topK?: number | null,
    @Arg('asOf', () => AsOfInputType, { nullable: true, description: AS_OF }) asOf?: AsOfInputType | null,
  ): Promise<readonly Memory[]> {
    return app.recall.searchMemories(actor, { scope: parseScope(scope, 'scope'), query, topK: topK ?? null, asOf: asOf ?? null });
  }

  @Query(() => RecallResultType, { description: 'The memories, past events and passages of documents that answer a query best, over several pools, with why.' })
  recall(@Ctx() { app, actor }: Context, @Arg('input', () => RecallInputType, { description: 'What to recall.' }) input: RecallInputType): Promise<RecallResult> {
    return app.recall.recall(actor, input);
  }
}

@Resolver(() => RecallHitType)
export class RecallHitResolver {
  @FieldResolver(() => GraphQLJSON, { nullable: true, description: 'Its origin: the pool that it stands in, an event in that of its session. With SUBSET that may be a narrower one than was asked for. Null when the session was deleted meanwhile.' })
  async scope(@Root() hit: RecallHit, @Ctx() { loaders }: Context): Promise<Scope | null> {
    switch (hit.kind) {
      case 'MEMORY': return hit.memory.scope;
      case 'DOCUMENT': return (await loaders.document.load(hit.passage.documentId))?.scope ?? null;
      case 'EVENT': return (await loaders.session.load(hit.event.sessionId))?.scope ?? null;
    }
  }
}
