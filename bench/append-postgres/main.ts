import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createApiClient } from '../../src/testing/e2e/client';
import { generate, jobOf, newSession } from '../../src/testing/e2e/memories';
import { killPrograms, startProgram } from '../../src/testing/e2e/program';
import { createDatabase, onServer, withDatabase } from '../../src/testing/production/databases';
import { startPostgresNode } from '../../src/testing/postgres-node';
import { requireRedisUrl } from '../../src/testing/services';
import { body, HttpOutcome } from '../support/load';
import { startPart } from '../support/part';
import { serverAt } from '../support/server';

const ONE = 'mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id seq } }';
const MANY = 'mutation($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id seq } }';
const EVENT = { author: 'USER', text: 'I bought a lamp with {{n}} scratches at the market hall.' };
const [CLIENTS, BATCH, SECONDS, JOBS] = [16, 20, 3, 40];
/** Sessions are looked at for their summaries every five seconds: whole rounds of that belong to what they append. */
const MEASURED_MS = 10_000;
/** A fresh process compiles its own code at first: after one second that was still a quarter of its CPU. */
const WARM_UP_MS = 5000;
/** A row with a key and nothing else, and the row that an event is, in a table with the same indexes. */
const BARE = `insert into bare (session_id, body) values ('0195e7b0-0000-7000-8000-000000000000', 'I bought a lamp with 12345 scratches at the market hall.');\n`;
const BARE_EVENT = `insert into bare_events (tenant_id, session_id, seq, id, author, content, scope_hash, scope_sub, tsv, length, occurred_at) values ('default', '0195e7b0-0000-7000-8000-000000000000', nextval('bare_seq'), gen_random_uuid(), 'USER', '[{"text": "I bought a lamp with 12345 scratches at the market hall.", "type": "text"}]', 1, array[1, 2]::bigint[], $$'bought':2 'lamp':4 '12345':6 'scratch':7 'market':10 'hall':11$$, 6, now());\n`;

const USAGE = `npm run bench:append-postgres -- [--gateways 1] [--clients 16]

  --gateways  so many on one database, the clients shared out among them; more than one need CONTEXTIQ_TEST_REDIS_URL
  --clients   callers of the gateways; pgbench always has 16
`;

