import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Decision, Verification } from '../../src/domain/ledger/ledger';
import type { Session } from '../../src/domain/session/session';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { given } from '../input';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { pageOffset } from '../session/session.args';
import { SessionType } from '../session/session.types';
import { DecisionConnectionType, DecisionType, LedgerVerificationType, LogDecisionInput } from './ledger.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';
const OF_SESSION = 'Decided in this session.';
const OF_AGENT = 'Decided by this agent.';

@Resolver(() => DecisionType)
export class LedgerResolver {
  @Query(() => DecisionType, { nullable: true, description: 'A logged decision, null when there is none that you may see.' })
  decision(@Ctx() { app, actor }: Context, @Arg('cid', () => ID, { description: 'Its CID.' }) cid: string): Promise<Decision | null> {
    return app.ledger.find(actor, cid);
  }

  @Query(() => [DecisionType], { description: 'Logged decisions, newest first, without those that were erased.' })
  async decisions(
    @Ctx() { app, actor }: Context,
    @Arg('sessionId', () => ID, { nullable: true, description: OF_SESSION }) sessionId?: string | null,
    @Arg('agentId', () => String, { nullable: true, description: OF_AGENT }) agentId?: string | null,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
    @Arg('offset', () => Int, { nullable: true, description: 'How many to pass over, at most 10,000; use the connection for more.' }) offset?: number | null,
  ): Promise<readonly Decision[]> {
    const position = { limit: pageLimit(limit), offset: pageOffset(offset), before: null };
    return (await app.ledger.list(actor, given({ sessionId, agentId }, ['sessionId', 'agentId']), position)).items;
  }

  @Query(() => DecisionConnectionType, { description: 'Logged decisions, newest first, by cursor.' })
  async decisionsConnection(
    @Ctx() { app, actor }: Context,
    @Arg('sessionId', () => ID, { nullable: true, description: OF_SESSION }) sessionId?: string | null,
    @Arg('agentId', () => String, { nullable: true, description: OF_AGENT }) agentId?: string | null,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last decision seen.' }) after?: string | null,
  ): Promise<Connection<Decision>> {
    const key = cursorKey(after, 'seq');
    const position = { limit: pageLimit(first, 'first'), offset: 0, before: key === null ? null : Number(key) };
    const page = await app.ledger.list(actor, given({ sessionId, agentId }, ['sessionId', 'agentId']), position);
    return toConnection(page, after, ({ seq }) => String(seq));
  }

  @Query(() => LedgerVerificationType, { description: 'Recomputes the chain, up to 50,000 entries at once, and names the first broken link. For admins without scope limits.' })
  verifyLedger(
    @Ctx() { app, actor }: Context,
    @Arg('after', () => Int, { nullable: true, description: 'Only entries after this seq; from the first unless given.' }) after?: number | null,
    @Arg('knownCid', () => ID, { nullable: true, description: 'An entry that you know to have been there: it has to be there still.' }) knownCid?: string | null,
  ): Promise<Verification> {
    return app.ledger.verify(actor, { after: after ?? 0, known: knownCid ?? null });
  }

  @Mutation(() => DecisionType, { description: 'Logs a decision. An entry is never changed; its text can be erased.' })
  logDecision(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => LogDecisionInput, { description: 'The decision.' }) input: LogDecisionInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Decision> {
    const { text, scope, ...rest } = input;
    const decided = { text, scope, ...given(rest, ['reasoning', 'alternatives', 'confidence', 'agentId', 'sessionId', 'evidence', 'metadata']) };
    return written(context, context.app.ledger.logDecision(context.actor, decided, { idempotency: keyOf(context, info, { input }, key) }));
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session it was decided in, null when it is gone.' })
  session(@Root() { sessionId }: Decision, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return sessionId === null ? null : loaders.session.load(sessionId);
  }
}
