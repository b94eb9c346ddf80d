import type { Actor } from '../../kernel/actor';
import type { Transact } from '../../kernel/transact';
import type { FeedStore } from '../feed/feed';
import { tellTask } from './a2a-telling';
import type { A2AStore } from './a2a.store';

export interface A2ASweep {
  /** Fails up to `limit` overdue tasks of every tenant. @returns how many */
  run(limit: number): Promise<number>;
}

interface Stores {
  readonly a2a: Pick<A2AStore, 'timeOut'>;
  readonly feed: FeedStore;
}

/** Nothing but the database says when a task is due: whichever gateway lives then tells of it, once. */
export const createA2ASweep = ({ transact, actorOf }: { transact: Transact<Stores>; actorOf: (tenantId: string) => Actor }): A2ASweep => ({
  run: (limit) =>
    transact(async ({ a2a, feed }) => {
      const overdue = await a2a.timeOut(limit);
      for (const { tenantId, task } of overdue) await tellTask(feed, actorOf(tenantId), [task]);
      return overdue.length;
    }),
});
