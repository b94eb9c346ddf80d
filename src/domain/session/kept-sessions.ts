import type { Actor } from '../../kernel/actor';
import { isDatabaseDown } from '../../kernel/errors';
import { canonicalJson } from '../../kernel/json';
import type { CacheObserver } from '../../platform/cache/cache.port';
import type { ObjectCache } from '../../platform/cache/object-cache.port';
import type { VersionStore } from '../search/version.store';
import type { Session } from './session';
import type { SessionStore } from './session.store';

export interface KeptSession {
  readonly session: Session;
  /** Of the session and all the state that it shows; null when it was read without asking for it. */
  readonly version: string | null;
  /** Characters of JSON. */
  readonly size: number;
  readonly at: Date;
}

interface KeptSessionsDeps {
  readonly sessions: Pick<SessionStore, 'getMany'>;
  readonly versions: Pick<VersionStore, 'ofSessions'>;
  readonly kept: ObjectCache<KeptSession>;
  readonly observer: CacheObserver;
}

/** From here on a version is read for less than half of what the session costs; smaller ones are read as they are (docs/decisions.md). */
const HEAVY = 16 * 1024;
/** What parsed JSON takes for each character of its text, rather more. */
const BYTES_PER_CHARACTER = 4;
const OVERHEAD = 1024;

/**
 * Reads heavy sessions only when their version, read in the same call, is not that of what is kept. While the database is away, as this
 * process read them last for the same authority, with `knownAt`.
 */
export function createKeptSessions({ sessions, versions, kept, observer }: KeptSessionsDeps): Pick<SessionStore, 'getMany'> {
  const keyOf = (actor: Actor, id: string): string =>
    `${actor.tenantId}:${actor.scopeLimits.map(canonicalJson).sort().join()}:${id.toLowerCase()}`;

  const keep = (actor: Actor, session: Session, version: string | null): void => {
    const size = JSON.stringify(session.state).length;
    kept.set(keyOf(actor, session.id), { session, version, size, at: new Date() }, OVERHEAD + BYTES_PER_CHARACTER * size);
  };

  const read = async (actor: Actor, ids: readonly string[], versionOf: (at: number) => string | null): Promise<readonly (Session | null)[]> => {
    if (ids.length === 0) return [];
    const found = await sessions.getMany(actor, ids);
    found.forEach((session, at) => { if (session !== null) keep(actor, session, versionOf(at)); });
    return found;
  };

  /** @throws `error` when one of them was never read */
  const lastKnown = (actor: Actor, ids: readonly string[], error: unknown): Session[] =>
    ids.map((id) => {
      const entry = kept.get(keyOf(actor, id));
      if (entry === null) throw error;
      return { ...entry.session, knownAt: entry.at };
    });

  const getMany = async (actor: Actor, ids: readonly string[]): Promise<readonly (Session | null)[]> => {
    const entries = ids.map((id) => kept.get(keyOf(actor, id)));
    const heavy = ids.filter((_, at) => (entries[at]?.size ?? 0) >= HEAVY);
    if (heavy.length === 0) return read(actor, ids, () => null);

    // Read before the sessions themselves: one that is newer than its version is only read again next time.
    const now = await versions.ofSessions(actor, heavy);
    const versionOf = new Map(heavy.map((id, at) => [id, now[at]?.version ?? null]));
    const answers = ids.map((id, at): Session | null => {
      const entry = entries[at];
      const version = versionOf.get(id);
      if (entry === null || entry === undefined || version === undefined) return null;
      const holds = version !== null && entry.version === version;
      observer.looked('L1', holds ? 'hit' : 'stale');
      return holds ? entry.session : null;
    });
    const missing = ids.filter((_, at) => answers[at] === null);
    const rest = await read(actor, missing, (at) => versionOf.get(missing[at] ?? '') ?? null);
    let next = 0;
    return answers.map((answer) => answer ?? rest[next++] ?? null);
  };

  return {
    async getMany(actor, ids) {
      try {
        return await getMany(actor, ids);
      } catch (error) {
        if (isDatabaseDown(error)) return lastKnown(actor, ids, error);
        throw error;
      }
    },
  };
}
