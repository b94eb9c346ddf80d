import DataLoader from 'dataloader';
import type { App } from '../src/compose/app';
import type { Memory } from '../src/domain/memory/memory';
import type { Event } from '../src/domain/session/event';
import type { Session } from '../src/domain/session/session';
import type { Actor } from '../src/kernel/actor';
import { isUuid } from '../src/kernel/ids';

export interface Loaders {
  readonly session: DataLoader<string, Session | null>;
  readonly memory: DataLoader<string, Memory | null>;
  readonly event: DataLoader<string, Event | null>;
  readonly lastEvents: DataLoader<{ sessionId: string; last: number }, readonly Event[], string>;
}

const MAX_BATCH = 200;

/** One set per operation: it batches what one answer needs and outlives nothing. */
export function createLoaders(app: App, actor: Actor): Loaders {
  return {
    session: byId((ids) => app.sessions.getMany(actor, ids)),
    memory: byId((ids) => app.memories.getMany(actor, ids)),
    event: byId((ids) => app.events.getMany(actor, ids)),
    lastEvents: new DataLoader(
      async (keys) => {
        const last = Math.max(...keys.map((key) => key.last));
        const bySession = await app.events.readLast(actor, keys.map((key) => key.sessionId), last);
        return keys.map((key, index) => bySession[index]?.slice(-key.last) ?? []);
      },
      { cacheKeyFn: ({ sessionId, last }) => `${sessionId}:${last}`, maxBatchSize: MAX_BATCH },
    ),
  };
}

/** What is no UUID is the id of nothing: it finds null without asking the database. */
function byId<T>(fetch: (ids: readonly string[]) => Promise<readonly (T | null)[]>): DataLoader<string, T | null> {
  return new DataLoader(
    async (ids) => {
      const real = ids.filter(isUuid);
      const found = real.length === 0 ? [] : await fetch(real);
      const byRealId = new Map(real.map((id, index) => [id, found[index] ?? null]));
      return ids.map((id) => byRealId.get(id) ?? null);
    },
    { maxBatchSize: MAX_BATCH },
  );
}
