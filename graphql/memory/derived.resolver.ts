import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Memory } from '../../src/domain/memory/memory';
import type { Event } from '../../src/domain/session/event';
import type { Session } from '../../src/domain/session/session';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { EventType } from '../session/event.types';
import { SessionType } from '../session/session.types';
import { MemoryConnectionType, MemoryType } from './memory.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';
const SUPERSEDED = 'Also those that a later memory contradicts.';

@Resolver(() => SessionType)
export class SessionMemoriesResolver {
  @FieldResolver(() => [MemoryType], { description: 'Memories that were made from it, newest first.' })
  async memories(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('includeSuperseded', () => Boolean, { defaultValue: false, description: SUPERSEDED }) includeSuperseded = false,
  ): Promise<readonly Memory[]> {
    return (await loaders.memoriesOfSession.load({ id: session.id, args: { limit: pageLimit(limit), after: null, includeSuperseded } })).items;
  }

  @FieldResolver(() => MemoryConnectionType, { description: 'Memories that were made from it, newest first, by cursor.' })
  async memoriesConnection(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last memory seen.' }) after?: string | null,
    @Arg('includeSuperseded', () => Boolean, { defaultValue: false, description: SUPERSEDED }) includeSuperseded = false,
  ): Promise<Connection<Memory>> {
    const page = await loaders.memoriesOfSession.load({ id: session.id, args: { limit: pageLimit(first, 'first'), after: cursorKey(after, 'uuid'), includeSuperseded } });
    return toConnection(page, after, ({ id }) => id);
  }
}

@Resolver(() => EventType)
export class EventMemoriesResolver {
  @FieldResolver(() => [MemoryType], { description: 'Memories that it is evidence for, newest first.' })
  async memories(
    @Root() event: Event, @Ctx() { loaders }: Context,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('includeSuperseded', () => Boolean, { defaultValue: false, description: SUPERSEDED }) includeSuperseded = false,
  ): Promise<readonly Memory[]> {
    return (await loaders.memoriesOfEvent.load({ id: event.id, args: { limit: pageLimit(limit), after: null, includeSuperseded } })).items;
  }
}
