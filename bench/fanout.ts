import { z } from 'zod';
import { ask, newSession } from './support/ask';
import { FanoutOutcome } from './support/fanout-task';
import { body } from './support/load';
import { startPart } from './support/part';
import type { Bench } from './support/report';
import { serverAt, type Server } from './support/server';

const SUBSCRIBE = 'subscription Follow($id: ID!) { sessionEvents(sessionId: $id, after: "0") { cursor event { id seq author content { text } createdAt } } }';
const APPEND = 'mutation Append($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id } }';
const TO = 'ws, messages of the same size';

interface Fanout {
  readonly path: string;
  readonly body: string;
  readonly hello: string | null;
  readonly subscribe: string | null;
}

/** One event to all subscribers of a session, the next when all have it; against ws that sends as many bytes. */
export async function fanout(bench: Bench): Promise<void> {
  const subscribers = bench.isQuick ? 20 : 1000;
  const gateway = await bench.use([], async (server) => {
    const id = await newSession(server, 'ann');
    // Every subscriber gets the first event when it is there: then it follows.
    await ask(server, z.object({ appendEvent: z.unknown() }), APPEND, { id, event: { author: 'USER', text: 'hello' } });
    return run(bench, server, subscribers, {
      path: '/graphql', body: body(APPEND, { id, event: { author: 'USER', text: 'I bought a lamp with {{n}} scratches at the market hall.' } }),
      hello: JSON.stringify({ type: 'connection_init' }),
      subscribe: JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIBE, variables: { id } } }),
    });
  });
  const part = startPart('bare-ws');
  try {
    const port = await part.ask(z.number(), { bytes: gateway.messageBytes });
    const bare = await run(bench, serverAt(`http://127.0.0.1:${port}`), subscribers, { path: '/', body: '{}', hello: null, subscribe: null });
    const name = `one event to ${subscribers} subscribers`;
    bench.figure({ metric: `${name}, deliveries`, value: gateway.perSecond, unit: 'messages/s', n: gateway.n, bare: { value: bare.perSecond, to: TO } });
    bench.figure({ metric: `${name}, CPU each`, value: gateway.cpuMicros, unit: 'µs', n: gateway.n, bare: { value: bare.cpuMicros, to: TO } });
    bench.figure({ metric: `${name}, until all have it, p50`, value: gateway.p50, unit: 'ms', n: gateway.rounds, bare: { value: bare.p50, to: TO } });
    bench.figure({ metric: `${name}, until all have it, p99`, value: gateway.p99, unit: 'ms', n: gateway.rounds, bare: { value: bare.p99, to: TO } });
    // A few sockets weigh less than what the collector happens to leave.
    if (!bench.isQuick) bench.figure({ metric: `${name}, memory each`, value: gateway.kibEach, unit: 'KiB', n: subscribers, bare: { value: bare.kibEach, to: TO } });
  } finally {
    await part.stop();
  }
}

async function run(bench: Bench, server: Server, subscribers: number, { path, body: published, hello, subscribe }: Fanout) {
  const load = startPart('subscribers');
  try {
    bench.progress(`${subscribers} subscribers to ${path}`);
    const idle = await server.usage();
    await load.ask(z.null(), { kind: 'follow', url: `${server.url.replace(/^http/, 'ws')}${path}`, subscribers, hello, subscribe });
    const publish = { kind: 'publish', url: `${server.url}${path}`, body: published };
    await load.ask(FanoutOutcome, { ...publish, times: bench.isQuick ? 2 : 10 });
    const rounds = bench.isQuick ? 5 : 100;
    const before = await server.usage();
    const { seconds, p50, p99, messageBytes } = await load.ask(FanoutOutcome, { ...publish, times: rounds });
    const after = await server.usage();
    const n = rounds * subscribers;
    return {
      n, rounds, p50, p99, messageBytes, perSecond: n / seconds, cpuMicros: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / n,
      kibEach: (before.residentBytes - idle.residentBytes) / 1024 / subscribers,
    };
  } finally {
    await load.stop();
  }
}
