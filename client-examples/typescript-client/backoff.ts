import { setTimeout as pause } from 'node:timers/promises';
import { ContextIQError, mayPass } from './errors';

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Doubles with each failure, half of it random, so that clients of a gateway that restarts do not come back all at once. */
export async function backOff(failures: number, signal: AbortSignal, atLeastMs = 0): Promise<void> {
  const ms = Math.min(FIRST_MS * 2 ** failures, LONGEST_MS);
  await pause(Math.max(atLeastMs, ms / 2 + (Math.random() * ms) / 2), undefined, { signal });
}

/** Tries until it works. @throws what cannot pass at once, and what did not pass after so many attempts */
export async function retrying<T>(attempts: number, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !mayPass(error) || failures + 1 >= attempts) throw error;
      await backOff(failures, signal, (error instanceof ContextIQError ? error.retryAfterMs : null) ?? 0);
    }
  }
}
