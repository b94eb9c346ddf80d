import type { Cache, CacheObserver } from './cache.port';
import type { CheckedCache } from './checked-cache.port';
import { open, seal } from './sealed';

export interface CheckedCacheOptions {
  readonly near: Cache;
  readonly shared: Cache | null;
  readonly observer: CacheObserver;
}

/** From the making of an answer, however often it is asked for. That it holds does not hang on this: it is checked at each read. */
const TTL_MS = 600_000;
/** A moment of checking is noted anew when the one on record is older. */
const NOTE_AFTER_MS = 1000;

interface Entry {
  readonly version: string;
  readonly madeAt: number;
  /** When it was last known to hold. */
  readonly heldAt: number;
  readonly value: string;
}

/**
 * The near level keeps text and version side by side. In the shared one a text is encrypted with the version it was made from, which
 * only the database knows: a write to the pool takes the key away from all that was kept before, whoever may read the server or its dumps.
 */
export function createCheckedCache({ near, shared, observer }: CheckedCacheOptions): CheckedCache {
  const keep = (key: string, version: string, madeAt: number, value: string): Promise<void> =>
    near.set(key, `${version} ${madeAt} ${Date.now()} ${value}`, madeAt + TTL_MS - Date.now());

  const fromNear = async (key: string, version: string): Promise<string | null> => {
    const entry = parse(await near.get(key));
    if (entry === null) return tell('L1', 'miss');
    if (entry.version !== version) return tell('L1', 'stale');
    tell('L1', 'hit');
    if (Date.now() - entry.heldAt > NOTE_AFTER_MS) await keep(key, version, entry.madeAt, entry.value);
    return entry.value;
  };

  const fromShared = async (key: string, version: string): Promise<string | null> => {
    if (shared === null) return null;
    const kept = await shared.get(key);
    if (kept === null) return tell('L2', 'miss');
    const opened = open(kept, key, version);
    if (opened === null) return tell('L2', 'stale');
    tell('L2', 'hit');
    const [madeAt, value] = cut(opened);
    await keep(key, version, Number(madeAt), value);
    return value;
  };

  function tell(level: 'L1' | 'L2', result: 'hit' | 'miss' | 'stale'): null {
    observer.looked(level, result);
    return null;
  }

  return {
    get: async (key, version) => (await fromNear(key, version)) ?? fromShared(key, version),
    async set(key, version, value) {
      const madeAt = Date.now();
      await keep(key, version, madeAt, value);
      // Nobody waits for the shared level: it never rejects, and an entry that comes late is a miss until then.
      if (shared !== null) void shared.set(key, seal(`${madeAt} ${value}`, key, version), TTL_MS);
    },
    async last(key) {
      const entry = parse(await near.get(key));
      return entry === null ? null : { value: entry.value, at: new Date(entry.heldAt) };
    },
  };
}

/** Before and after the first space. */
function cut(text: string): [string, string] {
  const end = text.indexOf(' ');
  return [text.slice(0, end), text.slice(end + 1)];
}

function parse(kept: string | null): Entry | null {
  if (kept === null) return null;
  const [version, dated] = cut(kept);
  const [madeAt, held] = cut(dated);
  const [heldAt, value] = cut(held);
  return { version, madeAt: Number(madeAt), heldAt: Number(heldAt), value };
}
