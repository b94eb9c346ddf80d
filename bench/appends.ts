import { newSession } from './support/ask';
import { bareInserts } from './support/bare';
import { body, measure, reportLoad } from './support/load';
import { startPart } from './support/part';
import type { Bench } from './support/report';

const ONE = 'mutation One($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id seq } }';
const MANY = 'mutation Many($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id seq } }';
const SESSIONS = 32;
const BATCH = 20;
const EVENT = { author: 'USER', text: 'I bought a lamp with {{n}} scratches at the market hall.' };
const TO = 'one INSERT per transaction';

/** Events that are durable when they are answered, one by one and twenty at once, against bare inserts with as many callers. */
export const appends = (bench: Bench): Promise<void> => bench.use([], async (gateway) => {
  const load = startPart('load');
  try {
    const sessions: string[] = [];
    for (let n = 0; n < SESSIONS; n += 1) sessions.push(await newSession(gateway, `user${n}`));
    const single = sessions.map((id) => body(ONE, { id, event: EVENT }));
    const batches = sessions.map((id) => body(MANY, { id, events: Array.from({ length: BATCH }, () => EVENT) }));
    for (const clients of bench.isQuick ? [2] : [1, 32]) {
      bench.progress(`${clients} clients`);
      const measured = await bareInserts(bench, clients);
      const callers = `${clients} ${clients === 1 ? 'client' : 'clients'}`;
      reportLoad(bench, `append of one, ${callers}`, 'events', await measure(bench, load, gateway, { bodies: single, clients }), { measured, to: TO });
      const many = await measure(bench, load, gateway, { bodies: batches, clients: Math.min(clients, 8) });
      const perRequest = { perSecond: measured.perSecond / BATCH, cpuMicros: measured.cpuMicros * BATCH };
      reportLoad(bench, `append of ${BATCH}, ${Math.min(clients, 8)} ${clients === 1 ? 'client' : 'clients'}`, 'events', many, { measured: perRequest, to: TO }, BATCH);
    }
  } finally {
    await load.stop();
  }
});
