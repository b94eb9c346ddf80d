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
  readonly session: string;
  /** Of its idempotency; null without one. */
  readonly key: string | null;
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: appends that arrive while flushes are under way go out together in the next one, so a busy process
 * pays one transaction for many callers and an idle one waits for nobody. When a flush fails as a whole, its items are
 * tried one by one, so that a poisoned one fails alone; when the database cannot answer now, all of them fail at once.
 *
 * @param maxFlushes how many may be under way: with two, one is prepared and answered while the database works on the
 *   other. They never share a session or an idempotency key, so a session's appends stay in the order of their arrival.
 */
export function createAppendQueue(events: Pick<EventStore, 'flush'>, maxFlushes = 1): AppendQueue {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let flushes = 0;
  let isStarting = false;
  const busy = new Set<string>();

  function start(): void {
    if (isStarting || waiting.length === 0 || flushes >= maxFlushes) return;
    isStarting = true;
    // Callers of the same turn of the event loop share the flush.
    setImmediate(() => {
      isStarting = false;
      const batch = takeBatch();
      if (batch.length > 0) void run(batch);
    });
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    for (const { session, key } of batch) {
      busy.add(session);
      if (key !== null) busy.add(key);
    }
    flushes += 1;
    start();
    await flush(batch);
    flushes -= 1;
    for (const { session, key } of batch) {
      busy.delete(session);
      if (key !== null) busy.delete(key);
    }
    start();
  }

  function takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    const passedOver = new Set<string>();
    const keys = new Set<string>();
    let count = 0;
    let bytes = 0;
    let isFull = false;
    for (const item of waiting) {
      const { append, session, key } = item;
      isFull ||= batch.length > 0 && (count + append.events.length > MAX_FLUSH_EVENTS || bytes + item.bytes > MAX_FLUSH_BYTES);
      // Two appends with one idempotency key never share a flush: the second must see what the first left.
      const isHeld = busy.has(session) || passedOver.has(session) || (key !== null && (busy.has(key) || keys.has(key)));
      if (isFull || isHeld) {
        passedOver.add(session);
        rest.push(item);
        continue;
      }
      if (key !== null) keys.add(key);
      count += append.events.length;
      bytes += item.bytes;
      batch.push(item);
    }
    waiting = rest;
    waitingBytes -= bytes;
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
      const bytes = append.events.reduce((sum, event) => sum + event.tsv.length + event.json.content.length + event.json.actions.length, 0);
      waitingBytes += bytes;
      waiting.push({ append, session: sessionKey(append), key: idempotencyKey(append), bytes, resolve, reject });
      start();
    });
}

const sessionKey = ({ actor, sessionId }: Append): string => `session ${actor.tenantId} ${sessionId}`;

function settle(item: Waiting, result: Appended | Error | undefined): void {
  if (result === undefined || result instanceof Error) item.reject(result ?? new Error('a flush lost a result'));
  else item.resolve(result);
}

const idempotencyKey = ({ actor, idempotency }: Append): string | null =>
  idempotency === null ? null : JSON.stringify([actor.tenantId, actor.principalId, idempotency.field, idempotency.key]);
