import { createHash } from 'node:crypto';

export const VECTOR_INDEX_PREFIX = 'memory_embeddings_near_';

/**
 * An index holds the vectors of one model in one tenant. Others' vectors are not in its graph: it never has to step over them, and
 * nobody's size tells on another's searches. The name fits into PostgreSQL's 63 bytes.
 */
export const vectorIndexName = (tenantId: string, space: string): string =>
  VECTOR_INDEX_PREFIX + createHash('sha256').update(JSON.stringify([tenantId, space])).digest('hex').slice(0, 24);

/** What is indexed: half the bytes, the same neighbours. A statement finds the index by the same expression. */
export const indexedType = (dimension: number): string => `halfvec(${dimension})`;

/** What a build keeps in memory: each vector and its about forty neighbours. */
export const indexBytes = (vectors: number, dimension: number): number => vectors * (2 * dimension + 800);

/** Reading and comparing one vector, in microseconds: 1.9 at 384 dimensions. */
const exactMicros = (dimension: number): number => 1.2 + 0.0018 * dimension;
/** One step through the graph that ends in a vector of the tenant. */
const STEP_MICROS = 8;
/** A tenant whose every vector is compared within this long needs no index, which makes writing a vector five times as dear. */
const WITHOUT_INDEX_MICROS = 20_000;

/** From so many vectors on a tenant gets an index: 10,000 at 384 dimensions, 5,000 at 1,536. */
export const indexedFrom = (dimension: number): number => Math.round(WITHOUT_INDEX_MICROS / exactMicros(dimension) / 1000) * 1000;

/** Vectors that a walk through the graph meets until `wanted` of them lie in the pool, when `inPool` of `total` do. */
export const stepsFor = (wanted: number, inPool: number, total: number): number => Math.ceil((wanted * total) / Math.max(1, Math.min(inPool, total)));

/**
 * Which way finds the nearest sooner: comparing all of the pool, or the graph. A pool that is a small part of its tenant is compared
 * whole: the graph would meet hundreds of others for each of its vectors, and give up before it has found them.
 */
export const isApproximate = (wanted: number, inPool: number, total: number, dimension: number): boolean =>
  inPool * exactMicros(dimension) > stepsFor(wanted, inPool, total) * STEP_MICROS;
