import { createHash } from 'node:crypto';

/** The same UUID for the same words: an event with an id of its own can be appended only once, whoever tries, for good. */
export function eventId(...words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  // Version 8: made up by whoever uses it.
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
