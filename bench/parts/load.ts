// Sends HTTP requests and says how long they took.
import { openBareClient } from '../support/bare-client';
import { HttpTask } from '../support/load';
import { servePart } from '../support/part';
import { percentiles } from '../support/percentiles';

let numbers = 0;

servePart(HttpTask, async ({ url, bodies, clients, durationMs }) => {
  const took: number[] = [];
  const open = await Promise.all(Array.from({ length: clients }, () => openBareClient(url)));
  const started = performance.now();
  const end = started + durationMs;
  let turn = 0;
  await Promise.all(open.map(async (client) => {
    while (performance.now() < end) {
      const text = (bodies[turn++ % bodies.length] ?? '').replaceAll('{{n}}', () => String((numbers += 1)));
      const sent = performance.now();
      const answer = await client.post(text);
      took.push(performance.now() - sent);
      if (answer.status !== 200 || answer.text.startsWith('{"errors"')) throw new Error(`answered ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  }));
  const seconds = (performance.now() - started) / 1000;
  for (const client of open) client.close();
  return { n: took.length, seconds, ...percentiles(took) };
});
