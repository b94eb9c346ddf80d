import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '../kernel/json';
import { readScriptedRequest, type ScriptedRequest } from './scripted-request';
import type { Behaviour, ScriptedResponse } from './scripted-behaviours';

export * from './scripted-behaviours';
export type { ScriptedRequest } from './scripted-request';

/** A list gives one behaviour per request, in order; a single behaviour answers every request. */
export type Script = Behaviour | readonly Behaviour[];

export interface ScriptedModel {
  /** Base URL for a client: ends in `/v1`. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly ScriptedRequest[];
  /** Cuts what still hangs. */
  close(): Promise<void>;
}

/**
 * An OpenAI-compatible server on a loopback port of its own (or on the given one, to come back after a `close`): `/v1/chat/completions` and `/v1/embeddings`, answered as the
 * script says. A request beyond the end of a list gets 418, which no client repeats.
 */
export async function startScriptedModel(script: Script, port = 0): Promise<ScriptedModel> {
  const requests: ScriptedRequest[] = [];
  const behaviourAt = (index: number): Behaviour => (typeof script === 'function' ? script : (script[index] ?? exhausted));
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = readScriptedRequest(incoming.url ?? '', incoming.headers, await readBody(incoming));
    requests.push(request);
    send(response, await behaviourAt(requests.length - 1)(request));
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      send(response, { status: 500, body: { error: { message: `the script failed: ${String(error)}` } } });
    });
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests,
    close: () => new Promise((closed, failed) => {
      server.close((error) => (error === undefined ? closed() : failed(error)));
      server.closeAllConnections();
    }),
  };
}

const exhausted: Behaviour = () => ({ status: 418, body: { error: { message: 'the script has no more steps' } } });

async function readBody(incoming: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
  return isJsonObject(body) ? body : {};
}

function send(response: ServerResponse, reply: ScriptedResponse): void {
  if (reply.hang === true) return;
  if (reply.drop === true) {
    response.destroy();
    return;
  }
  const text = reply.raw ?? JSON.stringify(reply.body ?? {});
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
  if (reply.stall === true) response.write(text.slice(0, text.length / 2));
  else response.end(text);
}
