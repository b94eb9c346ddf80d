import { parseConfig, type Config } from '../config/schema';
import { startGateway, type Gateway } from '../gateway';
import { newTestDatabase, silentLogger } from './database';
import { newTestObjects } from './objects';

/** The whole gateway on a free port with a database of its own: one per test file, closed in `afterAll`. */
export async function startTestGateway(overrides: Partial<Config> = {}): Promise<Gateway> {
  const { config, drop } = await newTestDatabase();
  const objects = await newTestObjects();
  const gateway = await startGateway({ ...parseConfig({ CONTEXTIQ_PORT: '0' }), database: config, objects: objects.config, ...overrides }, silentLogger);
  return {
    ...gateway,
    async close() {
      await gateway.close();
      await drop();
      await objects.drop();
    },
  };
}

export interface GraphQLAnswer {
  readonly status: number;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: Record<string, unknown> }[];
  readonly extensions: Record<string, unknown>;
}

/** One GraphQL request over real HTTP. */
export async function request(url: string, query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<GraphQLAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  const body = (await response.json()) as Partial<GraphQLAnswer>;
  return { status: response.status, data: body.data ?? null, errors: body.errors ?? [], extensions: body.extensions ?? {} };
}
