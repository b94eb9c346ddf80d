import { requireRole, type Actor } from '../../kernel/actor';
import { badInput, notFound } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import { canonicalJson } from '../../kernel/json';
import type { ObjectCache } from '../../platform/cache/object-cache.port';
import type { VersionStore } from '../search/version.store';
import type { Event } from './event';

const MAX_TURNS = 50;
const DEFAULT_TURNS = 10;

export interface KeptTurns {
  readonly version: string;
  /** The newest 50, ascending by seq. */
  readonly events: readonly Event[];
}

export interface SensoryBuffer {
  /** The last events of a session, ascending by seq: from this process's memory while nothing was written to it. @throws GatewayError NOT_FOUND, BAD_USER_INPUT */
  read(actor: Actor, sessionId: string, last?: number | null): Promise<readonly Event[]>;
}

interface SensoryBufferDeps {
  readonly versions: Pick<VersionStore, 'ofSessions'>;
  /** The event store satisfies it. */
  readonly reader: { readLast(actor: Actor, sessionIds: readonly string[], last: number): Promise<readonly Event[][]> };
  /** Null keeps none. */
  readonly kept: ObjectCache<KeptTurns> | null;
}

/** What parsed JSON takes for each character of its text, rather more. */
const BYTES_PER_CHARACTER = 4;

export function createSensoryBuffer({ versions, reader, kept }: SensoryBufferDeps): SensoryBuffer {
  return {
    async read(actor, sessionId, last) {
      requireRole(actor, 'reader');
      const turns = last ?? DEFAULT_TURNS;
      if (!Number.isInteger(turns) || turns < 1 || turns > MAX_TURNS) throw badInput('last', `last is a whole number from 1 to ${MAX_TURNS}`);
      // Also tells whether the actor may see it, now. Events that are newer than it are only read again next time.
      const [now = null] = isUuid(sessionId) ? await versions.ofSessions(actor, [sessionId]) : [];
      if (now === null) throw notFound('session', sessionId.slice(0, 100));
      const key = `${actor.tenantId}:${actor.scopeLimits.map(canonicalJson).sort().join()}:${sessionId.toLowerCase()}`;
      const entry = kept?.get(key) ?? null;
      if (entry?.version === now.version) return entry.events.slice(-turns);
      const [events = []] = await reader.readLast(actor, [sessionId], MAX_TURNS);
      kept?.set(key, { version: now.version, events }, BYTES_PER_CHARACTER * JSON.stringify(events).length);
      return events.slice(-turns);
    },
  };
}
