import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { ContextBlock } from '../../src/domain/context/context';
import type { Context } from '../app-context';
import { ContextBlockType, ContextInputType } from './context.types';

@Resolver()
export class ContextResolver {
  @Query(() => ContextBlockType, { description: 'One prompt-ready block within a token budget: state, memories, past turns and the last turns, each cited, the stable part first.' })
  context(@Ctx() { app, actor }: Context, @Arg('input', () => ContextInputType, { description: 'For whom and for what.' }) input: ContextInputType): Promise<ContextBlock> {
    return app.context.build(actor, input);
  }
}
