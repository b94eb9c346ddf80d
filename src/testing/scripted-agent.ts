import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../kernel/json';

/** As a well-behaved caller sends them. */
export interface AgentParams {
  readonly id?: string;
  readonly tenant?: string;
  readonly message: { readonly messageId: string; readonly taskId?: string; readonly contextId?: string; readonly parts: readonly { readonly text?: string }[] };
}

/** A call as the agent sees it, whatever the binding: `SendMessage`, `GetTask`, `CancelTask` with their parameters. */
export interface AgentCall {
  readonly method: string;
  readonly params: AgentParams;
  readonly headers: IncomingHttpHeaders;
}

/** A result of A2A, or what keeps it from being one. */
export type AgentReply = { readonly result: object } | { readonly error: { readonly code: number; readonly message: string } } | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string };

export interface ScriptedAgent {
  /** Where it is registered: its card is below. */
  readonly url: string;
  readonly origin: string;
  /** Every call so far, oldest first; without those of its card. */
  readonly calls: readonly AgentCall[];
  callsOf(method: string): readonly AgentCall[];
  close(): Promise<void>;
}

export interface ScriptedAgentOptions {
  readonly binding?: 'JSONRPC' | 'HTTP+JSON';
  readonly tenant?: string;
  readonly version?: string;
  /** Address of its interface, instead of its own. */
  readonly elsewhere?: string;
  readonly port?: number;
}

/** An agent on a loopback port of its own that speaks A2A 1.0 and answers as the script says. */
export async function startScriptedAgent(script: (call: AgentCall) => AgentReply | Promise<AgentReply>, options: ScriptedAgentOptions = {}): Promise<ScriptedAgent> {
  const { binding = 'JSONRPC', tenant, version = '1.0', port = 0 } = options;
  const calls: AgentCall[] = [];
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => { reply(response, 500, { failed: String(error) }); });
  });
  await new Promise<void>((listening) => { server.listen(port, '127.0.0.1', listening); });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path === '/weather/.well-known/agent-card.json') {
      const supportedInterfaces = [{ url: options.elsewhere ?? `${origin}/a2a`, protocolBinding: binding, protocolVersion: version, ...(tenant === undefined ? {} : { tenant }) }];
      reply(response, 200, { name: 'Weather', description: 'Knows it.', version: '7', supportedInterfaces, capabilities: {}, skills: [] });
      return;
    }
    const body = await bodyOf(request);
    const call: AgentCall = { ...read(path, body), headers: request.headers };
    calls.push(call);
    const answer = await script(call);
    if ('status' in answer) response.writeHead(answer.status, answer.headers).end(answer.text ?? '');
    else if (binding === 'JSONRPC') reply(response, 200, { jsonrpc: '2.0', id: body['id'] ?? null, ...answer });
    else if ('error' in answer) reply(response, answer.error.code === -32_001 ? 404 : 400, { error: { message: answer.error.message, details: [{ reason: answer.error.code === -32_001 ? 'TASK_NOT_FOUND' : 'OTHER' }] } });
    else reply(response, 200, answer.result);
  }

  /** Scripts look at what they were sent: a caller that sends something else fails its test. */
  const read = (path: string, body: JsonObject): { readonly method: string; readonly params: AgentParams } => {
    const { method, params } = paramsOf(path, body);
    return { method: String(method), params: params as AgentParams };
  };
  const paramsOf = (path: string, body: JsonObject): { readonly method?: unknown; readonly params?: unknown } => {
    if (binding === 'JSONRPC') return body;
    const below = path.replace('/a2a', '').replace(tenant === undefined ? '' : `/${tenant}`, '').replace(/\?.*/, '');
    if (below === '/message:send') return { method: 'SendMessage', params: { ...body, ...(path.includes(`/${tenant}/`) ? { tenant } : {}) } };
    const [, id = '', action] = /^\/tasks\/([^:]+)(:cancel)?$/.exec(below) ?? [];
    return { method: action === undefined ? 'GetTask' : 'CancelTask', params: { id: decodeURIComponent(id) } };
  };

  return {
    url: `${origin}/weather`,
    origin,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    close: () => new Promise((closed) => {
      server.close(() => { closed(); });
      server.closeAllConnections();
    }),
  };
}

const reply = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as JsonObject);
}

/** A task on the wire. */
export const wireTask = (id: string, state: string, rest: { readonly says?: string; readonly messageId?: string; readonly artifact?: string; readonly contextId?: string } = {}) => ({
  id,
  contextId: rest.contextId ?? 'their-context',
  status: { state: `TASK_STATE_${state}`, ...(rest.says === undefined ? {} : { message: { messageId: rest.messageId ?? `${id} ${state}`, role: 'ROLE_AGENT', parts: [{ text: rest.says }] } }) },
  artifacts: rest.artifact === undefined ? [] : [{ artifactId: 'a', parts: [{ text: rest.artifact, mediaType: 'text/plain' }] }],
});
