import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { Logger } from '../../kernel/logger-type';
import type { VectorSpace } from '../database-type';
import { indexBytes, indexedFrom, indexedType, VECTOR_INDEX_PREFIX, vectorIndexName } from '../vector-index';

export interface VectorIndexesOptions {
  readonly url: string;
  readonly logger: Logger;
  /** A tenant with fewer vectors than this is compared whole; default as measured, by dimension. */
  readonly indexedFrom?: number | undefined;
}

/** An arbitrary number: one builds at a time, whichever gateway. The lock goes with its connection. */
const LOCK = 7_305_917_484;
/** Each partial index is considered by every statement on the table: the largest tenants have one, the others are compared. */
const MAX_INDEXES = 100;
/** More than this is taken from no server for one build; a graph that does not fit is finished on disk, which takes several times as long. */
const MAX_BUILD_BYTES = 1 << 30;
/** With 64 the walk never came upon some topics: of 60 questions one or two found nothing of theirs, of 100,000 vectors in 300 topics. */
const GRAPH = 'm = 16, ef_construction = 128';

/** Tenants that may be large enough; the lexicon has counted their memories. */
const TENANTS = `
  select tenant_id from corpus_stats where corpus = 'memories' and documents >= $1 order by documents desc limit ${MAX_INDEXES}`;
const VECTORS = 'select count(*)::int as n from memory_embeddings where tenant_id = $1 and model = $2';
const INDEXES = `
  select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 'memory_embeddings'::regclass and starts_with(c.relname, '${VECTOR_INDEX_PREFIX}')`;

/**
 * One index after the other, over a connection of its own; writers are not held up. A build that ended halfway is begun anew.
 * @throws pg DatabaseError, or an error of the connection
 */
export async function growVectorIndexes({ url, logger, indexedFrom: from }: VectorIndexesOptions, { space, dimension }: VectorSpace, signal: AbortSignal): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'contextiq vector indexes', keepAlive: true });
  // The server goes on building and drops the connection when it is done.
  const leave = (): void => { client.connection.stream.destroy(); };
  client.on('error', () => undefined); // its statement tells
  await client.connect();
  signal.addEventListener('abort', leave);
  try {
    signal.throwIfAborted();
    const { rows: [lock] } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK]);
    if (lock?.mine !== true) return;
    const threshold = from ?? indexedFrom(dimension);
    const valid = await validIndexes(client);
    const { rows: tenants } = await client.query<{ tenant_id: string }>(TENANTS, [threshold]);
    for (const { tenant_id: tenantId } of tenants) {
      const name = vectorIndexName(tenantId, space);
      if (valid.has(name)) continue;
      const { rows: [vectors] } = await client.query<{ n: number }>(VECTORS, [tenantId, space]);
      if (vectors === undefined || vectors.n < threshold || valid.size >= MAX_INDEXES) continue;
      await build(client, logger, { name, tenantId, space, dimension, vectors: vectors.n });
      valid.add(name);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', leave);
    if (signal.aborted) leave();
    else await client.end();
  }
}

/** Drops those that a build left unfinished: they are kept up to date by every write and serve nobody. */
async function validIndexes(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string; valid: boolean }>(INDEXES);
  for (const { name } of rows.filter(({ valid }) => !valid)) await client.query(`drop index concurrently if exists ${escapeIdentifier(name)}`);
  return new Set(rows.filter(({ valid }) => valid).map(({ name }) => name));
}

interface Build extends VectorSpace {
  readonly name: string;
  readonly tenantId: string;
  readonly vectors: number;
}

/** By one process: several would share memory that containers often do not have (/dev/shm), and leave the server's other work less. */
async function build(client: Client, logger: Logger, { name, tenantId, space, dimension, vectors }: Build): Promise<void> {
  const started = performance.now();
  logger.info({ tenantId, space, vectors }, 'building a vector index; searches compare all vectors until it is done');
  const kilobytes = Math.ceil(Math.min(MAX_BUILD_BYTES, indexBytes(vectors, dimension)) / 1024);
  await client.query(`select set_config('maintenance_work_mem', greatest($1::bigint, pg_size_bytes(current_setting('maintenance_work_mem')) / 1024)::text, false),
    set_config('max_parallel_maintenance_workers', '0', false)`, [kilobytes]);
  await client.query(`create index concurrently ${escapeIdentifier(name)} on memory_embeddings
    using hnsw ((embedding::${indexedType(dimension)}) halfvec_cosine_ops) with (${GRAPH})
    where tenant_id = ${escapeLiteral(tenantId)} and model = ${escapeLiteral(space)}`);
  logger.info({ tenantId, space, vectors, seconds: Math.round((performance.now() - started) / 1000) }, 'the vector index is built');
}
