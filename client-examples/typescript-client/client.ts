import { randomUUID } from 'node:crypto';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { retrying } from './backoff';
import { ContextIQError, type GraphQLFailure } from './errors';
import type { Operation } from './operation';
import { resuming } from './resuming';

export interface ContextIQ {
  /**
   * One query or mutation. It is sent again when the gateway cannot be reached or says that it is busy; the idempotency
   * key, a random one unless given, makes that safe. Give one of your own when your program itself may ask twice.
   * @throws ContextIQError with the gateway's code
   */
  request<Data, Variables extends object>(operation: Operation<Data, Variables>, variables: Variables, idempotencyKey?: string): Promise<Data>;
  /**
   * Items of a subscription, each once and in order, over as many sockets as it takes: from the first item on, or after a cursor; after null,
   * where the gateway knows to go on by itself.
   * Ends when the subscription completes, the signal aborts or the client closes. @throws ContextIQError with the gateway's code
   */
  subscribe<Item extends { readonly cursor: string }, Variables extends object>(
    operation: Operation<Record<string, Item>, Variables>, variables: Variables, options?: { readonly after?: string | null; readonly signal?: AbortSignal },
  ): AsyncGenerator<Item, void>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly apiKey?: string | undefined;
  /** Of a request, the first one included. */
  readonly attempts?: number;
  /** Of one attempt; and how long an open socket may stay silent before it is asked, and then before it counts as dead. */
  readonly timeoutMs?: number;
}

interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: readonly GraphQLFailure[];
}

export function connect(url: string, { apiKey, attempts = 8, timeoutMs = 10_000 }: ConnectOptions = {}): ContextIQ {
  const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const life = new AbortController();
  // A network that went away says nothing: without an answer to its ping the socket is given up.
  let pongDue: NodeJS.Timeout | undefined;
  const socket: Client = createClient({
    // It connects when something is subscribed. Retries are ours: only we know the cursor to go on from.
    url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: authorization, keepAlive: timeoutMs,
    on: {
      ping: (received) => { if (!received) pongDue = setTimeout(() => socket.terminate(), timeoutMs); },
      pong: () => clearTimeout(pongDue),
      closed: () => clearTimeout(pongDue),
    },
  });

  return {
    async request<Data, Variables extends object>(operation: Operation<Data, Variables>, variables: Variables, idempotencyKey: string = randomUUID()) {
      const body = JSON.stringify({ query: operation.text, variables });
      const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey, ...authorization };
      const send = async () => {
        const signal = AbortSignal.any([life.signal, AbortSignal.timeout(timeoutMs)]);
        const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal });
        // The schema is the contract that the types of an operation were written from.
        const { data, errors = [] } = (await response.json()) as Answer<Data>;
        if (errors.length > 0 || data === undefined) throw ContextIQError.of(errors);
        return data;
      };
      return retrying(attempts, life.signal, send);
    },
    subscribe(operation, variables, { after = '0', signal } = {}) {
      return resuming(socket, operation, variables, after, signal === undefined ? life.signal : AbortSignal.any([life.signal, signal]));
    },
    async close() {
      life.abort();
      await socket.dispose();
    },
  };
}
