import { GatewayError, unavailable } from '../../kernel/errors';
import type { Logger } from '../../kernel/logger-type';
import type { Metrics } from '../../kernel/metrics-type';
import type { ObjectStore } from '../../platform/objects/objects.port';
import type { ComponentState } from '../circuits';
import { outcomeOf, stopwatch } from './outcome';

/** Bodies are small; beyond this a caller is told to come again. */
const LIMIT_MS = 10_000;
const RETRY_MS = 1000;
const PROBE_MS = 5000;

export interface WatchedObjects {
  readonly objects: ObjectStore;
  state(): ComponentState;
  stop(): void;
}

/**
 * Counts what is asked of the store, gives up after ten seconds, and says UNAVAILABLE (OBJECTS_UNAVAILABLE) for whatever it fails with.
 * After a failure one call a second goes out, the others fail at once, and every five seconds it looks whether the store is back.
 */
export function watchObjects(objects: ObjectStore, metrics: Metrics, logger: Logger): WatchedObjects {
  let failure: string | null = null;
  const nextTry = new Map<string, number>();

  const ask = async <T>(operation: string, call: () => Promise<T>): Promise<T> => {
    if (failure !== null && performance.now() < (nextTry.get(operation) ?? 0)) throw away();
    nextTry.set(operation, performance.now() + RETRY_MS);
    const seconds = stopwatch();
    let outcome = 'ok';
    try {
      const answer = await within(LIMIT_MS, call());
      if (failure !== null) logger.info({}, 'the object store answers again');
      failure = null;
      return answer;
    } catch (error) {
      outcome = 'UNAVAILABLE';
      if (error instanceof GatewayError && error.code !== 'UNAVAILABLE') {
        outcome = outcomeOf(error);
        throw error;
      }
      if (failure === null) logger.warn({ err: error }, 'the object store does not answer');
      failure = 'it does not answer: large events and archived sessions wait for it';
      throw away();
    } finally {
      metrics.add('contextiq_object_operations_total', { operation, outcome });
      metrics.observe('contextiq_object_operation_duration_seconds', { operation }, seconds());
    }
  };

  const probe = setInterval(() => {
    if (failure !== null) ask('list', () => objects.list('tenant/', { after: null, limit: 1 })).catch(() => undefined);
  }, PROBE_MS);
  probe.unref();

  return {
    objects: {
      location: objects.location,
      put: (key, body, maxBytes) => ask('put', () => objects.put(key, body, maxBytes)),
      // What is read here is small, and read as a whole: so its time counts too, and what breaks off is a failure.
      get: (key, expected) => ask('get', async () => {
        const body = await objects.get(key, expected);
        return body === null ? null : held(body);
      }),
      list: (prefix, page) => ask('list', () => objects.list(prefix, page)),
      delete: (key) => ask('delete', () => objects.delete(key)),
    },
    state: () => (failure === null ? { state: 'up' } : { state: 'degraded', detail: failure }),
    stop: () => { clearInterval(probe); },
  };
}

const away = (): Error => unavailable('the object store does not answer, and a large event or an archived session needs it: try again', 'OBJECTS_UNAVAILABLE', PROBE_MS);

async function held(body: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return (async function* () { yield* chunks; })();
}

async function within<T>(limitMs: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new Error(`no answer within ${limitMs} ms`)); }, limitMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
