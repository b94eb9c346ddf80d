import DataLoader from 'dataloader';
import type { App } from '../src/compose/app';
import type { Event } from '../src/domain/session/event';
import type { Session } from '../src/domain/session/session';
import type { Actor } from '../src/kernel/actor';

export interface Loaders {
  readonly session: DataLoader<string, Session | null>;
  readonly lastEvents: DataLoader<{ sessionId: string; last: number }, readonly Event[], string>;
}

/** One set per operation: it batches what one answer needs and outlives nothing. */
export function createLoaders(app: App, actor: Actor): Loaders {
  return {
    session: new DataLoader((ids) => app.sessions.getMany(actor, ids)),
    lastEvents: new DataLoader(
      async (keys) => {
        const last = Math.max(...keys.map((key) => key.last));
        const bySession = await app.events.readLast(actor, keys.map((key) => key.sessionId), last);
        return keys.map((key, index) => bySession[index]?.slice(-key.last) ?? []);
      },
      { cacheKeyFn: ({ sessionId, last }) => `${sessionId}:${last}`, maxBatchSize: 200 },
    ),
  };
}
