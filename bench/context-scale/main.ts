import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { z } from 'zod';
import { CONTEXT_LAYERS } from '../../src/domain/context/context';
import { createLogger } from '../../src/platform/telemetry/logger';
import { vectorSpaceOf } from '../../src/platform/embedding/embedding.port';
import type { Scope } from '../../src/kernel/scope';
import { openDatabase, type Database } from '../../src/storage/database';
import { requirePostgresUrl } from '../../src/testing/services';
import { createDatabase, dropDatabase, withDatabase } from '../../src/testing/production/databases';
import { questionOf, WORDS, type Corpus } from '../recall-scale/corpus';
import { fill, settle } from '../recall-scale/fill';
import { serverCpu } from '../recall-scale/server-cpu';
import { ask } from '../support/ask';
import { body, HttpOutcome } from '../support/load';
import { startPart } from '../support/part';
import { startGateway, withDirectory, type GatewayChild } from '../support/server';
import { fillBeside, type Beside } from './fill';

const USAGE = `npm run bench:context-scale -- [--memories 100000] [--events 10000] [--documents 40] [--procedures 200] [--dimensions 384] [--clients 1,4] [--seconds 10] [--database URL]

  Makes a database on the server of CONTEXTIQ_TEST_POSTGRES_URL, and drops it in the end. --database names one to keep instead: empty, or filled by an earlier run.
`;
const CONTEXT = 'query Context($input: ContextInput!) { context(input: $input) { text tokens items { citation } leftOut { layer count } degraded } }';
const POOL: Scope = { user_id: 'bench' };
const [WARM_UP_MS, POOL_SIZE, BODIES, BUDGET] = [8000, 10, 20_000, 2000];
/** The measured question's: a request that was asked before would be known to the caches, which are on. */
let asked = 0;

interface Options {
  readonly corpus: Corpus;
  readonly beside: Beside;
  readonly clients: readonly number[];
  readonly seconds: number;
  readonly space: string;
}

/** `context` of a gateway over HTTP, each question a new one: of all layers, then of each alone; JSON lines. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: {
    memories: { type: 'string', default: '100000' }, events: { type: 'string', default: '10000' }, documents: { type: 'string', default: '40' }, procedures: { type: 'string', default: '200' },
    dimensions: { type: 'string', default: '384' }, clients: { type: 'string', default: '1,4' }, seconds: { type: 'string', default: '10' },
    database: { type: 'string' }, help: { type: 'boolean', default: false },
  } });
  if (values.help) { process.stdout.write(USAGE); return; }
  const corpus = { memories: Number(values.memories), dimensions: Number(values.dimensions) };
  const options: Options = {
    corpus, beside: { events: Number(values.events), documents: Number(values.documents), procedures: Number(values.procedures) },
    clients: values.clients.split(',').map(Number), seconds: Number(values.seconds), space: vectorSpaceOf({ model: '127.0.0.1/table', dimension: corpus.dimensions }),
  };
  if (values.database !== undefined) return run(values.database, options);
  const url = withDatabase(requirePostgresUrl(), `contextiq_bench_${randomUUID().replaceAll('-', '')}`);
  await createDatabase(url);
  try {
    await run(url, options);
  } finally {
    await dropDatabase(url);
  }
}

async function run(url: string, options: Options): Promise<void> {
  const database = await openDatabase({ kind: 'postgres', url, poolSize: POOL_SIZE, statementTimeoutMs: 0, logger: createLogger('error', process.stderr) });
  const pool = new Pool({ connectionString: url });
  const embeddings = startPart('embeddings');
  try {
    await fillMemories(database, pool, options);
    const port = await embeddings.ask(z.number(), { dimensions: options.corpus.dimensions });
    await withDirectory(async (directory) => {
      const gateway = await startGateway(directory, null, {
        CONTEXTIQ_ANSWER_CACHE_MB: '32', CONTEXTIQ_DATABASE_URL: url, CONTEXTIQ_DATABASE_POOL_SIZE: String(POOL_SIZE), CONTEXTIQ_EMBEDDING_MODEL: 'table',
        CONTEXTIQ_EMBEDDING_URL: `http://127.0.0.1:${port}/v1`, CONTEXTIQ_EMBEDDING_DIMENSION: String(options.corpus.dimensions), CONTEXTIQ_RATE_LIMIT: '1000000',
      });
      try {
        const sessionId = await prepare(gateway, database, pool, options);
        await measureAll(gateway, pool, sessionId, options);
      } finally {
        await gateway.stop();
      }
    });
  } finally {
    await embeddings.stop();
    await pool.end();
    await database.close();
  }
}

/** All memories in the pool of the session, unless an earlier run has put them there. */
async function fillMemories(database: Database, pool: Pool, { corpus, space }: Options): Promise<void> {
  const { rows: [known] } = await pool.query<{ memories: number }>('select count(*)::int as memories from memories');
  if (known?.memories !== corpus.memories) {
    if ((known?.memories ?? 0) > 0) throw new Error('the database holds other memories: name an empty one');
    await fill(pool, corpus, space, (done) => { say(`${done} of ${corpus.memories} memories`); }, () => POOL);
    await settle(database);
  }
  say('vector index');
  await database.growVectorIndexes({ space, dimension: corpus.dimensions }, new AbortController().signal);
}

