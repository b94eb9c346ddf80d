import { GatewayError } from '../../kernel/errors';
import type { ContentPart, Event, EventActions } from './event';

/** The heavy part of an event: what may stand in an object in place of its row. */
export interface EventBody {
  readonly content: readonly ContentPart[];
  readonly actions: EventActions;
}

/** Where a body is, for the row that no longer holds it. */
export interface OutsideBody {
  readonly key: string;
  /** As much of the text as ranking looks at: a search need not fetch the rest. */
  readonly excerpt: string;
}

/** Which body of which object: a row's number in its session and the object's key, null for a row that holds its own. */
export interface BodyReference {
  readonly seq: number;
  readonly key: string | null;
}

/** A body as it was read, with the text that ranking sees. */
export interface StoredBody extends EventBody {
  readonly text: string;
}

export interface EventBodies {
  /**
   * In the order of `references`, null for those without a key; all of them or none.
   * @throws GatewayError UNAVAILABLE (OBJECTS_UNAVAILABLE), ObjectGone
   */
  load(tenantId: string, references: readonly BodyReference[]): Promise<readonly (StoredBody | null)[]>;
}

/** A row refers to an object that is not there: its session was just deleted, or somebody removed it behind our back. */
export class ObjectGone extends GatewayError {
  constructor(key: string) {
    super('INTERNAL_SERVER_ERROR', `the object ${key} is missing`, { reason: 'OBJECT_MISSING' });
  }
}

export const areObjectsAway = (error: unknown): boolean => error instanceof GatewayError && error.details.reason === 'OBJECTS_UNAVAILABLE';

/** An event as a line of an archive; `text` is what search sees of it. */
export interface ArchivedEvent extends Event {
  readonly text: string;
}
