// Sends HTTP requests and says how long they took.
import { Agent, request } from 'node:http';
import { HttpTask } from '../support/load';
import { servePart } from '../support/part';
import { percentiles } from '../support/percentiles';

let numbers = 0;

servePart(HttpTask, async ({ url, bodies, clients, durationMs }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const took: number[] = [];
  const started = performance.now();
  const end = started + durationMs;
  let turn = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const text = (bodies[turn++ % bodies.length] ?? '').replaceAll('{{n}}', () => String((numbers += 1)));
      const sent = performance.now();
      const answer = await post(agent, url, text);
      took.push(performance.now() - sent);
      if (answer.status !== 200 || answer.text.startsWith('{"errors"')) throw new Error(`answered ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return { n: took.length, seconds, ...percentiles(took) };
});

const post = (agent: Agent, url: string, text: string): Promise<{ status: number; text: string }> => new Promise((resolve, reject) => {
  const outgoing = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    response.once('error', reject);
  });
  outgoing.once('error', reject);
  outgoing.end(text);
});