/** @returns the session that asks */
async function prepare(gateway: GatewayChild, database: Database, pool: Pool, { beside }: Options): Promise<string> {
  const { rows: [known] } = await pool.query<{ id: string; events: number }>('select max(id::text) as id, (select count(*) from events)::int as events from sessions');
  if (known?.events === beside.events) return known.id;
  if ((known?.events ?? 0) > 0) throw new Error('the database holds other events: name an empty one');
  say('events, documents, procedures');
  const sessionId = await fillBeside(gateway, POOL, beside);
  const degraded = z.object({ context: z.object({ degraded: z.array(z.string()) }) });
  while ((await ask(gateway, degraded, CONTEXT, { input: { sessionId, query: questionOf('mixed', (asked += 1)) } })).context.degraded.length > 0) await pause(500);
  await settle(database, ['memories', 'events', 'document_passages', 'procedures'], ['memories', 'memory_embeddings', 'events', 'sessions', 'documents', 'document_passages', 'passage_embeddings', 'procedures', 'procedure_embeddings']);
  return sessionId;
}

async function measureAll(gateway: GatewayChild, pool: Pool, sessionId: string, { corpus, beside, clients, seconds }: Options): Promise<void> {
  const load = startPart('load');
  try {
    // Where time goes: each layer alone, by a caller alone.
    for (const [layers, callers] of [...clients.map((count) => [CONTEXT_LAYERS, count] as const), ...CONTEXT_LAYERS.map((layer) => [[layer], 1] as const)]) {
      const bodies = Array.from({ length: BODIES }, () => body(CONTEXT, { input: { sessionId, layers, budgetTokens: BUDGET, query: questionOf(WORDS[(asked += 1) % WORDS.length] ?? 'mixed', asked) } }));
      const task = { url: `${gateway.url}/graphql`, clients: callers };
      await load.ask(HttpOutcome, { ...task, bodies: bodies.slice(BODIES / 2), durationMs: WARM_UP_MS });
      const [before, serverBefore] = [await gateway.usage(), await serverCpu(pool)];
      const outcome = await load.ask(HttpOutcome, { ...task, bodies: bodies.slice(0, BODIES / 2), durationMs: seconds * 1000 });
      const [after, serverAfter] = [await gateway.usage(), await serverCpu(pool)];
      const each = (used: number): number => round((used * 1000) / outcome.n);
      tell({
        metric: 'context', layers: layers.length === CONTEXT_LAYERS.length ? 'all' : layers.join(), clients: callers, p50: round(outcome.p50), p95: round(outcome.p95), p99: round(outcome.p99), perSecond: round(outcome.n / outcome.seconds),
        gatewayCpuMs: each(after.cpuSeconds - before.cpuSeconds), serverCpuMs: each(serverAfter - serverBefore), n: outcome.n, ...corpus, ...beside, machineLoad: round(loadavg()[0] ?? 0),
      });
    }
  } finally {
    await load.stop();
  }
}

const round = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
const say = (message: string): void => { process.stderr.write(`context-scale: ${message}\n`); };
const tell = (figure: object): void => { process.stdout.write(`${JSON.stringify(figure)}\n`); };

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
