const EVERY = 4;

/** Whose turn it is: by priority three times out of four, then by age alone, so that a stream of urgent jobs starves nothing. */
export function createTurns(): { next(): 'priority' | 'age' } {
  let turn = 0;
  return { next: () => ((turn = (turn + 1) % EVERY) === 0 ? 'age' : 'priority') };
}
