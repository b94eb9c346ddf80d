import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { z } from 'zod';
import { createLogger } from '../../src/platform/telemetry/logger';
import { vectorSpaceOf } from '../../src/platform/embedding/embedding.port';
import { openDatabase, type Database } from '../../src/storage/database';
import { startPostgresNode } from '../../src/testing/postgres-node';
import { createDatabase, withDatabase } from '../../src/testing/production/databases';
import { answerTo } from '../support/ask';
import { body, HttpOutcome } from '../support/load';
import { startPart } from '../support/part';
import { percentiles } from '../support/percentiles';
import { startGateway, withDirectory, type GatewayChild } from '../support/server';
import { POOLS, questionOf, scopeOf, WORDS, type Corpus } from './corpus';
import { fill, settle } from './fill';
import { serverCpu } from './server-cpu';
import { vectorRecall } from './vector-recall';

const USAGE = `npm run bench:recall-scale -- [--memories 100000] [--dimensions 384] [--clients 8] [--seconds 4] [--keep] [--database URL]

  --keep      keeps server and data for the next run of the same size
  --database  an empty database on a server of one's own, or one that an earlier run has filled; else a server is started, as root on
              Debian, after .ci/services start
`;
const RECALL = 'query Recall($input: RecallInput!) { recall(input: $input) { hits { score memory { id fact } explanation { vector lexical } } degraded } }';
const [QUESTIONS, WARM_UP_MS, POOL_SIZE] = [60, 1500, 10];
const SETTINGS = `
shared_buffers = 3GB
max_wal_size = 4GB
maintenance_work_mem = 3GB
`;

interface Options {
  readonly corpus: Corpus;
  readonly clients: number;
  readonly seconds: number;
  readonly space: string;
}

/** `recall` of a gateway over HTTP, with the questions' vectors known beforehand; JSON lines. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: {
    memories: { type: 'string', default: '100000' }, dimensions: { type: 'string', default: '384' }, clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '4' }, keep: { type: 'boolean', default: false }, database: { type: 'string' }, help: { type: 'boolean', default: false },
  } });
  if (values.help) { process.stdout.write(USAGE); return; }
  const corpus = { memories: Number(values.memories), dimensions: Number(values.dimensions) };
  const options = { corpus, clients: Number(values.clients), seconds: Number(values.seconds), space: vectorSpaceOf({ model: '127.0.0.1/table', dimension: corpus.dimensions }) };
  if (values.database !== undefined) return run(values.database, options);
  const name = `recall-scale-${corpus.memories}-${corpus.dimensions}`;
  const server = await startPostgresNode({ settings: SETTINGS, ...(values.keep ? { name } : {}) });
  try {
    const url = withDatabase(server.url, 'contextiq');
    await createDatabase(url).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === '42P04')) throw error; // it is there from an earlier run
    });
    await run(url, options);
  } finally {
    if (values.keep) await server.stop('SIGINT');
    else await server.remove();
  }
}

async function run(url: string, options: Options): Promise<void> {
  const database = await openDatabase({ kind: 'postgres', url, poolSize: POOL_SIZE, statementTimeoutMs: 0, logger: createLogger('error', process.stderr) });
  const pool = new Pool({ connectionString: url });
  try {
    await prepare(database, pool, options);
    for (const name of POOLS) {
      const questions = Array.from({ length: QUESTIONS }, (_, n) => questionOf('mixed', n));
      const { recall, bareMs } = await vectorRecall(database, pool, options.corpus, options.space, name, questions);
      tell({ metric: 'recall@10 of the vector part against exact search', pool: name, value: round(recall), n: questions.length, exactP50: round(percentiles(bareMs).p50) });
    }
    await withDirectory(async (directory) => {
      const embeddings = startPart('embeddings');
      try {
        const port = await embeddings.ask(z.number(), { dimensions: options.corpus.dimensions });
        const gateway = await startGateway(directory, null, {
          CONTEXTIQ_DATABASE_URL: url, CONTEXTIQ_DATABASE_POOL_SIZE: String(POOL_SIZE), CONTEXTIQ_EMBEDDING_MODEL: 'table',
          CONTEXTIQ_EMBEDDING_URL: `http://127.0.0.1:${port}/v1`, CONTEXTIQ_EMBEDDING_DIMENSION: String(options.corpus.dimensions),
        });
        try {
          await measureAll(gateway, pool, options);
        } finally {
          await gateway.stop();
        }
      } finally {
        await embeddings.stop();
      }
    });
  } finally {
    await pool.end();
    await database.close();
  }
}

/** Fills the database unless it holds the very same already. */
async function prepare(database: Database, pool: Pool, { corpus, space }: Options): Promise<void> {
  const { rows: [known] } = await pool.query<{ memories: number; ours: number }>(`
    select (select count(*) from memories)::int as memories, (select count(*) from memory_embeddings where model = $1)::int as ours`, [space]);
  const isFilled = known?.memories === corpus.memories && known.ours === corpus.memories;
  if (!isFilled) {
    if ((known?.memories ?? 0) > 0) throw new Error('the database holds other memories: name an empty one');
    const filled = await seconds(() => fill(pool, corpus, space, (done) => { say(`${done} of ${corpus.memories} memories`); }));
    await settle(database);
    tell({ metric: 'filling', value: filled, unit: 's', ...corpus });
  }
  say('vector index');
  const built = await seconds(() => database.growVectorIndexes({ space, dimension: corpus.dimensions }, new AbortController().signal));
  if (!isFilled) {
    const { rows: [size] } = await pool.query<{ mb: number }>(`select coalesce(sum(pg_relation_size(oid)) / 1048576, 0)::int as mb from pg_class where relname like 'memory_embeddings_near%'`);
    tell({ metric: 'vector index', value: built, unit: 's', megabytes: size?.mb ?? 0, ...corpus });
  }
}

async function measureAll(gateway: GatewayChild, pool: Pool, { corpus, clients, seconds: duration }: Options): Promise<void> {
  const load = startPart('load');
  try {
    for (const name of POOLS) {
      for (const words of WORDS) {
        const bodies = Array.from({ length: QUESTIONS }, (_, n) => body(RECALL, { input: { scopes: [{ scope: scopeOf(name) }], query: questionOf(words, n), topK: 10 } }));
        for (const text of bodies) await answerTo(gateway.url, text); // after this every question's vector is known
        const task = { url: `${gateway.url}/graphql`, bodies, clients };
        await load.ask(HttpOutcome, { ...task, durationMs: WARM_UP_MS });
        const [before, serverBefore] = [await gateway.usage(), await serverCpu(pool)];
        const outcome = await load.ask(HttpOutcome, { ...task, durationMs: duration * 1000 });
        const [after, serverAfter] = [await gateway.usage(), await serverCpu(pool)];
        const each = (used: number): number => round((used * 1000) / outcome.n);
        tell({
          metric: 'recall', pool: name, words, clients, perSecond: round(outcome.n / outcome.seconds), p50: round(outcome.p50), p95: round(outcome.p95), p99: round(outcome.p99),
          gatewayCpuMs: each(after.cpuSeconds - before.cpuSeconds), serverCpuMs: each(serverAfter - serverBefore), n: outcome.n, ...corpus, machineLoad: round(loadavg()[0] ?? 0),
        });
      }
    }
  } finally {
    await load.stop();
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return round((performance.now() - started) / 1000);
}

const round = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
const say = (message: string): void => { process.stderr.write(`recall-scale: ${message}\n`); };
const tell = (figure: object): void => { process.stdout.write(`${JSON.stringify(figure)}\n`); };

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
