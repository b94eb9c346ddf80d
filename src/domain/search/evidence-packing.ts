import { bySessionAndSeq } from './neighborhood';
import { askingShare, type EventRow, type RankedEvent } from './event-ranking';

type Turn = Pick<EventRow, 'eventId' | 'sessionId' | 'seq' | 'speaker' | 'text' | 'occurredAt'>;

/** How turns become lines; sessions are told apart by their header alone. */
export interface EvidenceRendering {
  sessionHeader(first: Turn): string;
  turn(turn: Turn): string;
}

export interface PackedEvents {
  /** Sessions in the order of time, turns in the order of seq; empty when nothing fits. */
  readonly text: string;
  readonly eventIds: readonly string[];
  /** Of `text`, as `countTokens` counts it; never more than the budget. */
  readonly tokens: number;
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** One date per session, `8 May 2023`, then one line per turn, `Ann: …`, line breaks within a turn folded. */
export const COMPACT_RENDERING: EvidenceRendering = {
  sessionHeader: (first) => DAY.format(first.occurredAt),
  turn: ({ speaker, text }) => `${speaker}: ${text.replace(/\s+/g, ' ').trim()}`,
};

/** When so many turns in a row do not fit, the rest hardly will: bounds the counting. */
const MAX_MISFITS = 16;
/** A reply of fewer characters says little without the question before it. */
const SHORT_REPLY = 40;

/** Sessions by the time of their first turn, the turns of each by seq. */
function inSessions(turns: readonly Turn[]): Turn[][] {
  const sessions = new Map<string, Turn[]>();
  for (const turn of [...turns].sort(bySessionAndSeq)) {
    const session = sessions.get(turn.sessionId);
    if (session === undefined) sessions.set(turn.sessionId, [turn]);
    else session.push(turn);
  }
  const startOf = ([first]: readonly Turn[]): number => first?.occurredAt.getTime() ?? 0;
  return [...sessions.values()].sort((a, b) => startOf(a) - startOf(b));
}

const renderSession = (session: readonly Turn[], rendering: EvidenceRendering): string =>
  [...session.slice(0, 1).map(rendering.sessionHeader), ...session.map(rendering.turn)].join('\n');

/** The question that a short reply answers, when it is among the rows. */
function questionBefore(turn: Turn, at: ReadonlyMap<string, Turn>): Turn | undefined {
  if (turn.text.length >= SHORT_REPLY) return undefined;
  const before = at.get(`${turn.seq - 1} ${turn.sessionId}`);
  return before !== undefined && before.speaker !== turn.speaker && askingShare(before.text) > 0 ? before : undefined;
}

/**
 * Takes turns in the order of `ranked` as long as they fit into `budget` tokens; a turn too long for what is left is passed over for
 * shorter ones behind it. Each line is counted once; `countTokens` must be pure. Ids without a row are passed over.
 */
export function packEvents(
  ranked: readonly RankedEvent[],
  rowsById: ReadonlyMap<string, Turn>,
  budget: number,
  countTokens: (text: string) => number,
  rendering: EvidenceRendering = COMPACT_RENDERING,
): PackedEvents {
  const at = new Map([...rowsById.values()].map((turn) => [`${turn.seq} ${turn.sessionId}`, turn]));
  const taken = new Map<string, Turn>();
  const sessions = new Set<string>();
  let left = budget;
  const costOf = (turns: readonly Turn[]): number => {
    const opened = new Set(turns.map(({ sessionId }) => sessionId).filter((id) => !sessions.has(id)));
    const header = opened.size === 0 ? 0 : Math.max(...turns.map((turn) => countTokens(`${rendering.sessionHeader(turn)}\n`)));
    return turns.reduce((sum, turn) => sum + countTokens(`${rendering.turn(turn)}\n`), header);
  };
  const take = (turns: readonly Turn[]): boolean => {
    const cost = costOf(turns);
    if (cost > left) return false;
    left -= cost;
    for (const turn of turns) {
      taken.set(turn.eventId, turn);
      sessions.add(turn.sessionId);
    }
    return true;
  };
  let misfits = 0;
  for (const { eventId } of ranked) {
    const turn = rowsById.get(eventId);
    if (turn === undefined || taken.has(eventId)) continue;
    const question = questionBefore(turn, at);
    const together = question !== undefined && !taken.has(question.eventId) && take([question, turn]);
    misfits = together || take([turn]) ? 0 : misfits + 1;
    if (misfits === MAX_MISFITS) break;
  }
  return fitted([...taken.values()], budget, countTokens, rendering);
}

/** Tokens of a whole text are not the sum of its lines': the last ones taken leave until the whole fits. */
function fitted(turns: Turn[], budget: number, countTokens: (text: string) => number, rendering: EvidenceRendering): PackedEvents {
  for (let kept = turns.length; kept > 0; kept -= 1) {
    const sessions = inSessions(turns.slice(0, kept));
    const text = sessions.map((session) => renderSession(session, rendering)).join('\n');
    const tokens = countTokens(text);
    if (tokens <= budget) return { text, eventIds: sessions.flat().map(({ eventId }) => eventId), tokens };
  }
  return { text: '', eventIds: [], tokens: 0 };
}
