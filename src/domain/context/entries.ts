import type { JsonObject, JsonValue } from '../../kernel/json';
import type { Memory } from '../memory/memory';
import { excerptAround } from '../search/excerpt';
import type { RankingQuery } from '../search/query-planning';
import type { MemoryHit } from '../search/recall';
import { eventText, type Event, type EventAuthor } from '../session/event';
import { folded, type Entry } from './lines';

const MAX_STATE_VALUE = 400;
const SPEAKERS: Readonly<Record<EventAuthor, string>> = { USER: 'User', AGENT: 'Assistant', TOOL: 'Tool', SYSTEM: 'System' };

const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`);
const shown = (value: JsonValue): string => cut(folded(typeof value === 'string' ? value : JSON.stringify(value)), MAX_STATE_VALUE);

/** In the order of the keys, whatever order the database gives them in. */
export const stateEntries = (state: JsonObject, sessionId: string): Entry[] =>
  Object.entries(state)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({
      layer: 'WORKING', kind: 'STATE', mark: 's', id: key, memoryId: null, eventId: null, sessionId, seq: null,
      text: `${folded(key)}: ${shown(value)}`, score: null, why: key.startsWith('user:') ? 'preference of the user' : 'state of the session',
    }));

const memoryEntry = (memory: Memory, score: number | null, why: string): Entry => ({
  layer: 'SEMANTIC', kind: 'MEMORY', mark: 'm', id: memory.id, memoryId: memory.id, eventId: null, sessionId: memory.sessionId, seq: null,
  text: folded(memory.fact), score, why,
});

export const establishedEntry = (memory: Memory): Entry =>
  memoryEntry(memory, null, `established: stated ${memory.evidenceCount === 1 ? 'once' : `${memory.evidenceCount} times`}, confidence ${memory.confidence.toFixed(2)}`);

export const relatedEntry = ({ memory, score, explanation }: MemoryHit): Entry =>
  memoryEntry(memory, score, explanation.matchedWords.length > 0 ? `matches: ${explanation.matchedWords.join(', ')}` : (explanation.notes[0] ?? 'near in meaning'));

/** What the author said; not what a recall had put into the event. */
export const freshText = (event: Pick<Event, 'content'>): string =>
  eventText({ content: event.content.filter((part) => part.type !== 'text' || part.fromRecall !== true) }).trim();

export const speakerOf = ({ author, authorName }: Pick<Event, 'author' | 'authorName'>): string => authorName ?? SPEAKERS[author];

/** A turn of the current session, cut to about `maxLength` characters around what the query asks for. */
export const recentEntry = (event: Event, plan: RankingQuery, maxLength: number): Entry => ({
  layer: 'SENSORY', kind: 'EVENT', mark: 'e', id: event.id, memoryId: null, eventId: event.id, sessionId: event.sessionId, seq: event.seq,
  text: `${folded(speakerOf(event))}: ${folded(excerptAround(freshText(event), plan, maxLength))}`, score: null, why: 'one of the last turns',
});
