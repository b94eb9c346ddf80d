import { z } from 'zod';
import { ask, newSession } from './support/ask';
import { factOf, questionOf } from './support/facts';
import { body, measure, reportLoad, type Measured } from './support/load';
import { startPart, type Part } from './support/part';
import type { Bench } from './support/report';
import type { GatewayChild } from './support/server';

const APPEND = 'mutation Append($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id } }';
const SEARCH = 'query Search($scope: JSON!, $query: String!) { searchMemories(scope: $scope, query: $query, topK: 10) { id fact confidence } }';
const CONTEXT = 'query Context($input: ContextInput!) { context(input: $input) { text tokens items { citation } } }';
/** Also the owner of the quick run's pool. */
const OWNER = 'pool50';
const TURNS = 200;
const ASKED_AGAIN = 20;
const CLIENTS = 4;

type Measurements = ReadonlyMap<string, Measured>;

/** Searches and context blocks that are asked for again, and such that never are, against a gateway that keeps no answers. */
export const caches = async (bench: Bench): Promise<void> => {
  const pool = [{ userId: OWNER, size: bench.isQuick ? 50 : 1000 }];
  const load = startPart('load');
  try {
    const bare = await bench.use(pool, (gateway) => run(bench, load, gateway));
    const kept = await bench.use(pool, (gateway) => run(bench, load, gateway), { CONTEXTIQ_ANSWER_CACHE_MB: '32' });
    for (const [name, measured] of kept) {
      const without = bare.get(name);
      reportLoad(bench, name, 'answers', measured, without === undefined ? undefined : { measured: without, to: 'the same without a cache' });
    }
  } finally {
    await load.stop();
  }
};

async function run(bench: Bench, load: Part, gateway: GatewayChild): Promise<Measurements> {
  const sessionId = await newSession(gateway, OWNER);
  for (let from = 0; from < TURNS; from += 100) {
    const events = Array.from({ length: 100 }, (_, n) => ({ author: n % 2 === 0 ? 'USER' : 'AGENT', text: factOf(100_000 + from + n) }));
    await ask(gateway, z.object({ appendEvents: z.array(z.unknown()).length(100) }), APPEND, { id: sessionId, events });
  }
  const search = (query: string): string => body(SEARCH, { scope: { user_id: OWNER }, query });
  const context = (query: string): string => body(CONTEXT, { input: { sessionId, query, budgetTokens: 2000 } });
  const again = Array.from({ length: ASKED_AGAIN }, (_, n) => questionOf(n));
  const once = again.map((question) => `${question} {{n}}`);
  const cases: Readonly<Record<string, readonly string[]>> = {
    'searchMemories asked again': again.map(search),
    'searchMemories asked once': once.map(search),
    'context asked again': again.map(context),
    'context asked once': once.map(context),
  };
  const measured = new Map<string, Measured>();
  for (const [name, bodies] of Object.entries(cases)) {
    bench.progress(name);
    measured.set(name, await measure(bench, load, gateway, { bodies, clients: bench.isQuick ? 1 : CLIENTS }));
  }
  return measured;
}
