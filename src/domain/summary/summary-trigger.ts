import type { Actor } from '../../kernel/actor';
import type { Logger } from '../../kernel/logger-type';
import type { Transact } from '../../kernel/transact';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { Append, Appended, EventStore } from '../session/session.store';
import type { SummaryBounds } from './summary';

interface SummaryTriggerDeps {
  readonly outbox: JobOutbox;
  readonly bounds: SummaryBounds;
  readonly logger: Logger;
}

type Flusher = Pick<EventStore, 'flush'>;
type Due = readonly [key: string, ask: () => Promise<void>];

/**
 * Asks for a look at sessions that may have outgrown their summary: each time another `bounds.events` / 3 came beyond the bound, or as many
 * characters as the bound has tokens. No append waits for the asking. A look that is lost with the process comes with the next ones: it covers all.
 */
export interface SummaryTrigger {
  /** Appends as `events` does. */
  over(events: Flusher): Flusher;
  /** Transactions whose appends are looked at once they stand. */
  within<S extends { readonly events: Flusher }>(transact: Transact<S>): Transact<S>;
  /** Asks for the looks that are still due; later ones are not asked for by themselves. */
  stop(): Promise<void>;
}

/** Sessions whose tokens are being counted in this process, and those looked at lately. */
const MAX_COUNTED = 10_000;
/** Rather looked at too early: a token has seldom fewer characters. */
const CHARACTERS_PER_TOKEN = 3;
/** Between two looks at a session; what came meanwhile is looked at together. */
const APART_MS = 5000;

export function createSummaryTrigger({ outbox, bounds, logger }: SummaryTriggerDeps): SummaryTrigger {
  if (bounds.events === 0) return { over: (events) => events, within: (transact) => transact, stop: async () => undefined };
  const step = Math.max(1, Math.floor(bounds.events / 3));
  const characters = new Map<string, number>();
  /** By session: the next look, once another one is due. */
  const lately = new Map<string, { timer: NodeJS.Timeout; next: (() => Promise<void>) | null }>();
  let isStopped = false;

  const isDue = (key: string, { events: drafts }: Append, appended: Appended): boolean => {
    const last = appended.events.at(-1)?.seq ?? 0;
    const length = (characters.get(key) ?? 0) + drafts.reduce((sum, { json }) => sum + json.content.length, 0);
    const isLong = length > bounds.tokens * CHARACTERS_PER_TOKEN;
    characters.delete(key);
    if (!isLong) characters.set(key, length);
    if (characters.size > MAX_COUNTED) characters.delete(characters.keys().next().value ?? '');
    return isLong || (last > bounds.events && Math.floor(last / step) > Math.floor((last - appended.events.length) / step));
  };

  const ask = (actor: Actor, sessionId: string) => async (): Promise<void> => {
    await outbox.enqueue(actor, 'session.summary', { tenantId: actor.tenantId, sessionId })
      .catch((error: unknown) => { logger.warn({ err: error, sessionId }, 'asking for a summary failed; later events ask again'); });
  };

  const rest = (key: string): void => {
    const timer = setTimeout(() => {
      const next = lately.get(key)?.next;
      lately.delete(key);
      if (next) look(key, next);
    }, APART_MS).unref();
    lately.set(key, { timer, next: null });
  };
  const look = (key: string, asked: () => Promise<void>): void => {
    const before = lately.get(key);
    if (before) before.next = asked;
    else if (!isStopped) {
      if (lately.size < MAX_COUNTED) rest(key);
      void asked();
    }
  };

  const noting = (events: Flusher, note: (due: Due) => void): Flusher => ({
    async flush(appends) {
      const results = await events.flush(appends);
      results.forEach((result, index) => {
        const append = appends[index];
        if (append === undefined || result instanceof Error || result.replayed) return;
        const { actor, sessionId } = append;
        const key = `${actor.tenantId} ${sessionId}`;
        if (isDue(key, append, result)) note([key, ask(actor, sessionId)]);
      });
      return results;
    },
  });

  return {
    over: (events) => noting(events, (due) => { look(...due); }),

    within: (transact) => async (work) => {
      let noted: Due[] = [];
      const result = await transact((stores) => {
        noted = []; // of the attempt before, nothing stands
        return work({ ...stores, events: { ...stores.events, ...noting(stores.events, (due) => noted.push(due)) } });
      });
      for (const due of noted) look(...due);
      return result;
    },

    async stop() {
      isStopped = true;
      const due = [...lately.values()];
      lately.clear();
      await Promise.all(due.map(async ({ timer, next }) => {
        clearTimeout(timer);
        await next?.();
      }));
    },
  };
}
