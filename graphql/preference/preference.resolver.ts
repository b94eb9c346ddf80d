import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { Preferences } from '../../src/domain/preference/preference';
import type { Event } from '../../src/domain/session/event';
import type { Context } from '../app-context';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { EventType } from '../session/event.types';
import { PatchPreferencesInput, PreferenceOwnerArgs, PreferencesType } from './preference.types';

/** Working memory without a session, and the sensory buffer. */
@Resolver()
export class PreferenceResolver {
  @Query(() => PreferencesType, { description: 'The preferences of a user or an agent; empty where none were written.' })
  preferences(@Ctx() { app, actor }: Context, @Args(() => PreferenceOwnerArgs) owner: PreferenceOwnerArgs): Promise<Preferences> {
    return app.preferences.read(actor, owner);
  }

  @Mutation(() => PreferencesType, { description: 'Changes preferences by an RFC 7396 merge patch. An agent’s are the whole tenant’s: keys limited to scopes may not write them.' })
  patchPreferences(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => PatchPreferencesInput, { description: 'Whose, and what to change.' }) input: PatchPreferencesInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Preferences> {
    const options = { expectedVersion: input.expectedVersion ?? null, idempotency: keyOf(context, info, { input }, key) };
    return written(context, context.app.preferences.patch(context.actor, input, input.patch, options));
  }

  @Query(() => [EventType], { description: 'The last turns of a session, oldest first, from memory while nothing was written to it: one small read.' })
  sensoryBuffer(
    @Ctx() { app, actor }: Context,
    @Arg('sessionId', () => ID, { description: 'The session.' }) sessionId: string,
    @Arg('last', () => Int, { nullable: true, description: 'How many, 1 to 50; 10 unless given.' }) last?: number | null,
  ): Promise<readonly Event[]> {
    return app.sensory.read(actor, sessionId, last ?? null);
  }
}
