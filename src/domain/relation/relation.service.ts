import { requireRole, type Actor } from '../../kernel/actor';
import { badInput } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { isStorableText } from '../../kernel/scope';
import { MAX_DEPTH, NODE_KINDS, type Node, type NodeKind, type Related, type RelatedNode } from './relation';
import type { RelationStore } from './relation.store';

const MAX_NAME = 256;
const NAMED: ReadonlySet<NodeKind> = new Set(['USER', 'AGENT']);

export interface RelationQuery {
  readonly node: Node;
  /** 1 to 4. */
  readonly depth: number;
  /** Only these are in the answer; the ways to them may lead over others. */
  readonly kinds: readonly NodeKind[];
  readonly limit: number;
  /** The last node already seen. */
  readonly after: Node & { readonly depth: number } | null;
}

export interface RelationService {
  /** Who and what a node has to do with. Empty for a node that is not there or not the actor's to see. @throws GatewayError BAD_USER_INPUT */
  related(actor: Actor, query: RelationQuery): Promise<Related>;
}

export function createRelationService({ relations }: { readonly relations: RelationStore }): RelationService {
  return {
    async related(actor, { node, depth, kinds, limit, after }) {
      requireRole(actor, 'reader');
      if (!Number.isInteger(depth) || depth < 1 || depth > MAX_DEPTH) throw badInput('depth', `depth is a whole number from 1 to ${MAX_DEPTH}`);
      if (kinds.length === 0) throw badInput('kinds', 'there is at least one kind');
      if (node.id === '' || node.id.length > MAX_NAME || !isStorableText(node.id)) throw badInput('node.id', `an id has 1 to ${MAX_NAME} characters, without NUL or lone surrogates`);
      if (!NAMED.has(node.kind) && !isUuid(node.id)) return { nodes: [], hasMore: false, isPartial: false };
      const start = NAMED.has(node.kind) ? node : { ...node, id: node.id.toLowerCase() };
      const { nodes, isPartial } = await relations.walk(actor, start, { depth, kinds: NODE_KINDS.filter((kind) => kinds.includes(kind)), enough: limit + 1, after });
      const wanted = nodes.filter(({ kind }) => kinds.includes(kind)).sort(inOrder);
      const rest = after === null ? wanted : wanted.filter((each) => inOrder(each, after) > 0);
      return { nodes: rest.slice(0, limit), hasMore: rest.length > limit, isPartial };
    },
  };
}

type Place = Pick<RelatedNode, 'depth' | 'kind' | 'id'>;
const inOrder = (a: Place, b: Place): number =>
  a.depth - b.depth || NODE_KINDS.indexOf(a.kind) - NODE_KINDS.indexOf(b.kind) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
