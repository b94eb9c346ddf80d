import type { Actor } from '../../kernel/actor';
import { notFound } from '../../kernel/errors';
import type { AppendQueue } from './append-queue';
import type { EventDraft, EventStore } from './session.store';

export interface PayloadStore {
  /** Puts bodies above the bound into objects; the drafts come back with their keys. @throws GatewayError UNAVAILABLE (OBJECTS_UNAVAILABLE) */
  keep(actor: Actor, drafts: readonly EventDraft[]): Promise<readonly EventDraft[]>;
}

/**
 * Large bodies go to their objects before the append takes its place in the queue: a slow store holds up nobody else, and a row
 * never refers to an object that is not there. What came of it when the append fails is swept.
 */
export function createLargeAppend(append: AppendQueue, payloads: PayloadStore, events: Pick<EventStore, 'getMany'>): AppendQueue {
  return async (item) => {
    const appended = await append({ ...item, events: await payloads.keep(item.actor, item.events) });
    if (appended.incomplete !== true) return appended;
    const read = await events.getMany(item.actor, appended.events.map(({ id }) => id));
    const whole = read.filter((event) => event !== null);
    if (whole.length < read.length) throw notFound('session', item.sessionId);
    return { events: whole, replayed: appended.replayed };
  };
}
