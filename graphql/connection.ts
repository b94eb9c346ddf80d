import { Field, ObjectType, type ClassType } from 'type-graphql';
import { decodeCursor, encodeCursor, type Page } from '../src/kernel/page';

@ObjectType('PageInfo', { description: 'Where a page stands in its list, as the Relay cursor connections specification has it.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether more items follow.' })
  hasNextPage: boolean;
  @Field(() => Boolean, { description: 'Whether the page was asked for after some item.' })
  hasPreviousPage: boolean;
  @Field(() => String, { nullable: true, description: 'Cursor of the first item.' })
  startCursor: string | null;
  @Field(() => String, { nullable: true, description: 'Cursor of the last item: pass it as `after`.' })
  endCursor: string | null;
}

export interface Connection<T> {
  readonly nodes: readonly T[];
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly pageInfo: PageInfoType;
}

/** The connection and edge types of a node type, `MemoryConnection` and `MemoryEdge` for `Memory`. */
export function connectionOf<T extends object>(name: string, node: () => ClassType<T>): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a connection.` })
  class EdgeType {
    @Field(() => node(), { description: 'The item.' })
    node: T;
    @Field(() => String, { description: 'Opaque position of the item in this list.' })
    cursor: string;
  }
  @ObjectType(`${name}Connection`, { description: `A page of ${name} items by keyset cursors.` })
  class ConnectionType implements Connection<T> {
    @Field(() => [node()], { description: 'The items.' })
    nodes: readonly T[];
    @Field(() => [EdgeType], { description: 'The items with their cursors.' })
    edges: readonly EdgeType[];
    @Field(() => PageInfoType, { description: 'Where the page stands.' })
    pageInfo: PageInfoType;
  }
  return ConnectionType;
}

/** A service's page as a connection; `keyOf` gives the keyset position that `after` will carry. */
export function toConnection<T>(page: Page<T>, after: string | null | undefined, keyOf: (item: T) => string): Connection<T> {
  const edges = page.items.map((node) => ({ node, cursor: encodeCursor([keyOf(node)]) }));
  return {
    nodes: page.items,
    edges,
    pageInfo: {
      hasNextPage: page.hasMore,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** @throws GatewayError BAD_USER_INPUT when the text is no cursor of a connection. */
export const cursorKey = (after: string | null | undefined): string | null =>
  after === null || after === undefined ? null : (decodeCursor(after, 1)[0] ?? null);

