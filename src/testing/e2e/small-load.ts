import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient, type ApiClient } from './client';
import { newSession } from './memories';

const APPEND = 'mutation($sessionId: ID!, $text: String!) { appendEvent(sessionId: $sessionId, event: { author: USER, text: $text }) { id } }';
const WRITERS = 3;
/** What is told from memory would come thousands of times a second. */
const PAUSE_MS = 2;
const READ = 'query($id: ID!) { session(id: $id) { id } }';

interface Reply {
  readonly kind: 'write' | 'read';
  readonly ms: number;
  /** Its first error; null for an answer. */
  readonly error: { readonly code: string; readonly reason: string; readonly retryAfterMs: number } | null;
  readonly degraded: readonly string[];
}

export interface SmallLoad {
  /** All so far, in the order in which they came. */
  readonly replies: readonly Reply[];
  /** Stops, and reads every session to its end. @throws Error when something that was acknowledged is not there, or twice */
  stop(): Promise<void>;
  /** Stops without looking: for a test that failed. */
  halt(): void;
}

/** Writers that append one event after the other, each to its own session, and a reader. They try on through every refusal. */
export async function startSmallLoad(url: string): Promise<SmallLoad> {
  const api = createApiClient(url);
  const sessions = await Promise.all(Array.from({ length: WRITERS }, () => newSession(api, { userId: 'ada' })));
  const replies: Reply[] = [];
  let stopped = false;

  const send = async (kind: Reply['kind'], query: string, variables: object): Promise<boolean> => {
    const started = performance.now();
    const { body } = await api.send(query, variables);
    const ms = performance.now() - started;
    const extensions = body.errors?.[0]?.extensions;
    await pause(PAUSE_MS);
    replies.push({ kind, ms, error: extensions ?? null, degraded: body.extensions?.degraded ?? [] });
    return extensions === undefined;
  };

  const write = async (sessionId: string): Promise<string[]> => {
    const acknowledged: string[] = [];
    for (let n = 0; !stopped; n += 1) {
      const text = `${sessionId} says ${n}`;
      if (await send('write', APPEND, { sessionId, text })) acknowledged.push(text);
    }
    return acknowledged;
  };
  const read = async (): Promise<void> => {
    for (let n = 0; !stopped; n += 1) await send('read', READ, { id: sessions[n % sessions.length] });
  };
  const reading = read();
  const writing = sessions.map(write);

  return {
    replies,
    halt: () => void (stopped = true),
    async stop() {
      stopped = true;
      await reading;
      for (const [at, sessionId] of sessions.entries()) {
        const acknowledged = (await writing[at]) ?? [];
        const texts = await textsOf(api, sessionId);
        const times = new Map<string, number>();
        for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
        const wrong = [...acknowledged.filter((text) => times.get(text) !== 1), ...[...times].flatMap(([text, count]) => (count > 1 ? [text] : []))];
        if (wrong.length > 0) throw new Error(`acknowledged and not there, or twice: ${wrong.join('; ')}`);
      }
    },
  };
}

async function textsOf(api: ApiClient, id: string): Promise<string[]> {
  const texts: string[] = [];
  for (let after: string | null = null; ;) {
    const { session } = await api.ask('query($id: ID!, $after: String) { session(id: $id) { eventsConnection(first: 200, after: $after) { nodes { content { text } } pageInfo { hasNextPage endCursor } } } }', { id, after });
    const { nodes, pageInfo } = session.eventsConnection;
    for (const { content } of nodes) texts.push(content[0].text);
    if (!pageInfo.hasNextPage) return texts;
    after = pageInfo.endCursor;
  }
}
