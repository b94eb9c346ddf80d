import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { parseAsOf, type AsOf } from '../../src/domain/search/as-of';
import type { Event } from '../../src/domain/session/event';
import type { Session, SessionFilter } from '../../src/domain/session/session';
import type { JsonObject } from '../../src/kernel/json';
import { badInput } from '../../src/kernel/errors';
import { pageLimit, toPage } from '../../src/kernel/page';
import { parseScope } from '../../src/kernel/scope';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { GraphQLJSONObject } from '../scalars';
import { AsOfInputType } from '../search/as-of.types';
import { toNewEvent } from './event.input';
import { EventConnectionType, EventInput, EventType } from './event.types';
import { given } from '../input';
import { eventRange, pageOffset } from './session.args';
import { CreateSessionInput, SessionConnectionType, SessionFilterArgs, SessionType } from './session.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';

@Resolver(() => SessionType)
export class SessionResolver {
  @Query(() => SessionType, { nullable: true, description: 'A session, null when there is none that you may see.' })
  session(@Ctx() { app, actor }: Context, @Arg('id', () => ID, { description: 'Its id.' }) id: string): Promise<Session | null> {
    return app.sessions.find(actor, id);
  }

  @Query(() => [SessionType], { description: 'Sessions, newest first.' })
  async sessions(
    @Ctx() { app, actor }: Context,
    @Args(() => SessionFilterArgs) filter: SessionFilterArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('offset', () => Int, { nullable: true, description: 'How many to pass over, at most 10,000; use the connection for more.' }) offset?: number | null,
  ): Promise<readonly Session[]> {
    const position = { limit: pageLimit(limit), offset: pageOffset(offset), after: null };
    return (await app.sessions.list(actor, toFilter(filter), position)).items;
  }

