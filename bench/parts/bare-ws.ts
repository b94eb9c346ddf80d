// The bare limit of a fan-out: ws sends bytes of the given size to every socket for each request that comes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { showUsage } from '../support/bare-usage';
import { servePart } from '../support/part';

let text = '';
const server = createServer((request, response) => {
  if (request.url === '/metrics') return showUsage(response);
  request.resume().once('end', () => {
    for (const client of sockets.clients) client.send(text);
    response.end('{}');
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

servePart(z.object({ bytes: z.number() }), async ({ bytes }) => {
  text = 'x'.repeat(bytes);
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
});
