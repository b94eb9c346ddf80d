import { Arg, Resolver, Root, Subscription, type SubscribeResolverData } from 'type-graphql';
import type { MemoryChange } from '../../src/domain/memory/memory';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { live } from '../live';
import { GraphQLJSON } from '../scalars';
import { MemoryChangeType } from './memory.types';

@Resolver()
export class MemorySubscriptions {
  @Subscription(() => MemoryChangeType, {
    description: 'Changes of one pool: those after the cursor, then new ones as they are committed. Each once, in order. Changes are kept for seven days: an older cursor goes on with what is left.',
    subscribe: ({ args, context: { app, actor } }: SubscribeResolverData<object, unknown, Context>) => {
      const { scope, bankId, after } = args as { scope: unknown; bankId: string; after?: string | null };
      return live((signal) => app.memoryFeed.subscribe(actor, { bankId, scope: parseScope(scope, 'scope') }, after ?? null, signal));
    },
  })
  memoryChanges(
    @Root() change: MemoryChange,
    @Arg('scope', () => GraphQLJSON, { description: 'The pool, exactly.' }) _scope: unknown,
    @Arg('bankId', () => String, { defaultValue: 'default', description: 'The bank.' }) _bankId: string,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last change received; `"0"` before the oldest change kept; without it only new ones come.' }) _after?: string | null,
  ): MemoryChange {
    return change;
  }
}
