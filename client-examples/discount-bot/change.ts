import { appendEvent, ContextIQError, openSession, type ContextIQ, type EventInput, type Session } from '../typescript-client';

const MOST_ATTEMPTS = 100;

/**
 * Reads the session, decides by what it read, and appends only if nothing was appended meanwhile; else decides anew.
 * `decide` gives null when there is nothing to do. An event that is there already, by its id, was appended by someone else.
 * @returns the session as the decision left it
 */
export async function change(client: ContextIQ, sessionId: string, decide: (session: Session) => EventInput | null): Promise<Session> {
  for (let attempt = 1; ; attempt += 1) {
    const session = await openSession(client, sessionId);
    const event = decide(session);
    if (event === null) return session;
    try {
      await client.request(appendEvent, { sessionId, event, expectedVersion: session.version });
      return await openSession(client, sessionId);
    } catch (error) {
      if (!(error instanceof ContextIQError) || error.code !== 'CONFLICT' || attempt === MOST_ATTEMPTS) throw error;
      if (error.reason === 'ALREADY_EXISTS') return openSession(client, sessionId);
    }
  }
}
