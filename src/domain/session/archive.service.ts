import { randomUUID } from 'node:crypto';
import type { Actor } from '../../kernel/actor';
import type { LeaseStore } from '../generation/lease.store';
import type { ArchiveBounds, ArchiveStore, QuietSession } from './archive.store';

const LEASE = 'archive';
const LEASE_MS = 60_000;
const PAGE = 100;
/** One object: read as a whole by whoever needs one event of it. */
const BOUNDS: ArchiveBounds = { events: 500, bytes: 1024 * 1024 };

export interface ArchiveService {
  /**
   * Archives up to `limit` sessions that were quiet for `days`, unless another process does; ends after the present segment when
   * `signal` aborts. @returns how many events went
   */
  run(actor: Actor, days: number, limit: number, signal?: AbortSignal): Promise<number>;
}

interface ArchiveServiceDeps {
  readonly archives: ArchiveStore;
  readonly leases: LeaseStore;
}

export function createArchiveService({ archives, leases }: ArchiveServiceDeps): ArchiveService {
  const holder = randomUUID();

  /** Segment by segment, each committed for itself: what was cut off goes on behind it. */
  const archive = async (actor: Actor, session: QuietSession, goOn: () => Promise<boolean>): Promise<number> => {
    let archived = 0;
    for (let from = session.fromSeq; from <= session.lastSeq; ) {
      const events = await archives.read(actor, session, from, BOUNDS);
      const last = events.at(-1);
      if (last === undefined) break;
      if ((await archives.replace(actor, session, events)) === 'unchanged') return archived;
      archived += events.length;
      from = last.seq + 1;
      if (!(await goOn())) return archived;
    }
    await archives.settle(actor, session, session.lastSeq);
    return archived;
  };

  return {
    async run(actor, days, limit, signal) {
      const lease = await leases.acquire(actor, LEASE, holder, LEASE_MS);
      if (lease === null) return 0;
      const goOn = async (): Promise<boolean> => {
        await leases.renew(actor, lease, LEASE_MS);
        return signal?.aborted !== true;
      };
      try {
        let archived = 0;
        let after: string | null = null;
        for (let left = limit; left > 0; ) {
          const sessions: readonly QuietSession[] = await archives.quiet(actor, days, after, Math.min(PAGE, left));
          for (const session of sessions) {
            archived += await archive(actor, session, goOn);
            if (signal?.aborted === true) return archived;
          }
          after = sessions.at(-1)?.id ?? null;
          left -= sessions.length;
          if (after === null) break;
        }
        return archived;
      } finally {
        await leases.release(actor, lease);
      }
    },
  };
}
