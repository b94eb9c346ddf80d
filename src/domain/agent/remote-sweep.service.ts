import type { Actor } from '../../kernel/actor';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { RemoteStore } from './remote.store';

export interface RemoteSweep {
  /** Asks for a look at up to `limit` agents of every tenant that are due for one. @returns how many */
  run(limit: number): Promise<number>;
}

interface RemoteSweepDeps {
  readonly transact: Transact<{ readonly remotes: RemoteStore; readonly outbox: JobOutbox }>;
  readonly actorOf: (tenantId: string) => Actor;
}

export const createRemoteSweep = ({ transact, actorOf }: RemoteSweepDeps): RemoteSweep => ({
  run: (limit) =>
    transact(async ({ remotes, outbox }) => {
      const due = await remotes.takeDue(limit);
      for (const { tenantId, agentId } of due) await outbox.enqueue(actorOf(tenantId), 'agent.card', { tenantId, agentId });
      return due.length;
    }),
});
