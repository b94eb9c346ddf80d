import { z } from 'zod';
import { ask, newSession } from './support/ask';
import { factOf, questionOf } from './support/facts';
import { body, measure, reportLoad } from './support/load';
import { startPart } from './support/part';
import type { Bench } from './support/report';

const APPEND = 'mutation Append($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id } }';
const CONTEXT = 'query Context($input: ContextInput!) { context(input: $input) { text tokens items { citation } } }';
/** Also the owner of the quick run's pool. */
const OWNER = 'pool50';
const TURNS = 200;
const BUDGET = 2000;

/** A block of 2,000 tokens for a session of 200 turns in a pool of 1,000 memories. */
export const context = (bench: Bench): Promise<void> =>
  bench.use([{ userId: OWNER, size: bench.isQuick ? 50 : 1000 }], async (gateway) => {
    const load = startPart('load');
    try {
      const id = await newSession(gateway, OWNER);
      for (let from = 0; from < TURNS; from += 100) {
        const events = Array.from({ length: 100 }, (_, n) => ({ author: n % 2 === 0 ? 'USER' : 'AGENT', text: factOf(100_000 + from + n) }));
        await ask(gateway, z.object({ appendEvents: z.array(z.unknown()).length(100) }), APPEND, { id, events });
      }
      const bodies = Array.from({ length: 200 }, (_, n) => body(CONTEXT, { input: { sessionId: id, query: questionOf(n), budgetTokens: BUDGET } }));
      for (const clients of bench.isQuick ? [1] : [1, 4]) {
        bench.progress(`${clients} clients`);
        reportLoad(bench, `context of ${BUDGET} tokens, ${clients} ${clients === 1 ? 'client' : 'clients'}`, 'blocks', await measure(bench, load, gateway, { bodies, clients }));
      }
    } finally {
      await load.stop();
    }
  });
