import { newSession } from './support/ask';
import { withBareHttp } from './support/bare';
import { body, measure, reportLoad } from './support/load';
import { startPart } from './support/part';
import type { Bench } from './support/report';

const CLIENTS = 16;
const LISTED = 20;
const POINT = 'query Point($id: ID!) { session(id: $id) { id userId agentId scope state createdAt updatedAt } }';
const LIST = 'query List($userId: String!, $limit: Int!) { sessions(userId: $userId, limit: $limit) { id userId agentId scope state createdAt updatedAt } }';

/** A session by its id and a list of twenty, against node:http that serves the same bytes. */
export const reads = (bench: Bench): Promise<void> => bench.use([], async (gateway) => {
  const load = startPart('load');
  try {
    let id = '';
    for (let n = 0; n < LISTED; n += 1) id = await newSession(gateway, 'ann');
    const cases = { 'point read': body(POINT, { id }), [`list of ${LISTED}`]: body(LIST, { userId: 'ann', limit: LISTED }) };
    for (const [name, request] of Object.entries(cases)) {
      bench.progress(name);
      await withBareHttp(gateway, request, async (bare) => {
        const options = { bodies: [request], clients: CLIENTS };
        const limit = await measure(bench, load, bare, options);
        reportLoad(bench, name, 'requests', await measure(bench, load, gateway, options), { measured: limit, to: 'node:http, same bytes' });
      });
    }
  } finally {
    await load.stop();
  }
});
