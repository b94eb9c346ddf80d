import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../../kernel/actor';
import { GatewayError, unavailable } from '../../kernel/errors';
import type { Bus } from '../../platform/bus/bus.port';
import { isAnswered, taskBusTopic } from './a2a';
import type { A2AStore } from './a2a.store';

const MAX_WAITING = 1000;

/** Blocking calls of this process. What they wait for is in the database: whoever comes back asks for it again, anywhere. */
export interface A2AWaiting {
  /** @throws GatewayError UNAVAILABLE when too many calls wait already */
  requireRoom(): void;
  /** Resolves when the task is answered or gone, when `waitMs` are over, or when the process stops. */
  forAnswer(actor: Actor, taskId: string, waitMs: number): Promise<void>;
  /** Ends every wait, and those to come at once. */
  stop(): void;
}

interface A2AWaitingDeps {
  readonly a2a: Pick<A2AStore, 'getTasks'>;
  readonly bus: Bus;
}

export function createA2AWaiting({ a2a, bus }: A2AWaitingDeps): A2AWaiting {
  // A notice may be lost: each wait also looks by itself.
  const pollMs = bus.lossless ? 5000 : 1000;
  const stopping = new AbortController();
  let waiting = 0;

  const isOver = async (actor: Actor, taskId: string): Promise<boolean> => {
    try {
      const [task] = await a2a.getTasks(actor, [taskId]);
      return task === undefined || task === null || isAnswered(task.state);
    } catch (error) {
      // The database is busy or away for now: the next look may be answered.
      if (error instanceof GatewayError && error.code === 'UNAVAILABLE') return false;
      throw error;
    }
  };

  return {
    requireRoom() {
      if (waiting >= MAX_WAITING) throw unavailable('too many calls wait for answers, try again or do not wait', 'TOO_MANY_WAITING');
    },

    async forAnswer(actor, taskId, waitMs) {
      const deadline = performance.now() + waitMs;
      let notice = new AbortController();
      // Listen before looking: an answer that comes in between is then seen by the next look.
      const unlisten = bus.listen(taskBusTopic(actor.tenantId, taskId), () => { notice.abort(); });
      waiting += 1;
      try {
        while (!stopping.signal.aborted && performance.now() < deadline) {
          notice = new AbortController();
          if (await isOver(actor, taskId)) return;
          const left = Math.max(0, deadline - performance.now());
          await delay(Math.min(pollMs, left), undefined, { signal: AbortSignal.any([notice.signal, stopping.signal]) }).catch(() => undefined);
        }
      } finally {
        waiting -= 1;
        unlisten();
      }
    },

    stop() { stopping.abort(); },
  };
}
