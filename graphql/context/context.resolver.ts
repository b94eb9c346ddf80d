import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { ContextBlock } from '../../src/domain/context/context';
import { rendered, type ContextFormat } from '../../src/domain/context/rendered';
import type { JsonValue } from '../../src/kernel/json';
import type { Context } from '../app-context';
import { GraphQLJSON } from '../scalars';
import { ContextBlockType, ContextFormatEnum, ContextInputType } from './context.types';

@Resolver(() => ContextBlockType)
export class ContextResolver {
  @Query(() => ContextBlockType, { description: 'One prompt-ready block within a token budget: state, running summary, memories, documents, procedures, past turns and the last turns, each cited, the stable part first.' })
  context(@Ctx() { app, actor }: Context, @Arg('input', () => ContextInputType, { description: 'For whom and for what.' }) input: ContextInputType): Promise<ContextBlock> {
    return app.context.build(actor, input);
  }

  @FieldResolver(() => GraphQLJSON, { description: 'The block as a provider’s API takes it.' })
  rendered(@Root() block: ContextBlock, @Arg('format', () => ContextFormatEnum, { description: 'Which.' }) format: ContextFormat): JsonValue {
    return rendered(block, format);
  }
}
