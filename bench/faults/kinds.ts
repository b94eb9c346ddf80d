import type { Random } from '../../src/testing/e2e/random';
import { SIZE, type Fleet } from './fleet';

interface Kind {
  /** Of two hundred faults. */
  readonly share: number;
  /** Resolves once what was hit stands again; the load meanwhile goes on. */
  hit(fleet: Fleet, random: Random): Promise<void>;
}

export const KINDS: Readonly<Record<string, Kind>> = {
  workerKilled: { share: 44, hit: (fleet, random) => fleet.restart('worker', random.int(SIZE)) },
  gatewayKilled: { share: 42, hit: (fleet, random) => fleet.restart('gateway', random.int(SIZE)) },
  brokerKilled: { share: 14, hit: async ({ rabbit }) => { await rabbit.kill(); await rabbit.start(); } },
  brokerConnectionsClosed: { share: 30, hit: async ({ rabbit }) => { await rabbit.control('close_all_connections', 'a fault of the run'); } },
  redisRestarted: { share: 30, hit: async ({ redis }) => { await redis.kill(); await redis.start(); } },
  postgresStopped: { share: 24, hit: async ({ postgres }) => { await postgres.stop('SIGQUIT'); await postgres.start(); } },
  postmasterKilled: { share: 16, hit: async ({ postgres }) => { await postgres.stop('SIGKILL'); await postgres.start(); } },
};

const TOTAL_SHARE = Object.values(KINDS).reduce((sum, { share }) => sum + share, 0);

/** So many faults in an order of chance, every kind by its share and at least once. */
export function deal(count: number, random: Random): string[] {
  const deck = Object.entries(KINDS).flatMap(([name, { share }]) => Array.from({ length: Math.max(1, Math.round((share * count) / TOTAL_SHARE)) }, () => name));
  for (let n = deck.length - 1; n > 0; n -= 1) {
    const other = random.int(n + 1);
    [deck[n], deck[other]] = [deck[other] ?? '', deck[n] ?? ''];
  }
  return deck;
}
