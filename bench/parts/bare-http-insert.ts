// The least that a Node program does for an append: node:http reads a request, one INSERT per transaction writes its text, its id is the answer.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { z } from 'zod';
import { showUsage } from '../support/bare-usage';
import { servePart } from '../support/part';

const Asked = z.object({ variables: z.object({ event: z.object({ text: z.string() }) }) });
let pool: Pool | null = null;

async function append(json: string): Promise<string> {
  const { variables } = Asked.parse(JSON.parse(json));
  const written = await pool?.query<{ id: string }>({
    name: 'append', text: `insert into bare (session_id, body) values ('0195e7b0-0000-7000-8000-000000000000', $1) returning id`, values: [variables.event.text],
  });
  return JSON.stringify({ data: written?.rows[0] });
}

const server = createServer((request, response) => {
  if (request.url === '/metrics') return showUsage(response);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).once('end', () => {
    append(Buffer.concat(chunks).toString()).then(
      (text) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text); },
      (error: unknown) => { response.writeHead(500, { 'content-length': 0 }).end(); console.error(error); },
    );
  });
});

servePart(z.object({ database: z.string(), connections: z.number() }), async ({ database, connections }) => {
  pool ??= new Pool({ connectionString: database, max: connections });
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}, async () => { await pool?.end(); });
