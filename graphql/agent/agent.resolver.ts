import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { cardOf, type Agent } from '../../src/domain/agent/agent';
import type { JsonObject } from '../../src/kernel/json';
import { pageLimit } from '../../src/kernel/page';
import type { Context } from '../app-context';
import { cursorKey, toConnection, type Connection } from '../connection';
import { given } from '../input';
import { IDEMPOTENCY_KEY, keyOf, written } from '../mutation';
import { GraphQLJSONObject } from '../scalars';
import { AgentConnectionType, AgentFilterArgs, AgentType, RegisterAgentInput } from './agent.types';

const LIMIT = 'How many, 1 to 200; 50 unless given.';

@Resolver(() => AgentType)
export class AgentResolver {
  @Query(() => AgentType, { nullable: true, description: 'An agent, null when there is none.' })
  agent(@Ctx() { loaders }: Context, @Arg('id', () => String, { description: 'Its id.' }) id: string): Promise<Agent | null> {
    return loaders.agent.load(id);
  }

  @Query(() => [AgentType], { description: 'Registered agents, by id.' })
  async agents(
    @Ctx() { app, actor }: Context,
    @Args(() => AgentFilterArgs) filter: AgentFilterArgs,
    @Arg('limit', () => Int, { nullable: true, description: LIMIT }) limit?: number | null,
  ): Promise<readonly Agent[]> {
    return (await app.agents.list(actor, given(filter, ['skill', 'online']), { limit: pageLimit(limit), after: null })).items;
  }

  @Query(() => AgentConnectionType, { description: 'Registered agents, by id and by cursor.' })
  async agentsConnection(
    @Ctx() { app, actor }: Context,
    @Args(() => AgentFilterArgs) filter: AgentFilterArgs,
    @Arg('first', () => Int, { nullable: true, description: LIMIT }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last agent seen.' }) after?: string | null,
  ): Promise<Connection<Agent>> {
    const page = await app.agents.list(actor, given(filter, ['skill', 'online']), { limit: pageLimit(first, 'first'), after: cursorKey(after, 'text') });
    return toConnection(page, after, (agent) => agent.id);
  }

  @Mutation(() => AgentType, { description: 'Registers an agent, or gives it a new card. An id that another key registered is a CONFLICT, unless you are an admin: then it is yours.' })
  registerAgent(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('input', () => RegisterAgentInput, { description: 'The agent.' }) input: RegisterAgentInput,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Agent> {
    return written(context, context.app.agents.register(context.actor, {
      id: input.id, name: input.name, description: input.description,
      ...given(input, ['version', 'skills', 'inputModes', 'outputModes', 'metadata', 'heartbeatSeconds', 'url']),
    }, { idempotency: keyOf(context, info, { input }, key) }));
  }

  @Mutation(() => Boolean, { description: 'Removes an agent. Its unfinished tasks fail with AGENT_REMOVED; what was said stays in the sessions. True, or NOT_FOUND.' })
  async deregisterAgent(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => String, { description: 'The agent.' }) id: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<boolean> {
    await written(context, context.app.agents.deregister(context.actor, id, { idempotency: keyOf(context, info, { id }, key) }));
    return true;
  }

  @Mutation(() => AgentType, { description: 'Says that an agent is there, and how far it has read its inbox.' })
  agentHeartbeat(
    @Ctx() context: Context, @Info() info: GraphQLResolveInfo,
    @Arg('id', () => String, { description: 'The agent.' }) id: string,
    @Arg('acknowledged', () => String, { nullable: true, description: 'Cursor of the last inbox message that is done with: an inbox opened without a cursor goes on after it.' }) acknowledged?: string | null,
    @Arg('idempotencyKey', () => String, { nullable: true, description: IDEMPOTENCY_KEY }) key?: string | null,
  ): Promise<Agent> {
    return written(context, context.app.agents.heartbeat(context.actor, id, acknowledged ?? null, { idempotency: keyOf(context, info, { id, acknowledged }, key) }));
  }

  @FieldResolver(() => GraphQLJSONObject, { description: 'Its A2A 1.0 agent card. It names an interface for an agent on another server; any is reached by messages here.' })
  card(@Root() agent: Agent): JsonObject {
    return cardOf(agent);
  }
}
