import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { decodeConsistencyToken } from '../../kernel/consistency';
import { isTerminal, type Generation } from '../generation/generation';
import type { Degradation } from './recall';

export interface Visibility {
  /**
   * Waits until what the token stands for can be found by its words, at most `waitMs`; on time-out PENDING_WRITES is in
   * `degraded`. Words are indexed with their rows in one transaction, so only generations still at work are waited for.
   * @throws GatewayError BAD_USER_INPUT for a token that is malformed or another tenant's
   */
  wait(actor: Actor, token: string | null | undefined, waitMs: number): Promise<Seen>;
}

export interface Seen {
  readonly degraded: readonly Degradation[];
  /** Taken before the answer is read: everything committed by then is in it. */
  readonly indexedThrough: Date;
}

interface VisibilityDeps {
  /** The generation store satisfies it. */
  readonly generations: { getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Generation | null)[]> };
  readonly clock: Clock;
}

const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 250;

export function createVisibility({ generations, clock }: VisibilityDeps): Visibility {
  const settled = async (actor: Actor, ids: readonly string[]): Promise<boolean> =>
    (await generations.getMany(actor, ids)).every((generation) => generation === null || isSearchable(generation));

  return {
    async wait(actor, token, waitMs) {
      const ids = token === null || token === undefined ? [] : decodeConsistencyToken(token, actor.tenantId, 'input.waitFor').generations;
      const deadline = Date.now() + waitMs;
      let isSettled = ids.length === 0 || (await settled(actor, ids));
      for (let pause = FIRST_POLL_MS; !isSettled && Date.now() < deadline; pause = Math.min(LAST_POLL_MS, pause * 2)) {
        await delay(Math.min(pause, Math.max(1, deadline - Date.now())));
        isSettled = await settled(actor, ids);
      }
      return { degraded: isSettled ? [] : ['PENDING_WRITES'], indexedThrough: clock.now() };
    },
  };
}

/** From the embedding phase on, a generation's memories are there; only their vectors may be missing. */
const isSearchable = ({ status, phase }: Generation): boolean => isTerminal(status) || phase === 'EMBED' || phase === 'DONE';
