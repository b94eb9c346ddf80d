import { setTimeout as pause } from 'node:timers/promises';

const STEP_MS = 15;

/** Looks again and again until `look` gives something, and gives that back. @throws when `boundMs` have passed without */
export async function until<T>(what: string, look: () => Promise<T | null | false> | T | null | false, boundMs = 30_000): Promise<T> {
  for (const end = performance.now() + boundMs; ;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${boundMs} ms in vain: ${what}`);
    await pause(STEP_MS);
  }
}