/** Appends through gateways against one INSERT per transaction by pgbench, on one durable server in one run; JSON lines. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { gateways: { type: 'string', default: '1' }, clients: { type: 'string', default: String(CLIENTS) }, help: { type: 'boolean', default: false } } });
  if (values.help) { process.stdout.write(USAGE); return; }
  const [count, callers] = [Number(values.gateways), Number(values.clients)];
  const redis: Record<string, string> = count === 1 ? {} : { CONTEXTIQ_REDIS_URL: requireRedisUrl() };
  const postgres = await startPostgresNode();
  const load = startPart('load');
  const bare = startPart('bare-http-insert');
  try {
    const url = withDatabase(postgres.url, 'contextiq');
    await createDatabase(url);
    const variables = { CONTEXTIQ_DATABASE_URL: url, CONTEXTIQ_PORT: '0', CONTEXTIQ_DATABASE_POOL_SIZE: String(Math.ceil(20 / count)), ...redis };
    const gateways: string[] = [];
    for (let n = 0; n < count; n += 1) gateways.push((await startProgram('gateway', { variables })).entry.url ?? '');
    const api = createApiClient(gateways[0] ?? '');
    await onServer(url, 'create table bare (id uuid primary key default gen_random_uuid(), session_id uuid not null, body text not null, created_at timestamptz not null default now())');
    await onServer(url, 'create table bare_events (like events including all)');
    await onServer(url, 'create sequence bare_seq cache 50');
    const bareScript = await postgres.place('bare.sql', BARE);
    const eventScript = await postgres.place('bare-event.sql', BARE_EVENT);
    const pgbench = async (script: string): Promise<number> => {
      const { host, pathname } = new URL(url);
      const [name, port] = host.split(':');
      const printed = await postgres.tool('pgbench', ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(SECONDS), '-f', script, '-h', name ?? '', '-p', port ?? '', '-U', 'postgres', pathname.slice(1)]);
      return Number(/tps = ([\d.]+)/.exec(printed)?.[1] ?? 'NaN');
    };
    const bareUrl = `http://127.0.0.1:${await bare.ask(z.number(), { database: url, connections: 20 })}`;
    const sessions = await Promise.all(Array.from({ length: callers * 2 }, () => newSession(api, { userId: 'bench' })));
    /** The percentiles are those of the slowest. */
    const requests = async (at: readonly string[], bodies: readonly string[]) => {
      const cpu = async (): Promise<number> => (await Promise.all(at.map(async (each) => (await serverAt(each).usage()).cpuSeconds))).reduce((sum, used) => sum + used, 0);
      const run = (durationMs: number) => Promise.all(at.map((each, index) => load.ask(HttpOutcome, {
        url: `${each}/graphql`, bodies: bodies.filter((_, n) => n % at.length === index), clients: callers / at.length, durationMs,
      })));
      await run(WARM_UP_MS);
      const before = await cpu();
      const outcomes = await run(MEASURED_MS);
      const cpuSeconds = (await cpu()) - before;
      const worst = (of: (outcome: HttpOutcome) => number): number => Math.max(...outcomes.map(of));
      const [n, seconds] = [outcomes.reduce((sum, outcome) => sum + outcome.n, 0), worst((outcome) => outcome.seconds)];
      return { n, seconds, perSecond: n / seconds, cpuSeconds, p50: worst(({ p50 }) => p50), p95: worst(({ p95 }) => p95), p99: worst(({ p99 }) => p99) };
    };
    /** Each load stands between two runs of pgbench: the machine's speed changes. */
    const measure = async (metric: string, bodies: readonly string[], events: number): Promise<void> => {
      const rates = async () => ({ bare: await pgbench(bareScript), bareEvent: await pgbench(eventScript) });
      const first = await rates();
      const { n, seconds, perSecond, cpuSeconds, p50, p95, p99 } = await requests(gateways, bodies);
      const node = events === 1 ? await requests([bareUrl], bodies) : null;
      const rate = perSecond * events;
      const second = await rates();
      const ratio = (name: 'bare' | 'bareEvent'): number => rounded((2 * rate) / (first[name] + second[name]));
      tell({ pgbench: 'one INSERT per transaction', gateways: count, row: [first.bare, second.bare].map(Math.round), eventRow: [first.bareEvent, second.bareEvent].map(Math.round), clients: CLIENTS });
      if (node !== null) tell({ node: 'node:http, one INSERT of pg per request', perSecond: Math.round(node.perSecond), microsPerRequest: Math.round((node.cpuSeconds * 1e6) / node.n), ratioToNode: rounded(rate / node.perSecond) });
      tell({ metric, eventsPerSecond: Math.round(rate), ratioToRow: ratio('bare'), ratioToEventRow: ratio('bareEvent'), p50: rounded(p50), p95: rounded(p95), p99: rounded(p99), gatewayCpuShare: rounded(cpuSeconds / seconds), gatewayMicrosPerEvent: Math.round((cpuSeconds * 1e6) / (n * events)) });
    };
    const single = sessions.map((id) => body(ONE, { id, event: EVENT }));
    await measure(`appendEvents of ${BATCH}, ${callers} clients`, sessions.map((id) => body(MANY, { id, events: Array.from({ length: BATCH }, () => EVENT) })), BATCH);
    await measure(`appendEvent, ${callers} clients`, single, 1);
    const jobs: string[] = [];
    for (let job = 0; job < JOBS; job += 1) {
      jobs.push(await generate(api, { facts: Array.from({ length: 200 }, (_, n) => `Ann owns book number ${n}`), scope: { user_id: `u${job}` } }));
    }
    await measure(`appendEvent, ${callers} clients, while generations run`, single, 1);
    const states = await Promise.all(jobs.map(async (id) => String((await jobOf(api, id)).status)));
    tell({ metric: 'generations still under way after that', value: states.filter((status) => status !== 'COMPLETED').length, of: JOBS });
  } finally {
    await load.stop();
    await bare.stop();
    killPrograms();
    await postgres.remove();
  }
}

const rounded = (value: number): number => Number(value.toFixed(2));
const tell = (figure: object): void => { process.stdout.write(`${JSON.stringify(figure)}\n`); };

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
