import { setTimeout as pause } from 'node:timers/promises';
import { appendEvent, retrying, stateChanges, type ContextIQ } from '../typescript-client';
import { remindersOf, type Reminder } from './state';

/** Node's timers hold at most 24.8 days. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * Appends an event for each reminder when it is due, until the signal aborts. The reminder's id is the idempotency key and the
 * event takes the reminder out of the state: two schedulers, or one that starts anew, deliver each once.
 */
export async function schedule(client: ContextIQ, sessionId: string, signal: AbortSignal): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const deliveries = new Set<Promise<void>>();
  const start = (reminder: Reminder): void => {
    const delivery = deliver(client, sessionId, reminder, either).catch((error: unknown) => { if (!either.aborted) failure.abort(error); });
    deliveries.add(delivery);
    void delivery.then(() => deliveries.delete(delivery));
  };

  for await (const change of stateChanges(client, sessionId, either)) remindersOf(change).forEach(start);
  await Promise.all(deliveries);
  failure.signal.throwIfAborted();
}

async function deliver(client: ContextIQ, sessionId: string, { id, text, at }: Reminder, signal: AbortSignal): Promise<void> {
  for (let left = at.getTime() - Date.now(); left > 0; left = at.getTime() - Date.now()) await pause(Math.min(left, LONGEST_WAIT_MS), undefined, { signal });
  const event = { author: 'SYSTEM', authorName: 'reminder', text, actions: { stateDelta: { reminders: { [id]: null } } } } as const;
  await retrying(Number.POSITIVE_INFINITY, signal, () => client.request(appendEvent, { sessionId, event }, id));
}
