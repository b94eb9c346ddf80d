import type { Actor } from '../../kernel/actor';
import type { Logger } from '../../kernel/logger-type';
import type { JobOutbox } from '../../platform/queue/queue.port';
import type { Append, Appended, EventStore } from '../session/session.store';
import type { SummaryBounds } from './summary';

interface SummaryTriggerDeps {
  readonly events: Pick<EventStore, 'flush'>;
  readonly outbox: JobOutbox;
  readonly bounds: SummaryBounds;
  readonly logger: Logger;
}

/** Sessions whose tokens are being counted in this process. */
const MAX_COUNTED = 10_000;
/** Rather looked at too early: a token has seldom fewer characters. */
const CHARACTERS_PER_TOKEN = 3;

/**
 * Appends as `events` does, and asks for a look at sessions that may have outgrown their summary: each time another `bounds.events` / 3 came
 * beyond the bound, or as many characters as the bound has tokens. A look that is lost with the process comes with the next ones: it covers all.
 */
export function withSummaryTrigger({ events, outbox, bounds, logger }: SummaryTriggerDeps): Pick<EventStore, 'flush'> {
  if (bounds.events === 0) return events;
  const step = Math.max(1, Math.floor(bounds.events / 3));
  const characters = new Map<string, number>();

  const isDue = ({ actor, sessionId, events: drafts }: Append, appended: Appended): boolean => {
    const last = appended.events.at(-1)?.seq ?? 0;
    const key = `${actor.tenantId} ${sessionId}`;
    const length = (characters.get(key) ?? 0) + drafts.reduce((sum, { json }) => sum + json.content.length, 0);
    const isLong = length > bounds.tokens * CHARACTERS_PER_TOKEN;
    characters.delete(key);
    if (!isLong) characters.set(key, length);
    if (characters.size > MAX_COUNTED) characters.delete(characters.keys().next().value ?? '');
    return isLong || (last > bounds.events && Math.floor(last / step) > Math.floor((last - appended.events.length) / step));
  };

  const ask = async (actor: Actor, sessionId: string): Promise<void> => {
    await outbox.enqueue(actor, 'session.summary', { tenantId: actor.tenantId, sessionId });
  };

  return {
    async flush(appends) {
      const results = await events.flush(appends);
      const due = new Map<string, Append>();
      results.forEach((result, index) => {
        const append = appends[index];
        if (append !== undefined && !(result instanceof Error) && !result.replayed && isDue(append, result)) due.set(`${append.actor.tenantId} ${append.sessionId}`, append);
      });
      for (const { actor, sessionId } of due.values()) {
        // The events are durable whatever becomes of this.
        await ask(actor, sessionId).catch((error: unknown) => { logger.warn({ err: error, sessionId }, 'asking for a summary failed; later events ask again'); });
      }
      return results;
    },
  };
}
