import { randomInt } from 'node:crypto';

export interface Random {
  /** From 0 up to and without `below`. */
  int(below: number): number;
  chance(probability: number): boolean;
}

/** Mulberry32: the same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { int: (below) => Math.floor(next() * below), chance: (probability) => next() < probability };
}

/** Runs with a fresh seed (or the given one, to repeat a failure); a failure names the seed. */
export async function withSeed(run: (random: Random) => Promise<void>, seed = randomInt(2 ** 31)): Promise<void> {
  try {
    await run(seededRandom(seed));
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
