import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface FollowOptions {
  readonly connectionParams?: Record<string, unknown>;
  /** Called after each item was kept. */
  readonly onItem?: () => void;
}

const socketUrl = (url: string): string => `${url.replace(/^http/, 'ws')}/graphql`;

/** One subscription on a socket of its own, never retried: `items` grows until `end` tells how it ended. */
export function follow(url: string, query: string, variables: object, { connectionParams = {}, onItem = () => undefined }: FollowOptions = {}) {
  let socket: WebSocket | null = null;
  let gone = false;
  const client = createClient({
    url: socketUrl(url), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams,
    on: { opened: (opened) => { if (opened instanceof WebSocket) socket = opened; } },
  });
  const items = untypedList();
  /** Null after a completion; else the errors, or the socket's close. */
  const end = new Promise<{ error: unknown }>((resolve) => {
    client.subscribe({ query, variables: { ...variables } }, {
      // What is still on its way when a client dies never reaches it.
      next: (result) => { if (!gone) { items.push(result); onItem(); } },
      error: (error) => resolve({ error }),
      complete: () => resolve({ error: gone ? new Error('cut') : null }),
    });
  });
  return {
    items,
    end,
    /** Breaks the TCP connection without a word, wherever the exchange stands. */
    cut: () => { gone = socket !== null; socket?.terminate(); },
    /** Neither reads nor answers from now on. */
    stall: () => { socket?.pause(); },
    close: () => client.dispose(),
  };
}

export type Follower = ReturnType<typeof follow>;

/** Data of the items, by the subscription's field. @throws when an item carries errors */
export function dataOf(follower: Follower, field: string) {
  return follower.items.map((item) => {
    if (item.errors !== undefined) throw new Error(JSON.stringify(item.errors));
    return item.data[field];
  });
}

/** One query, mutation or first answer of a subscription over a WebSocket: what came, and how it ended. */
export async function askSocket(url: string, query: string, variables: object = {}, options: FollowOptions = {}) {
  const follower = follow(url, query, variables, options);
  const { error } = await follower.end;
  await follower.close();
  return { items: follower.items, error };
}

/** JSON.parse is what gives messages their type: none. */
const untypedList = () => [JSON.parse('null')].slice(1);
