import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { z } from 'zod';
import { percentiles } from '../support/percentiles';
import { chooseOperation, CREATE, type LoadSession } from './operations';

const TIME_LIMIT_MS = 30_000;
const SUBSCRIBED = 'subscription($id: ID!) { sessionEvents(sessionId: $id) { cursor event { occurredAt createdAt } } }';
const USAGE = 'usage: npm run bench:load -- --url http://127.0.0.1:4000 [--key KEY] [--concurrency 16] [--seconds 20]';

const Options = z.object({ url: z.url({ protocol: /^https?$/ }), key: z.string().optional(), concurrency: z.coerce.number().int().min(1).max(1000), seconds: z.coerce.number().min(1).max(3600) });
const Answer = z.object({ data: z.unknown(), errors: z.array(z.object({ extensions: z.object({ code: z.string() }).optional() })).optional() });
const Created = z.object({ createSession: z.object({ id: z.string() }) });

/** Mixed traffic of so many callers, each with a session of its own that a subscriber follows; a JSON line per operation. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string' }, key: { type: 'string' }, concurrency: { type: 'string', default: '16' }, seconds: { type: 'string', default: '20' } } });
  const options = Options.safeParse(values);
  if (!options.success) throw new Error(`${z.prettifyError(options.error)}\n${USAGE}`);
  const { url, key, concurrency, seconds } = options.data;
  const credentials: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const took = new Map<string, number[]>();
  const errors = new Map<string, Record<string, number>>();
  const fail = (name: string, code: string): void => {
    const counts = errors.get(name) ?? {};
    counts[code] = (counts[code] ?? 0) + 1;
    errors.set(name, counts);
  };
  const ask = async (name: string, query: string, variables: object): Promise<unknown> => {
    const sent = performance.now();
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST', headers: { 'content-type': 'application/json', ...credentials }, body: JSON.stringify({ query, variables }), signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      const answer = Answer.parse(await response.json());
      const [error] = answer.errors ?? [];
      if (error !== undefined) fail(name, error.extensions?.code ?? 'UNKNOWN');
      else (took.get(name) ?? took.set(name, []).get(name))?.push(performance.now() - sent);
      return answer.data;
    } catch (error) {
      fail(name, error instanceof Error ? error.name : 'UNKNOWN');
      return null;
    }
  };
  const sockets: { dispose(): unknown }[] = [];
  let items = 0;
  const open = async (): Promise<LoadSession> => {
    const scope = { user_id: `load-${randomUUID()}` };
    const { createSession: { id } } = Created.parse(await ask('createSession', CREATE, { input: { userId: 'load', scope } }));
    const socket = createClient({ url: `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 3, connectionParams: credentials });
    socket.subscribe({ query: SUBSCRIBED, variables: { id } }, {
      next: ({ errors: failed }) => { items += 1; if (failed !== undefined) fail('sessionEvents', 'ERRORS'); }, error: () => { fail('sessionEvents', 'ENDED'); }, complete: () => undefined,
    });
    sockets.push(socket);
    return { id, scope };
  };
  const sessions = await Promise.all(Array.from({ length: concurrency }, open));
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(sessions.map(async (session) => {
    while (performance.now() < end) {
      const { name, query, variables } = chooseOperation();
      await ask(name, query, variables(session));
    }
  }));
  const lasted = (performance.now() - started) / 1000;
  for (const name of new Set([...took.keys(), ...errors.keys()])) {
    const times = took.get(name) ?? [];
    const figures = Object.fromEntries(Object.entries(percentiles(times)).map(([percentile, ms]) => [percentile, Number(ms.toFixed(1))]));
    process.stdout.write(`${JSON.stringify({ operation: name, n: times.length, perSecond: Number((times.length / lasted).toFixed(1)), ...figures, unit: 'ms', errors: errors.get(name) ?? {} })}\n`);
  }
  process.stdout.write(`${JSON.stringify({ operation: 'items pushed', n: items, perSecond: Number((items / lasted).toFixed(1)), subscribers: concurrency })}\n`);
  await Promise.all(sockets.map((socket) => socket.dispose()));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
