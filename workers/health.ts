import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WorkerHealth {
  /** Each part by name: up or what is wrong with it. A degraded one keeps no job that does not need it. */
  readiness(): Promise<Readonly<Record<string, { readonly state: 'up' | 'degraded' | 'down'; readonly detail?: string }>>>;
}

/** Answers one request for the figures, whatever it takes; never rejects. */
export type ShowMetrics = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** `/healthz`: the process lives; `/readyz`: database and broker answer; `/metrics`, where something is measured. */
export async function listenForHealth(health: WorkerHealth, port: number, showMetrics: ShowMetrics | null = null): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
    };
    if (request.url === '/healthz') answer(200, { status: 'alive' });
    else if (request.url === '/readyz') {
      void health.readiness().then((components) => {
        const ready = Object.values(components).every(({ state }) => state !== 'down');
        answer(ready ? 200 : 503, { ready, components });
      });
    } else if (request.url === '/metrics' && showMetrics !== null) void showMetrics(request, response);
    else answer(404, { error: 'there are /healthz, /readyz and, where something is measured, /metrics' });
  });
  await new Promise<void>((listening, failed) => server.once('error', failed).listen(port, listening));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
