import { appendEvent, createMemory, openSession, sessionEvents, textOf, type ContextIQ, type Event, type JsonObject, type Session } from '../typescript-client';
import { understand, type Intent } from './intent';
import { answeredOf } from './state';

/**
 * Answers what the user says in this session until the signal aborts, first what was said while nobody listened.
 * All it knows is in the session's state, so it may be killed, restarted and run twice at any time.
 */
export async function assist(client: ContextIQ, sessionId: string, signal: AbortSignal): Promise<void> {
  const session = await openSession(client, sessionId);
  for await (const { event } of client.subscribe(sessionEvents, { sessionId }, { after: String(answeredOf(session)), signal })) {
    if (event.author === 'USER') await answer(client, session, event);
  }
}

/** Memory first, then the reply that marks the request as answered: whoever starts again after a crash repeats both, and both keys hold. */
async function answer(client: ContextIQ, { id: sessionId, userId }: Session, said: Event): Promise<void> {
  const { id, seq } = said;
  const { text, delta, fact } = outcome(understand(textOf(said), new Date(said.occurredAt)), id);
  if (fact !== null) await client.request(createMemory, { input: { scope: { user_id: userId }, fact: `${userId} ${fact}`, metadata: { eventId: id } } }, `memory:${id}`);
  await client.request(appendEvent, { sessionId, event: { author: 'AGENT', authorName: 'assistant', text, actions: { stateDelta: { ...delta, answered: seq } } } }, `reply:${id}`);
}

interface Outcome {
  readonly text: string;
  readonly delta: JsonObject;
  readonly fact: string | null;
}

function outcome(intent: Intent | null, id: string): Outcome {
  switch (intent?.kind) {
    case 'reminder': {
      const at = intent.at.toISOString();
      return { text: `I will remind you on ${when(intent.at)}: ${intent.text}.`, delta: { reminders: { [id]: { text: intent.text, at } } }, fact: `asked to be reminded on ${when(intent.at)}: ${intent.text}.` };
    }
    case 'calendar': {
      const at = intent.at.toISOString();
      return { text: `In your calendar on ${when(intent.at)}: ${intent.title}.`, delta: { calendar: { [id]: { title: intent.title, at } } }, fact: `has this in the calendar on ${when(intent.at)}: ${intent.title}.` };
    }
    case 'list':
      return { text: `On your ${intent.list} list: ${intent.item}.`, delta: { lists: { [intent.list]: { [id]: intent.item } } }, fact: `put ${intent.item} on the ${intent.list} list.` };
    case 'unclear':
      return { text: intent.question, delta: {}, fact: null };
    case undefined:
      return { text: 'I do reminders, lists and the calendar. Try “remind me to stretch in ten minutes”.', delta: {}, fact: null };
  }
}

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
const when = (at: Date): string => `${FORMAT.format(at)} UTC`;