  @Query(() => SessionConnectionType, { description: 'Sessions, newest first, by cursor.' })
  async sessionsConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => SessionFilterArgs) filter: SessionFilterArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last session seen.' }) after?: string | null,
  ): Promise<Connection<Session>> {
    const position = { limit: pageLimit(first, 'first'), offset: 0, after: cursorKey(after, 'uuid') };
    const page = await app.sessions.list(actor, toFilter(filter), position);
    return toConnection(page, after, (session) => session.id);
  }

  @Mutation(() => SessionType, { description: 'Creates a session.' })
  createSession(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => CreateSessionInput, { description: 'The session.' }) input: CreateSessionInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Session> {
    return written(context, context.app.sessions.create(context.actor, {
      ...(input.id === null || input.id === undefined ? {} : { id: input.id }),
      userId: input.userId,
      agentId: input.agentId ?? null,
      parentId: input.parentId ?? null,
      handDown: input.handDown ?? [],
      ...(input.scope === null || input.scope === undefined ? {} : { scope: parseScope(input.scope, 'input.scope') }),
      state: input.state ?? {},
      metadata: input.metadata ?? {},
      ttlSeconds: input.ttlSeconds ?? null,
    }, { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => Boolean, { description: 'Erases a session and its events. Memories made from it stay. True, or NOT_FOUND.' })
  async deleteSession(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<boolean> {
    await written(context, context.app.sessions.remove(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
    return true;
  }

  @Mutation(() => EventType, { description: 'Appends one event. It is durable and searchable when this answers.' })
  async appendEvent(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('sessionId', () => ID, { description: 'The session.' }) sessionId: string,
    @Arg('event', () => EventInput, { description: 'The event.' }) event: EventInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Refuse with CONFLICT unless the session is at this version.' }) expectedVersion?: number | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Event | undefined> {
    const idempotency = keyOf(context, info, { sessionId, event, expectedVersion }, key);
    const events = await written(context, context.app.events.append(context.actor, sessionId, [toNewEvent(event, 'event')], { expectedVersion: expectedVersion ?? null, idempotency, field: 'event' }));
    return events[0];
  }

  @Mutation(() => [EventType], { description: 'Appends up to 100 events, all of them or none.' })
  appendEvents(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('sessionId', () => ID, { description: 'The session.' }) sessionId: string,
    @Arg('events', () => [EventInput], { description: 'The events, in order, at most 100.' }) events: EventInput[],
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Refuse with CONFLICT unless the session is at this version.' }) expectedVersion?: number | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<readonly Event[]> {
    const idempotency = keyOf(context, info, { sessionId, events, expectedVersion }, key);
    const drafts = events.map((event, index) => toNewEvent(event, `events.${index}`));
    return written(context, context.app.events.append(context.actor, sessionId, drafts, { expectedVersion: expectedVersion ?? null, idempotency }));
  }

  @Mutation(() => SessionType, { description: 'Changes the state by an RFC 7396 merge patch, recorded as a SYSTEM event so that it can be replayed.' })
  async patchSessionState(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('sessionId', () => ID, { description: 'The session.' }) sessionId: string,
    @Arg('patch', () => GraphQLJSONObject, { description: 'Null removes a key, objects merge, anything else replaces.' }) patch: JsonObject,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Refuse with CONFLICT unless the session is at this version.' }) expectedVersion?: number | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Session> {
    const idempotency = keyOf(context, info, { sessionId, patch, expectedVersion }, key);
    await written(context, context.app.events.patchState(context.actor, sessionId, patch, { expectedVersion: expectedVersion ?? null, idempotency }));
    return context.app.sessions.get(context.actor, sessionId);
  }

  @FieldResolver(() => [EventType], { description: 'The newest events, or those after a seq; ascending.' })
  async events(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('last', () => Int, { nullable: true, description: LIMIT }) last?: number | null,
    @Arg('after', () => Int, { nullable: true, description: 'Only events after this seq, the oldest of them first.' }) after?: number | null,
  ): Promise<readonly Event[]> {
    const limit = pageLimit(last, 'last');
    if (after === null || after === undefined) return loaders.lastEvents.load({ id: session.id, args: { last: limit } });
    return loaders.eventsFrom.load({ id: session.id, args: { fromSeq: eventRange(after, 'after'), limit } });
  }

  @FieldResolver(() => EventConnectionType, { description: 'All events, oldest first, by cursor.' })
  async eventsConnection(
    @Root() session: Session, @Ctx() { loaders }: Context,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen.' }) after?: string | null,
  ): Promise<Connection<Event>> {
    const limit = pageLimit(first, 'first');
    const fromSeq = Number(cursorKey(after, 'seq') ?? 0) + 1;
    const rows = await loaders.eventsFrom.load({ id: session.id, args: { fromSeq, limit: limit + 1 } });
    return toConnection(toPage(rows, limit), after, (event) => String(event.seq));
  }

  @FieldResolver(() => GraphQLJSONObject, { description: 'Its own state keys as they stood after the event with this seq; 0 is before the first.' })
  stateAt(@Root() session: Session, @Ctx() { loaders }: Context, @Arg('seq', () => Int, { description: 'A seq of this session.' }) seq: number): Promise<JsonObject> {
    return loaders.stateAt.load({ id: session.id, args: { seq: eventRange(seq, 'seq') - 1 } });
  }

  @FieldResolver(() => GraphQLJSONObject, { nullable: true, description: 'Its own state keys after the newest event that was there then; null when the session was not.' })
  async stateAsOf(@Root() session: Session, @Ctx() { loaders }: Context, @Arg('asOf', () => AsOfInputType, { description: 'The time.' }) asOf: AsOfInputType): Promise<JsonObject | null> {
    return (await loaders.stateAsOf.load({ id: session.id, args: toMoment(asOf) })).state;
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session that this one is part of.' })
  parent(@Root() session: Session, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return session.parentId === null ? null : loaders.session.load(session.parentId);
  }
}

/** @throws GatewayError BAD_USER_INPUT without any time */
function toMoment(input: AsOfInputType): AsOf {
  const asOf = parseAsOf(input, 'asOf');
  if (asOf === null) throw badInput('asOf', 'a look back needs validAt or knownAt');
  return asOf;
}

const toFilter = ({ scope, ...rest }: SessionFilterArgs): SessionFilter => ({
  ...given(rest, ['userId', 'agentId', 'parentId', 'ancestorId']),
  ...(scope === null || scope === undefined ? {} : { scope: parseScope(scope, 'scope') }),
});
