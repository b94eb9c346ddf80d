import { readConversation, SHIPPED_CONVERSATION } from '../src/tools/demo/conversation-file';
import { remember } from '../src/tools/demo/remember';
import { createGatewayClient } from '../src/tools/client';
import { loadConversation } from '../src/tools/conversation-run';
import type { Bench } from './support/report';

/** The conversation of the demo to memories by the offline rules, session after session, from the call to the end of each job. */
export const pipeline = (bench: Bench): Promise<void> => bench.use([], async (gateway) => {
  const conversation = await readConversation(SHIPPED_CONVERSATION, { now: new Date() });
  const runs = bench.isQuick ? 1 : 6;
  const rates: number[] = [];
  let cpuSeconds = 0;
  let turns = 0;
  for (let run = 0; run < runs; run += 1) {
    bench.progress(`run ${run + 1} of ${runs}`);
    const client = createGatewayClient(gateway.url);
    try {
      const loaded = await loadConversation(client, conversation, { conversation: `run${run}` });
      const before = await gateway.usage();
      const started = performance.now();
      await remember(client, loaded, () => undefined);
      // The first run compiles what the others find ready.
      if (run === 0 && runs > 1) continue;
      rates.push((loaded.turns.size * 1000) / (performance.now() - started));
      turns += loaded.turns.size;
      cpuSeconds += (await gateway.usage()).cpuSeconds - before.cpuSeconds;
    } finally {
      await client.close();
    }
  }
  const [middle = 0] = rates.sort((a, b) => a - b).slice(Math.floor(rates.length / 2));
  bench.figure({ metric: 'turns to memories, rate', value: middle, unit: 'turns/s', n: turns });
  bench.figure({ metric: 'turns to memories, CPU each', value: (cpuSeconds * 1e6) / turns, unit: 'µs', n: turns });
});
