import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { z, type ZodType } from 'zod';

/** A gateway as the tools see it: over its public HTTP and WebSocket address, like any other client. */
export interface GatewayClient {
  /** The data of one operation, checked against `schema`. @throws Refused with the gateway's messages; whatever fetch throws */
  request<T>(schema: ZodType<T>, query: string, variables?: object): Promise<T>;
  /** Items of a subscription until it completes. @throws Error with the gateway's messages */
  subscribe<T>(schema: ZodType<T>, query: string, variables: object): AsyncIterable<T>;
  close(): Promise<void>;
}

/** What the gateway refused, in its words. */
export class Refused extends Error {
  constructor(readonly codes: readonly string[], message: string) {
    super(message);
  }
}

const TIME_LIMIT_MS = 120_000;
const Answer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()).optional() })).optional(),
});

export function createGatewayClient(url: string, apiKey: string | null = null): GatewayClient {
  const headers = { 'content-type': 'application/json', ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }) };
  const socket: Client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 3,
    connectionParams: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
  });
  return {
    async request(schema, query, variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST', headers, body: JSON.stringify({ query, variables }), signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      return schema.parse(dataOf(Answer.parse(await response.json())));
    },
    async *subscribe(schema, query, variables) {
      for await (const result of socket.iterate({ query, variables: { ...variables } })) yield schema.parse(dataOf(Answer.parse(result)));
    },
    async close() {
      await socket.dispose();
    },
  };
}

function dataOf({ data, errors }: z.infer<typeof Answer>): unknown {
  if (errors !== undefined && errors.length > 0) throw new Refused(errors.map(({ extensions }) => String(extensions?.['code'])), errors.map(({ message }) => message).join('; '));
  return data;
}
