import type { Actor } from '../../kernel/actor';
import type { JsonObject } from '../../kernel/json';
import type { EventStore } from './session.store';
import { applyPatch } from './state';

const DELTA_PAGE = 1000;

/** The session's own keys as they stood after the event `seq` (0: before the first); null when there is no such session. */
export async function replayState(events: Pick<EventStore, 'initialState' | 'deltas'>, actor: Actor, sessionId: string, seq: number): Promise<JsonObject | null> {
  let state = await events.initialState(actor, sessionId);
  if (state === null) return null;
  for (let after = 0; ; ) {
    const page = await events.deltas(actor, sessionId, after, seq, DELTA_PAGE);
    for (const { seq: at, delta } of page) {
      state = applyPatch(state, delta);
      after = at;
    }
    if (page.length < DELTA_PAGE) return state;
  }
}
