import { setImmediate as turn } from 'node:timers/promises';

/** Long computing lets others have their turn every so many milliseconds. */
const TURN_MS = 10;

/** Call it often: it costs next to nothing until others have waited. @throws the signal's reason once that is aborted */
export function createBreather(signal?: AbortSignal): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < TURN_MS) return undefined;
    return turn().then(() => {
      signal?.throwIfAborted();
      since = performance.now();
    });
  };
}
