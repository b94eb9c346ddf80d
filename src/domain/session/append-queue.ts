import { GatewayError, unavailable } from '../../kernel/errors';
import type { Append, Appended, EventStore } from './session.store';

const MAX_FLUSH_EVENTS = 500;
const MAX_FLUSH_BYTES = 4 * 1024 * 1024;
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Takes one caller's events; resolves once they are durable. */
export type AppendQueue = (append: Append) => Promise<Appended>;

interface Waiting {
  readonly append: Append;
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: appends that arrive while a flush is under way go out together in the next one, so a busy process
 * pays one transaction for many callers and an idle one waits for nobody. When a flush fails as a whole, its items are
 * tried one by one, so that a poisoned one fails alone; when the database cannot answer now, all of them fail at once.
 */
export function createAppendQueue(events: Pick<EventStore, 'flush'>): AppendQueue {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let flushing = false;

  async function run(): Promise<void> {
    flushing = true;
    // Callers of the same turn of the event loop share the first flush too.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = takeBatch();
      await flush(batch);
    }
    flushing = false;
  }

  function takeBatch(): Waiting[] {
    let count = 0;
    let bytes = 0;
    const keys = new Set<string>();
    let size = 0;
    for (const item of waiting) {
      count += item.append.events.length;
      bytes += item.bytes;
      const key = idempotencyKey(item.append);
      // Two appends with one idempotency key never share a flush: the second must see what the first left.
      if (size > 0 && (count > MAX_FLUSH_EVENTS || bytes > MAX_FLUSH_BYTES || (key !== null && keys.has(key)))) break;
      if (key !== null) keys.add(key);
      size += 1;
    }
    const batch = waiting.slice(0, size);
    waiting = waiting.slice(size);
    waitingBytes -= batch.reduce((sum, item) => sum + item.bytes, 0);
    return batch;
  }

  async function flush(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await events.flush(batch.map((item) => item.append));
      batch.forEach((item, index) => settle(item, results[index]));
    } catch (error) {
      const isBusy = error instanceof GatewayError && error.code === 'UNAVAILABLE';
      if (batch.length === 1 || isBusy) for (const item of batch) item.reject(error);
      else for (const item of batch) await flush([item]);
    }
  }

  return (append) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES) {
        reject(unavailable('too many appends are waiting, try again', 'APPEND_QUEUE_FULL'));
        return;
      }
      const bytes = append.events.reduce((sum, event) => sum + event.tsv.length + JSON.stringify(event.content).length, 0);
      waitingBytes += bytes;
      waiting.push({ append, bytes, resolve, reject });
      if (!flushing) void run();
    });
}

function settle(item: Waiting, result: Appended | Error | undefined): void {
  if (result === undefined || result instanceof Error) item.reject(result ?? new Error('a flush lost a result'));
  else item.resolve(result);
}

const idempotencyKey = ({ actor, idempotency }: Append): string | null =>
  idempotency === null ? null : JSON.stringify([actor.tenantId, actor.principalId, idempotency.field, idempotency.key]);
