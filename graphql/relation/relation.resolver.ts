import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { A2ATask } from '../../src/domain/agent/a2a';
import type { Agent } from '../../src/domain/agent/agent';
import type { Memory } from '../../src/domain/memory/memory';
import type { Workflow } from '../../src/domain/procedural/procedure';
import { NODE_KINDS, type Node, type NodeKind, type Related, type RelatedNode } from '../../src/domain/relation/relation';
import type { Session } from '../../src/domain/session/session';
import { badInput } from '../../src/kernel/errors';
import { decodeCursor, encodeCursor, pageLimit } from '../../src/kernel/page';
import { A2ATaskType } from '../agent/a2a.types';
import { AgentType } from '../agent/agent.types';
import type { Context } from '../app-context';
import type { Connection } from '../connection';
import { MemoryType } from '../memory/memory.types';
import { WorkflowType } from '../procedural/workflow.types';
import { SessionType } from '../session/session.types';
import { RelatedKindEnum, RelatedNodeConnectionType, RelatedNodeInput, RelatedNodeType } from './relation.types';

type RelatedConnection = Connection<RelatedNode> & Pick<Related, 'isPartial'>;

@Resolver(() => RelatedNodeConnectionType)
export class RelatedConnectionResolver {
  @FieldResolver(() => Boolean, { description: 'Whether something had more neighbours than are followed: the newest 50 of each relation, and 300 nodes after as many steps.' })
  isPartial(@Root() { isPartial }: RelatedConnection): boolean {
    return isPartial;
  }
}

@Resolver(() => RelatedNodeType)
export class RelatedNodeResolver {
  @Query(() => RelatedNodeConnectionType, { description: 'Who and what has to do with a user, agent, session, task or memory, over up to four steps, nearest first. It follows from what happened.' })
  async related(
    @Ctx() { app, actor }: Context,
    @Arg('node', () => RelatedNodeInput, { description: 'Whom or what to ask about.' }) node: RelatedNodeInput,
    @Arg('depth', () => Int, { nullable: true, description: 'How many steps at most, 1 to 4; 2 unless given.' }) depth?: number | null,
    @Arg('kinds', () => [RelatedKindEnum], { nullable: true, description: 'Answer only with these; ways may lead over others. All unless given.' }) kinds?: NodeKind[] | null,
    @Arg('first', () => Int, { nullable: true, description: 'How many, 1 to 200; 50 unless given.' }) first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last one seen.' }) after?: string | null,
  ): Promise<RelatedConnection> {
    const place = after === null || after === undefined ? null : toPlace(after);
    const { nodes, hasMore, isPartial } = await app.relations.related(actor, { node, depth: depth ?? 2, kinds: kinds ?? NODE_KINDS, limit: pageLimit(first, 'first'), after: place });
    const edges = nodes.map((each) => ({ node: each, cursor: encodeCursor([each.depth, each.kind, each.id]) }));
    const pageInfo = { hasNextPage: hasMore, hasPreviousPage: place !== null, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null };
    return { nodes, edges, pageInfo, isPartial };
  }

  @FieldResolver(() => SessionType, { nullable: true, description: 'The session that it is.' })
  session(@Root() { kind, id }: RelatedNode, @Ctx() { loaders }: Context): Promise<Session | null> | null {
    return kind === 'SESSION' ? loaders.session.load(id) : null;
  }

  @FieldResolver(() => MemoryType, { nullable: true, description: 'The memory that it is.' })
  memory(@Root() { kind, id }: RelatedNode, @Ctx() { loaders }: Context): Promise<Memory | null> | null {
    return kind === 'MEMORY' ? loaders.memory.load(id) : null;
  }

  @FieldResolver(() => WorkflowType, { nullable: true, description: 'The workflow that it is.' })
  async workflow(@Root() { kind, id }: RelatedNode, @Ctx() { loaders }: Context): Promise<Workflow | null> {
    const procedure = kind === 'WORKFLOW' ? await loaders.procedure.load(id) : null;
    return procedure?.kind === 'WORKFLOW' ? procedure : null;
  }

  @FieldResolver(() => A2ATaskType, { nullable: true, description: 'The task that it is.' })
  task(@Root() { kind, id }: RelatedNode, @Ctx() { loaders }: Context): Promise<A2ATask | null> | null {
    return kind === 'TASK' ? loaders.task.load(id) : null;
  }

  @FieldResolver(() => AgentType, { nullable: true, description: 'The agent that it is, if it is registered.' })
  agent(@Root() { kind, id }: RelatedNode, @Ctx() { loaders }: Context): Promise<Agent | null> | null {
    return kind === 'AGENT' ? loaders.agent.load(id) : null;
  }
}

/** @throws GatewayError BAD_USER_INPUT (BAD_CURSOR) */
function toPlace(cursor: string): Node & { depth: number } {
  const [depth = '', kind, id = ''] = decodeCursor(cursor, 3);
  const known = NODE_KINDS.find((each) => each === kind);
  if (known === undefined || !/^[1-4]$/.test(depth)) throw badInput('after', 'this is no cursor of this list', 'BAD_CURSOR');
  return { depth: Number(depth), kind: known, id };
}
