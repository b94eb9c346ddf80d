import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { parsePosition } from '../../src/domain/feed/iterate';
import type { Event } from '../../src/domain/session/event';
import type { Session } from '../../src/domain/session/session';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { connectionAt, type Connection } from '../connection';
import { EventConnectionType } from './event.types';
import { SessionType } from './session.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';

@Resolver(() => SessionType)
export class SessionTreeResolver {
  @FieldResolver(() => SessionType, { nullable: true, description: 'The top of the tree that it is part of: itself when it has no parent. Null when it was erased, or when you may not see it.' })
  root(@Root() session: Session, @Ctx() { loaders }: Context): Session | Promise<Session | null> {
    return session.depth === 0 ? session : loaders.session.load(session.rootId);
  }

  @FieldResolver(() => [SessionType], {
    description: 'Sessions below it that you may see, the upper ones first, at most 200; `parentId` and `depth` say where each stands. `sessionsConnection(ancestorId)` pages over all of them.',
  })
  children(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('depth', () => Int, { defaultValue: 1, description: 'How many levels down, 1 to 10.' }) depth: number,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
  ): Promise<readonly Session[]> {
    return loaders.children.load({ id: session.id, args: { depth, limit: pageLimit(first, 'first') } });
  }

  @FieldResolver(() => [SessionType], { description: 'All sessions of the tree that it is part of, itself among them, from the top down, as far as you may see them; at most 200.' })
  tree(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
  ): Promise<readonly Session[]> {
    return loaders.tree.load({ id: session.id, args: { limit: pageLimit(first, 'first') } });
  }

  @FieldResolver(() => EventConnectionType, {
    description: 'Events of it and of all sessions below it in one order, which never changes: those of each session by seq. `sessionTreeEvents` goes on after the same cursors.',
  })
  async treeEventsConnection(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen.' }) after?: string | null,
  ): Promise<Connection<Event>> {
    const page = await loaders.treeEvents.load({ id: session.id, args: { limit: pageLimit(first, 'first'), after: parsePosition(after ?? null) ?? 0 } });
    return connectionAt(page, after, ({ event }) => event, ({ position }) => String(position));
  }
}
