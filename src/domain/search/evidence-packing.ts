import { askingShare, type EventRow, type RankedEvent } from './event-ranking';
import { bySessionAndSeq } from './neighborhood';

type Turn = Omit<EventRow, 'analysis'>;

/** How turns become lines. */
export interface EvidenceRendering {
  /** Stands above the first turn of a session and wherever it changes within one. */
  header(turn: Turn): string;
  /** One line. */
  turn(turn: Turn): string;
}

export interface PackedEvents {
  /** Sessions in the order of time, turns in the order of seq; empty when nothing fits. */
  readonly text: string;
  /** In the order of the text. */
  readonly eventIds: readonly string[];
  /** Of `text`, as `countTokens` counts it; never more than the budget. */
  readonly tokens: number;
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** One date (UTC) per session and day, `8 May 2023`, then one line per turn, `Ann: …`, line breaks within a turn folded. */
export const COMPACT_RENDERING: EvidenceRendering = {
  header: ({ occurredAt }) => DAY.format(occurredAt),
  turn: ({ speaker, text }) => `${speaker}: ${text.replace(/\s+/g, ' ').trim()}`,
};

/** When so many turns in a row do not fit, the rest hardly will: bounds the counting. */
const MAX_MISFITS = 16;
/** A line with more characters than this for each token left is not even counted. */
const MAX_CHARACTERS_PER_TOKEN = 32;
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

function sessionLines(session: readonly Turn[], rendering: EvidenceRendering): string[] {
  let current: string | null = null;
  return session.flatMap((turn) => {
    const header = rendering.header(turn);
    const lines = header === current ? [rendering.turn(turn)] : [header, rendering.turn(turn)];
    current = header;
    return lines;
  });
}

/** The question that a short reply answers, when it is among the rows. */
function questionBefore(turn: Turn, at: ReadonlyMap<string, Turn>): Turn | undefined {
  if (turn.text.length >= SHORT_REPLY) return undefined;
  const before = at.get(`${turn.seq - 1} ${turn.sessionId}`);
  return before !== undefined && before.speaker !== turn.speaker && askingShare(before.text) > 0 ? before : undefined;
}

/** Tokens of a whole text are not the sum of its lines': the last turns taken leave until the whole fits. */
function fitted(turns: readonly Turn[], budget: number, countTokens: (text: string) => number, rendering: EvidenceRendering): PackedEvents {
  for (let kept = turns.length; kept > 0; kept -= 1) {
    const sessions = inSessions(turns.slice(0, kept));
    const text = sessions.flatMap((session) => sessionLines(session, rendering)).join('\n');
    const tokens = countTokens(text);
    if (tokens <= budget) return { text, eventIds: sessions.flat().map(({ eventId }) => eventId), tokens };
  }
  return { text: '', eventIds: [], tokens: 0 };
}

/**
 * Takes turns in the order of `ranked` as long as they fit into `budget` tokens; a turn too long for what is left is passed over for
 * shorter ones behind it. Ids without a row are passed over. `countTokens` must be pure; it is called about twice per turn taken.
 * Turns that may be long are excerpted by the rendering: `turn: (t) => COMPACT_RENDERING.turn({ ...t, text: excerptAround(…) })`.
 */
export function packEvents(
  ranked: readonly Pick<RankedEvent, 'eventId'>[],
  rowsById: ReadonlyMap<string, Turn>,
  budget: number,
  countTokens: (text: string) => number,
  rendering: EvidenceRendering = COMPACT_RENDERING,
): PackedEvents {
  const at = new Map([...rowsById.values()].map((turn) => [`${turn.seq} ${turn.sessionId}`, turn]));
  const taken = new Map<string, Turn>();
  const headers = new Set<string>();
  let left = budget;
  const take = (turns: readonly Turn[]): boolean => {
    const opened = new Map(turns.map((turn) => [`${turn.sessionId}\n${rendering.header(turn)}`, rendering.header(turn)]));
    for (const known of headers) opened.delete(known);
    const lines = [...opened.values(), ...turns.map((turn) => rendering.turn(turn))];
    if (lines.some((line) => line.length > left * MAX_CHARACTERS_PER_TOKEN)) return false;
    const cost = lines.reduce((sum, line) => sum + countTokens(`${line}\n`), 0);
    if (cost > left) return false;
    left -= cost;
    for (const turn of turns) taken.set(turn.eventId, turn);
    for (const key of opened.keys()) headers.add(key);
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
