import { requireRole, type Actor } from '../../kernel/actor';
import type { Clock } from '../../kernel/clock';
import { badInput, notFound } from '../../kernel/errors';
import { isUuid } from '../../kernel/ids';
import type { JsonObject } from '../../kernel/json';
import type { IdempotencyKey } from '../idempotency/idempotency';
import type { AppendQueue } from './append-queue';
import type { Event, NewEvent } from './event';
import { draftEvent } from './event-draft';
import type { EventStore, Moment } from './session.store';
import { replayState } from './replay';

export const MAX_APPEND = 100;

export interface AppendOptions {
  /** Refuses with CONFLICT (VERSION_MISMATCH) unless the session is at this version. */
  readonly expectedVersion?: number | null;
  readonly idempotency?: IdempotencyKey | null;
  /** Path of the one event in the caller's input, for errors; `events.0`, `events.1` … unless given. */
  readonly field?: string;
}

export interface EventService {
  /** All of the events or none, durable and searchable when it resolves. @throws GatewayError NOT_FOUND, CONFLICT, BAD_USER_INPUT */
  append(actor: Actor, sessionId: string, events: readonly NewEvent[], options?: AppendOptions): Promise<readonly Event[]>;
  /** Changes the state by a merge patch, recorded as an event so that it can be replayed. */
  patchState(actor: Actor, sessionId: string, patch: JsonObject, options?: AppendOptions): Promise<Event>;
  readRange(actor: Actor, sessionId: string, fromSeq: number, limit: number): Promise<Event[]>;
  /** The same of each session, in the order of `sessionIds`, in one statement. */
  readRanges(actor: Actor, sessionIds: readonly string[], fromSeq: number, limit: number): Promise<readonly Event[][]>;
  readLast(actor: Actor, sessionIds: readonly string[], last: number): Promise<readonly Event[][]>;
  getMany(actor: Actor, ids: readonly string[]): Promise<readonly (Event | null)[]>;
  /** The session's own keys as they stood after the event `seq` (0: before the first). @throws GatewayError NOT_FOUND */
  stateAt(actor: Actor, sessionId: string, seq: number): Promise<JsonObject>;
  /** The same after the newest event that had been appended and had happened by then; null when the session was not there. */
  stateAsOf(actor: Actor, sessionId: string, asOf: Moment): Promise<JsonObject | null>;
}

interface EventServiceDeps {
  readonly events: EventStore;
  readonly append: AppendQueue;
  readonly clock: Clock;
}

export function createEventService({ events, append, clock }: EventServiceDeps): EventService {
  const appendAll: EventService['append'] = async (actor, sessionId, newEvents, options = {}) => {
    requireRole(actor, 'writer');
    if (!isUuid(sessionId)) throw notFound('session', sessionId);
    if (newEvents.length === 0 || newEvents.length > MAX_APPEND) {
      throw badInput('events', `an append has 1 to ${MAX_APPEND} events`);
    }
    const now = clock.now();
    const { events: appended } = await append({
      actor,
      sessionId: sessionId.toLowerCase(),
      events: newEvents.map((event, index) => draftEvent(event, options.field ?? `events.${index}`, now)),
      expectedVersion: options.expectedVersion ?? null,
      idempotency: options.idempotency ?? null,
    });
    return appended;
  };

  return {
    append: appendAll,

    async patchState(actor, sessionId, patch, options) {
      const [event] = await appendAll(actor, sessionId, [{ author: 'SYSTEM', actions: { stateDelta: patch } }], { ...options, field: 'patch' });
      if (event === undefined) throw new Error('an append returned nothing');
      return event;
    },

    readRange: async (actor, sessionId, fromSeq, limit) => {
      requireRole(actor, 'reader');
      return isUuid(sessionId) ? events.readRange(actor, sessionId, fromSeq, limit) : [];
    },
    readRanges: async (actor, sessionIds, fromSeq, limit) => {
      requireRole(actor, 'reader');
      return events.readRanges(actor, sessionIds, fromSeq, limit);
    },
    readLast: async (actor, sessionIds, last) => {
      requireRole(actor, 'reader');
      return events.readLast(actor, sessionIds, last);
    },
    getMany: async (actor, ids) => {
      requireRole(actor, 'reader');
      return events.getMany(actor, ids);
    },

    async stateAt(actor, sessionId, seq) {
      requireRole(actor, 'reader');
      const state = isUuid(sessionId) ? await replayState(events, actor, sessionId, seq) : null;
      if (state === null) throw notFound('session', sessionId);
      return state;
    },

    async stateAsOf(actor, sessionId, asOf) {
      requireRole(actor, 'reader');
      const seq = isUuid(sessionId) ? await events.seqAsOf(actor, sessionId, asOf) : null;
      return seq === null ? null : replayState(events, actor, sessionId, seq);
    },
  };
}
