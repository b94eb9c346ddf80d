// An embedding server of the OpenAI kind that answers from a table: what it costs is not counted with what asks it.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { seedOfText, vectorOf } from '../recall-scale/corpus';
import { servePart } from '../support/part';

const Request = z.object({ input: z.union([z.string(), z.array(z.string())]) });

servePart(z.object({ dimensions: z.number() }), async ({ dimensions }) => {
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { input } = Request.parse(body);
      const data = [input].flat().map((text, index) => ({ object: 'embedding', index, embedding: [...vectorOf({ dimensions }, seedOfText(text))] }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', model: 'table', data, usage: { prompt_tokens: data.length, total_tokens: data.length } }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : null;
});
