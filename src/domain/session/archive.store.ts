import type { Actor } from '../../kernel/actor';
import type { ArchivedEvent } from './event-body';

/** A session without a new event for long, with what is not archived of it. */
export interface QuietSession {
  readonly id: string;
  readonly fromSeq: number;
  readonly lastSeq: number;
}

export interface ArchiveBounds {
  readonly events: number;
  readonly bytes: number;
}

/** `unchanged`: the session went or got a new event; it is looked at again when it has been quiet. */
export type Archived = 'archived' | 'unchanged';

export interface ArchiveStore {
  /** Live sessions whose last change is `days` ago and that have events in rows, after `afterId`, in the order of their ids. */
  quiet(actor: Actor, days: number, afterId: string | null, limit: number): Promise<readonly QuietSession[]>;
  /** Events from `fromSeq` on that hold their own bodies, within the bounds, one at least; empty when there is none. */
  read(actor: Actor, session: QuietSession, fromSeq: number, bounds: ArchiveBounds): Promise<readonly ArchivedEvent[]>;
  /**
   * Writes the events into an object, reads it back, and takes their bodies out of their rows in one transaction that sees that
   * the session is as it was. @throws GatewayError UNAVAILABLE (OBJECTS_UNAVAILABLE)
   */
  replace(actor: Actor, session: QuietSession, events: readonly ArchivedEvent[]): Promise<Archived>;
  /** Everything up to `seq` is archived, or in objects of its own. */
  settle(actor: Actor, session: QuietSession, seq: number): Promise<void>;
}
