// The bare limit of an answer over HTTP: node:http reads the request and sends bytes that are there already.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { showUsage } from '../support/bare-usage';
import { servePart } from '../support/part';

let bytes = Buffer.alloc(0);

const server = createServer((request, response) => {
  if (request.url === '/metrics') return showUsage(response);
  request.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length }).end(bytes);
  });
});

servePart(z.object({ text: z.string() }), async ({ text }) => {
  bytes = Buffer.from(text);
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
});
