import { Field, ObjectType, type ClassType } from 'type-graphql';
import { badInput } from '../src/kernel/errors';
import { isUuid } from '../src/kernel/ids';
import { decodeCursor, encodeCursor, type Page } from '../src/kernel/page';
import { isStorableText } from '../src/kernel/scope';

@ObjectType('PageInfo', { description: 'Where a page stands in its list, as the Relay cursor connections specification has it.' })
class PageInfoType {
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
export const toConnection = <T>(page: Page<T>, after: string | null | undefined, keyOf: (item: T) => string): Connection<T> =>
  connectionAt(page, after, (item) => item, (item) => encodeCursor([keyOf(item)]));

/** The same with cursors of its own, where a subscription goes on after them. */
export function connectionAt<Item, T>(page: Page<Item>, after: string | null | undefined, nodeOf: (item: Item) => T, cursorOf: (item: Item) => string): Connection<T> {
  const edges = page.items.map((item) => ({ node: nodeOf(item), cursor: cursorOf(item) }));
  return {
    nodes: edges.map(({ node }) => node),
    edges,
    pageInfo: {
      hasNextPage: page.hasMore,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const MAX_INT = 2 ** 31 - 1;
const IS_KEY = {
  text: isStorableText,
  uuid: isUuid,
  seq: (key: string): boolean => /^\d{1,10}$/.test(key) && Number(key) <= MAX_INT,
};

/** The position that a cursor carries. @throws GatewayError BAD_USER_INPUT (BAD_CURSOR) for the cursor of another kind of list. */
export function cursorKey(after: string | null | undefined, kind: keyof typeof IS_KEY, field = 'after'): string | null {
  if (after === null || after === undefined) return null;
  const [key = ''] = decodeCursor(after, 1, field);
  if (!IS_KEY[kind](key)) throw badInput(field, 'this is no cursor of this list', 'BAD_CURSOR');
  return key;
}

