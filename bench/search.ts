import { questionOf } from './support/facts';
import type { Pool } from './support/gateways';
import { body, measure, reportLoad } from './support/load';
import { startPart } from './support/part';
import type { Bench } from './support/report';

const SEARCH = 'query Search($scope: JSON!, $query: String!) { searchMemories(scope: $scope, query: $query, topK: 10) { id fact confidence } }';
const RECALL = 'query Recall($input: RecallInput!) { recall(input: $input) { hits { kind score memory { fact } explanation { matchedWords } } degraded } }';
const CLIENTS = 4;
const QUESTIONS = 500;

const poolsOf = (isQuick: boolean): Pool[] => (isQuick ? [50] : [1000, 10_000, 100_000]).map((size) => ({ userId: `pool${size}`, size }));

/** The ten best memories of one pool, pools of three sizes in one tenant; one caller alone, then four at once. */
export const search = (bench: Bench): Promise<void> => {
  const pools = poolsOf(bench.isQuick);
  bench.progress(`filling ${pools.map(({ size }) => size).join(', ')}`);
  return bench.use(pools, async (gateway) => {
    const load = startPart('load');
    try {
      for (const { userId, size } of pools) {
        const scope = { user_id: userId };
        const questions = Array.from({ length: QUESTIONS }, (_, n) => questionOf(Math.floor((n * size) / QUESTIONS)));
        const cases = {
          searchMemories: questions.map((query) => body(SEARCH, { scope, query })),
          recall: questions.map((query) => body(RECALL, { input: { scopes: [{ scope }], query, topK: 10 } })),
        };
        for (const [name, bodies] of Object.entries(cases)) {
          for (const clients of name === 'recall' || bench.isQuick ? [1] : [1, CLIENTS]) {
            bench.progress(`${name} among ${size}, ${clients} clients`);
            reportLoad(bench, `${name} among ${size}, ${clients} ${clients === 1 ? 'client' : 'clients'}`, 'searches', await measure(bench, load, gateway, { bodies, clients }));
          }
        }
      }
    } finally {
      await load.stop();
    }
  });
};
