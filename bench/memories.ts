import { bareInserts } from './support/bare';
import { body, measure, reportLoad } from './support/load';
import { startPart } from './support/part';
import type { Bench } from './support/report';

const CREATE = 'mutation Create($input: CreateMemoryInput!) { createMemory(input: $input) { id } }';

/** A memory given as it stands: row, words, revision, feed entry and the job that embeds it, in one transaction. */
export const memories = (bench: Bench): Promise<void> => bench.use([], async (gateway) => {
  const load = startPart('load');
  try {
    const bodies = Array.from({ length: 64 }, (_, pool) => body(CREATE, { input: { scope: { user_id: `user${pool}` }, fact: 'Ann bought a lamp with {{n}} scratches at the market hall.' } }));
    for (const clients of bench.isQuick ? [2] : [1, 8]) {
      bench.progress(`${clients} clients`);
      const measured = await bareInserts(bench, clients);
      reportLoad(bench, `createMemory, ${clients} ${clients === 1 ? 'client' : 'clients'}`, 'memories', await measure(bench, load, gateway, { bodies, clients }), { measured, to: 'one INSERT per transaction' });
    }
  } finally {
    await load.stop();
  }
});
