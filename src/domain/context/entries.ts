import type { JsonObject, JsonValue } from '../../kernel/json';
import type { Memory } from '../memory/memory';
import { excerptAround } from '../search/excerpt';
import type { RankingQuery } from '../search/query-planning';
import type { Explanation, MemoryHit, PassageHit } from '../search/recall';
import type { Event } from '../session/event';
import { freshText, speakerOf } from '../session/spoken';
import type { Summary } from '../summary/summary';
import { cut, folded, type Entry } from './lines';

const MAX_STATE_VALUE = 400;

const shown = (value: JsonValue): string => cut(folded(typeof value === 'string' ? value : JSON.stringify(value)), MAX_STATE_VALUE);

type Scores = Pick<Entry, 'score' | 'relevance' | 'recency' | 'importance'>;
const UNSCORED: Scores = { score: null, relevance: null, recency: null, importance: null };
/** What an old or unimportant entry keeps of its relevance: an answer from last year is still the answer. */
const FLOOR = 0.7;

/** Relevance × recency × importance, the latter two dampened: they decide among what answers about as well. */
export function weighed(relevance: number, recency: number | null, importance: number | null): Scores {
  const factor = (value: number | null): number => (value === null ? 1 : FLOOR + (1 - FLOOR) * value);
  return { relevance, recency, importance, score: relevance * factor(recency) * factor(importance) };
}

/** How certain it is, and more so the more often it was stated. */
export const importanceOf = ({ confidence, evidenceCount }: Pick<Memory, 'confidence' | 'evidenceCount'>): number => confidence * (1 - 0.5 ** evidenceCount);

export const whyFound = ({ matchedWords, notes }: Explanation): string => (matchedWords.length > 0 ? `matches: ${matchedWords.join(', ')}` : (notes[0] ?? 'near in meaning'));

export const byScore = (a: Entry, b: Entry): number => (b.score ?? 0) - (a.score ?? 0);

/** In the order of the keys, whatever order the database gives them in. */
export const stateEntries = (state: JsonObject, sessionId: string): Entry[] =>
  Object.entries(state)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({
      layer: 'WORKING', kind: 'STATE', mark: 's', id: key, memoryId: null, eventId: null, documentId: null, procedureId: null, sessionId, seq: null,
      text: `${folded(key)}: ${shown(value)}`, ...UNSCORED, why: key.startsWith('user:') ? 'preference of the user' : key.startsWith('agent:') ? 'preference of the agent' : 'state of the session',
    }));

/** A point each, with the events it is from. */
export const summaryEntries = ({ sessionId, revision, points }: Summary): Entry[] =>
  points.map(({ text, seqs }, index) => ({
    layer: 'WORKING', kind: 'SUMMARY', mark: 'h', id: `${revision}.${index + 1}`, memoryId: null, eventId: null, documentId: null, procedureId: null, sessionId, seq: seqs.at(-1) ?? null,
    text: folded(text), ...UNSCORED, why: `running summary, from ${seqs.length === 1 ? 'event' : 'events'} ${seqs.join(', ')}`,
  }));

const memoryEntry = (memory: Memory, scores: Scores, why: string): Entry => ({
  layer: 'SEMANTIC', kind: 'MEMORY', mark: 'm', id: memory.id, memoryId: memory.id, eventId: null, documentId: null, procedureId: null, sessionId: memory.sessionId, seq: null,
  text: folded(memory.fact), ...scores, why,
});

export const establishedEntry = (memory: Memory): Entry =>
  memoryEntry(memory, UNSCORED, `established: stated ${memory.evidenceCount === 1 ? 'once' : `${memory.evidenceCount} times`}, confidence ${memory.confidence.toFixed(2)}`);

export const relatedEntry = ({ memory, score, explanation }: MemoryHit): Entry =>
  memoryEntry(memory, weighed(score, explanation.recency, importanceOf(memory)), whyFound(explanation));

/** A passage longer than this is cut around what the query asks for, in characters. */
const MAX_PASSAGE = 1600;

/** Where it stands comes first: title, then headings. */
export const passageEntry = ({ passage, score, explanation }: PassageHit, plan: RankingQuery): Entry => ({
  layer: 'KNOWLEDGE', kind: 'PASSAGE', mark: 'd', id: passage.id, memoryId: null, eventId: null, documentId: passage.documentId, procedureId: null, sessionId: null, seq: null,
  text: `${folded([passage.title, ...passage.headings.filter((heading) => heading !== passage.title)].join(' > '))}: ${folded(excerptAround(passage.text, plan, MAX_PASSAGE))}`,
  ...weighed(score, explanation.recency, null), why: whyFound(explanation),
});

/** A turn of the current session, cut to about `maxLength` characters around what the query asks for. */
export const recentEntry = (event: Event, plan: RankingQuery, maxLength: number): Entry => ({
  layer: 'SENSORY', kind: 'EVENT', mark: 'e', id: event.id, memoryId: null, eventId: event.id, documentId: null, procedureId: null, sessionId: event.sessionId, seq: event.seq,
  text: `${folded(speakerOf(event))}: ${folded(excerptAround(freshText(event), plan, maxLength))}`, ...UNSCORED, why: 'one of the last turns',
});
