import type { Database } from './database-type';
import { poolOf } from './pool-of';

export interface PoolState {
  readonly busy: number;
  readonly idle: number;
  /** Callers in line. */
  readonly waiting: number;
}

export function poolState({ dataSource }: Pick<Database, 'dataSource'>): PoolState {
  const { totalCount, idleCount, waitingCount } = poolOf(dataSource);
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}
