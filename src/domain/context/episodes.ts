import { COMPACT_RENDERING, packEvents, type EvidenceRendering } from '../search/evidence-packing';
import type { FoundEvents } from '../search/event-search';
import { excerptAround } from '../search/excerpt';
import { folded, lineOf, type Entry, type Section } from './lines';

const EPISODES_HEADING = '## Earlier turns';
/** A turn longer than this is cut to its best passage: several turns tell more than one long one. In characters. */
const MAX_TURN = 600;

export interface Episodes {
  readonly section: Section;
  /** Event ids from the best to the worst. */
  readonly byRank: readonly string[];
}

/**
 * Packs past turns that may answer, as many as fit: sessions in the order of time, each under its date, turns in their order. What a turn is cut
 * to is found once, however often it packs.
 */
export function createEpisodePacker(found: FoundEvents, countTokens: (text: string) => number): (excluded: ReadonlySet<string>, budget: number) => Episodes {
  const texts = new Map<string, string>();
  const textOf = (turn: Turn): string => {
    const text = texts.get(turn.eventId) ?? COMPACT_RENDERING.turn({ ...turn, speaker: folded(turn.speaker), text: excerptAround(turn.text, found.plan, MAX_TURN) });
    texts.set(turn.eventId, text);
    return text;
  };
  const rendering: EvidenceRendering = { header: COMPACT_RENDERING.header, turn: (turn) => lineOf({ mark: 'e', text: textOf(turn) }) };
  return (excluded, budget) => pack(found, { excluded, budget, rendering, textOf }, countTokens);
}

type Turn = Parameters<EvidenceRendering['turn']>[0];

interface Packing {
  readonly excluded: ReadonlySet<string>;
  readonly budget: number;
  readonly rendering: EvidenceRendering;
  readonly textOf: (turn: Turn) => string;
}

function pack(found: FoundEvents, { excluded, budget, rendering, textOf }: Packing, countTokens: (text: string) => number): Episodes {
  const ranked = found.ranked.filter(({ eventId }) => !excluded.has(eventId));
  const rows = new Map([...found.rows].filter(([id]) => !excluded.has(id)));
  const room = budget - countTokens(`${EPISODES_HEADING}\n`);
  const { eventIds } = packEvents(ranked, rows, room, countTokens, rendering);
  const rank = new Map(ranked.map(({ eventId, score }, index) => [eventId, { index, score }]));
  const groups: { title: string; session: string; entries: Entry[] }[] = [];
  for (const id of eventIds) {
    const row = rows.get(id);
    if (row === undefined) continue;
    const title = rendering.header(row);
    const last = groups.at(-1);
    const entry = toEntry(row, textOf(row), found, rank.get(id)?.score ?? null);
    if (last !== undefined && last.session === row.sessionId && last.title === title) last.entries.push(entry);
    else groups.push({ title, session: row.sessionId, entries: [entry] });
  }
  const byRank = [...eventIds].sort((a, b) => (rank.get(a)?.index ?? Infinity) - (rank.get(b)?.index ?? Infinity));
  return { section: { heading: EPISODES_HEADING, groups }, byRank };
}

function toEntry(row: Turn, text: string, found: FoundEvents, score: number | null): Entry {
  const why = found.isNewestFirst ? 'among the newest turns' : score === null ? 'the question that the next turn answers' : 'may answer the query';
  return {
    layer: 'EPISODIC', kind: 'EVENT', mark: 'e', id: row.eventId, memoryId: null, eventId: row.eventId, documentId: null, procedureId: null, sessionId: row.sessionId, seq: row.seq,
    text, score, relevance: score, recency: null, importance: null, why,
  };
}
