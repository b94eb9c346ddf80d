import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../client';

const TRIES = 8;
const LONGEST_MS = 15_000;
const MAY_PASS = ['UNAVAILABLE', 'RATE_LIMITED'];

/** Asks again, later and later, where the gateway is away or busy: every request of these tools may be repeated. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      const isFinal = error instanceof Refused ? !error.codes.every((code) => MAY_PASS.includes(code)) : !(error instanceof TypeError);
      if (isFinal || tried === TRIES) throw error;
      await pause(Math.min(LONGEST_MS, 250 * 2 ** tried));
    }
  }
}
