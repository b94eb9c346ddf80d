import type { ContextIQ } from './client';
import { readSession, sessionEvents, type Json, type JsonObject, type Session } from './operations';

/** @throws Error when there is no such session */
export async function openSession(client: ContextIQ, id: string): Promise<Session> {
  const { session } = await client.request(readSession, { id });
  if (session === null) throw new Error(`there is no session ${id}`);
  return session;
}

/**
 * The session's state as it stands, then each change to it as a merge patch (RFC 7396), until the signal aborts. One read gives the
 * state and the event it stands at, so that a program which keeps what it knows in the state may be restarted at any time.
 */
export async function* stateChanges(client: ContextIQ, sessionId: string, signal: AbortSignal): AsyncGenerator<JsonObject, void> {
  const { state, lastSeq } = await openSession(client, sessionId);
  yield state;
  for await (const { event } of client.subscribe(sessionEvents, { sessionId }, { after: String(lastSeq), signal })) yield event.actions.stateDelta ?? {};
}

/** The object under a key of the state; empty when there is none. */
export const objectAt = (state: JsonObject, key: string): JsonObject => (isObject(state[key]) ? state[key] : {});

export const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
