import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { unavailable, type GatewayError } from '../../kernel/errors';
import { inBatches } from './batches';
import type { Embedder } from './embedding.port';
import { presentable } from './presentable';

export interface TransformersOptions {
  /** Short name, `all-MiniLM-L6-v2`. */
  readonly model: string;
  readonly repo: string;
  readonly dimension: number;
  readonly pooling: 'mean' | 'cls';
  readonly queryPrefix: string;
  /** Holds the model as `folder/repo/…`. */
  readonly folder: string;
  /** May fetch the model into the folder. */
  readonly download: boolean;
  /** Limit of one batch. */
  readonly timeoutMs: number;
  /** For tests: a copy of the worker beside another package. */
  readonly workerPath?: string;
}

/** Limit of loading, a download included. */
const LOAD_MS = 600_000;
const BATCH = 16;
const MAX_BATCH = 40_000;
const vector = z.array(z.number()).refine((numbers) => numbers.every(Number.isFinite) && numbers.some((number) => number !== 0));
const Reply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('failed'), missing: z.enum(['package', 'model']), message: z.string() }),
  z.object({ kind: z.literal('vectors'), id: z.number(), vectors: z.array(z.unknown()) }),
  z.object({ kind: z.literal('refused'), id: z.number(), message: z.string() }),
]);

interface Waiting {
  resolve(vectors: readonly unknown[]): void;
  reject(error: Error): void;
}

/**
 * Embeddings in this process: a thread with a model of the optional package @huggingface/transformers.
 * @throws GatewayError UNAVAILABLE with reason TRANSFORMERS_MISSING, EMBEDDING_MODEL_MISSING or EMBEDDER_STOPPED, in words that say what to do.
 * `embed` throws UNAVAILABLE with reason MODEL_TIMEOUT, EMBEDDER_STOPPED, EMBEDDING_ANSWER_INVALID or EMBEDDING_DIMENSION_MISMATCH
 */
export async function openTransformersEmbedder(options: TransformersOptions): Promise<Embedder> {
  const name = `transformers/${options.model}`;
  const { repo, pooling, folder, download, dimension, queryPrefix, timeoutMs } = options;
  const worker = new Worker(options.workerPath ?? join(__dirname, 'transformers.worker.cjs'), { workerData: { repo, pooling, folder: resolve(folder), download } });
  const waiting = new Map<number, Waiting>();
  let stopped: Error | null = null;
  let asked = 0;

  const opened = new Promise<void>((ready, failed) => {
    const stop = (error: Error): void => {
      stopped ??= error;
      failed(error);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    worker.on('error', (error) => { stop(unavailable(`${name} stopped: ${error.message}`, 'EMBEDDER_STOPPED', 60_000)); });
    worker.on('exit', () => { stop(unavailable(`${name} stopped`, 'EMBEDDER_STOPPED', 60_000)); });
    worker.on('message', (message: unknown) => {
      const reply = Reply.parse(message);
      if (reply.kind === 'ready') return ready();
      if (reply.kind === 'failed') return stop(missing(reply.missing, reply.message, options));
      const call = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (reply.kind === 'vectors') call?.resolve(reply.vectors);
      else call?.reject(unavailable(`${name} cannot embed: ${reply.message}`, 'EMBEDDING_ANSWER_INVALID', 60_000));
    });
  });
  const late = setTimeout(() => void worker.terminate(), LOAD_MS);
  try {
    await opened;
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    clearTimeout(late);
  }
  worker.unref();

  const ask = (texts: readonly string[], signal: AbortSignal): Promise<readonly unknown[]> =>
    new Promise((resolved, rejected) => {
      if (stopped !== null) return rejected(stopped);
      const id = (asked += 1);
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        waiting.delete(id);
      };
      const reject = (error: unknown): void => {
        end();
        rejected(error instanceof Error ? error : new Error(String(error)));
      };
      const abort = (): void => reject(signal.reason);
      const timer = setTimeout(() => reject(unavailable(`${name} did not answer within ${timeoutMs} ms`, 'MODEL_TIMEOUT', 5000)), timeoutMs);
      signal.addEventListener('abort', abort, { once: true });
      waiting.set(id, { reject, resolve: (vectors) => { end(); resolved(vectors); } });
      worker.postMessage({ id, texts });
    });

  return {
    model: name,
    dimension,
    semantic: true,
    async embed(texts, signal, { purpose } = {}) {
      signal.throwIfAborted();
      const prefix = purpose === 'query' ? queryPrefix : '';
      const vectors: number[][] = [];
      for (const batch of inBatches(texts.map((text) => prefix + presentable(text)), BATCH, MAX_BATCH)) {
        vectors.push(...checked(await ask(batch, signal), batch.length, name, dimension));
      }
      return vectors;
    },
    async close() {
      await worker.terminate();
    },
  };
}

function checked(answers: readonly unknown[], expected: number, name: string, dimension: number): number[][] {
  const vectors = z.array(vector).length(expected).safeParse(answers);
  if (!vectors.success) throw unavailable(`${name} gave no usable vectors`, 'EMBEDDING_ANSWER_INVALID', 60_000);
  const stray = vectors.data.find((numbers) => numbers.length !== dimension);
  if (stray !== undefined) throw unavailable(`${name} gave vectors of dimension ${stray.length} instead of ${dimension}`, 'EMBEDDING_DIMENSION_MISMATCH', 60_000);
  return vectors.data;
}

function missing(what: 'package' | 'model', message: string, { model, repo, folder, download }: TransformersOptions): GatewayError {
  if (what === 'package') {
    return unavailable(
      `CONTEXTIQ_EMBEDDING_MODEL=transformers/${model} needs the optional package @huggingface/transformers (\`npm install @huggingface/transformers\`): ${message}`,
      'TRANSFORMERS_MISSING',
    );
  }
  const advice = download ? 'it could not be fetched either' : 'put it there, or set CONTEXTIQ_TRANSFORMERS_DOWNLOAD=true to fetch it once';
  return unavailable(`the model ${repo} cannot be loaded from CONTEXTIQ_TRANSFORMERS_CACHE=${folder}; ${advice}: ${message}`, 'EMBEDDING_MODEL_MISSING');
}
