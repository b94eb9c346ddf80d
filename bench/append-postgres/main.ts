import { z } from 'zod';
import { createApiClient } from '../../src/testing/e2e/client';
import { generate, jobOf, newSession } from '../../src/testing/e2e/memories';
import { killPrograms, startProgram } from '../../src/testing/e2e/program';
import { createDatabase, onServer, withDatabase } from '../../src/testing/production/databases';
import { startPostgresNode } from '../../src/testing/postgres-node';
import { body, HttpOutcome } from '../support/load';
import { startPart } from '../support/part';
import { serverAt } from '../support/server';

const ONE = 'mutation($id: ID!, $event: EventInput!) { appendEvent(sessionId: $id, event: $event) { id seq } }';
const MANY = 'mutation($id: ID!, $events: [EventInput!]!) { appendEvents(sessionId: $id, events: $events) { id seq } }';
const EVENT = { author: 'USER', text: 'I bought a lamp with {{n}} scratches at the market hall.' };
const [CLIENTS, BATCH, SECONDS, JOBS] = [16, 20, 3, 12];
/** A row with a key and nothing else, and the row that an event is, in a table with the same indexes. */
const BARE = `insert into bare (session_id, body) values ('0195e7b0-0000-7000-8000-000000000000', 'I bought a lamp with 12345 scratches at the market hall.');\n`;
const BARE_EVENT = `insert into bare_events (tenant_id, session_id, seq, id, author, content, scope_hash, scope_sub, tsv, length, occurred_at) values ('default', '0195e7b0-0000-7000-8000-000000000000', nextval('bare_seq'), gen_random_uuid(), 'USER', '[{"text": "I bought a lamp with 12345 scratches at the market hall.", "type": "text"}]', 1, array[1, 2]::bigint[], $$'bought':2 'lamp':4 '12345':6 'scratch':7 'market':10 'hall':11$$, 6, now());\n`;

/** Appends through a gateway against one INSERT per transaction by pgbench, on one durable server in one run; JSON lines. */
async function main(): Promise<void> {
  const postgres = await startPostgresNode();
  const load = startPart('load');
  const bare = startPart('bare-http-insert');
  try {
    const url = withDatabase(postgres.url, 'contextiq');
    await createDatabase(url);
    const gateway = (await startProgram('gateway', { variables: { CONTEXTIQ_DATABASE_URL: url, CONTEXTIQ_PORT: '0', CONTEXTIQ_DATABASE_POOL_SIZE: '20' } })).entry.url ?? '';
    const api = createApiClient(gateway);
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
    const sessions = await Promise.all(Array.from({ length: CLIENTS * 2 }, () => newSession(api, { userId: 'bench' })));
    const requests = async (at: string, bodies: readonly string[]) => {
      const task = { url: `${at}/graphql`, bodies: [...bodies], clients: CLIENTS };
      const cpu = async (): Promise<number> => (await serverAt(at).usage()).cpuSeconds;
      await load.ask(HttpOutcome, { ...task, durationMs: 1000 });
      const before = await cpu();
      const outcome = await load.ask(HttpOutcome, { ...task, durationMs: SECONDS * 1000 });
      return { ...outcome, perSecond: outcome.n / outcome.seconds, cpuSeconds: (await cpu()) - before };
    };
    /** Each load stands between two runs of pgbench: the machine's speed changes. */
    const measure = async (metric: string, bodies: readonly string[], events: number): Promise<void> => {
      const rates = async () => ({ bare: await pgbench(bareScript), bareEvent: await pgbench(eventScript) });
      const first = await rates();
      const { n, seconds, perSecond, cpuSeconds, p50, p95, p99 } = await requests(gateway, bodies);
      const node = events === 1 ? await requests(bareUrl, bodies) : null;
      const rate = perSecond * events;
      const second = await rates();
      const ratio = (name: 'bare' | 'bareEvent'): number => rounded((2 * rate) / (first[name] + second[name]));
      tell({ pgbench: 'one INSERT per transaction', row: [first.bare, second.bare].map(Math.round), eventRow: [first.bareEvent, second.bareEvent].map(Math.round), clients: CLIENTS });
      if (node !== null) tell({ node: 'node:http, one INSERT of pg per request', perSecond: Math.round(node.perSecond), microsPerRequest: Math.round((node.cpuSeconds * 1e6) / node.n), ratioToNode: rounded(rate / node.perSecond) });
      tell({ metric, eventsPerSecond: Math.round(rate), ratioToRow: ratio('bare'), ratioToEventRow: ratio('bareEvent'), p50: rounded(p50), p95: rounded(p95), p99: rounded(p99), gatewayCpuShare: rounded(cpuSeconds / seconds), gatewayMicrosPerEvent: Math.round((cpuSeconds * 1e6) / (n * events)) });
    };
    const single = sessions.map((id) => body(ONE, { id, event: EVENT }));
    await measure(`appendEvents of ${BATCH}, ${CLIENTS} clients`, sessions.map((id) => body(MANY, { id, events: Array.from({ length: BATCH }, () => EVENT) })), BATCH);
    await measure(`appendEvent, ${CLIENTS} clients`, single, 1);
    const jobs: string[] = [];
    for (let job = 0; job < JOBS; job += 1) {
      jobs.push(await generate(api, { facts: Array.from({ length: 200 }, (_, n) => `Ann owns book number ${n}`), scope: { user_id: `u${job}` } }));
    }
    await measure(`appendEvent, ${CLIENTS} clients, while generations run`, single, 1);
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
