import type { LeftOut, SourceTurn, TurnAuthor } from '../extraction/extractor';
import { eventText, type Event, type EventAuthor } from '../session/event';
import type { GenerationSource } from './generation';

const AUTHORS: Readonly<Record<EventAuthor, TurnAuthor>> = { USER: 'user', AGENT: 'agent', TOOL: 'tool', SYSTEM: 'system' };
const NAMELESS: Readonly<Record<EventAuthor, string>> = { USER: 'The user', AGENT: 'The assistant', TOOL: 'The tool', SYSTEM: 'The system' };

/**
 * Events as an extractor sees them. Text that a recall gave is left out, so that nothing remembered is remembered again;
 * an event left with no text is left out with the reason.
 */
export function turnsOf(events: readonly Event[]): { readonly turns: readonly SourceTurn[]; readonly leftOut: readonly LeftOut[] } {
  const turns: SourceTurn[] = [];
  const leftOut: LeftOut[] = [];
  for (const event of events) {
    const fresh = event.content.filter((part) => part.type !== 'text' || part.fromRecall !== true);
    const text = eventText({ content: fresh }).trim();
    if (text === '') {
      leftOut.push({ eventId: event.id, reason: fresh.length < event.content.length ? 'text from recall' : 'no text' });
    } else {
      turns.push({
        eventId: event.id, seq: event.seq, author: AUTHORS[event.author], speaker: event.authorName ?? NAMELESS[event.author],
        text, occurredAt: event.occurredAt,
      });
    }
  }
  return { turns, leftOut };
}

/** Length of a part of a raw text, in UTF-16 units: some paragraphs, well within a model's attention. */
const PART_LENGTH = 2000;
/** Where a text may be cut, best first: between paragraphs, lines, sentences, words. */
const CUTS: readonly RegExp[] = [/\n\s*\n/g, /\n/g, /[.!?]\s/g, /\s/g];

/** Cuts a raw text into parts of at most 2,000 characters at the best place near each end. Deterministic: a resumed job cuts alike. */
export function textParts(text: string): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > PART_LENGTH) {
    const end = cutBefore(rest.slice(0, PART_LENGTH));
    parts.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return rest === '' ? parts : [...parts, rest];
}

function cutBefore(head: string): number {
  for (const cut of CUTS) {
    const last = [...head.matchAll(cut)].at(-1);
    if (last !== undefined && last.index > head.length / 2) return last.index + last[0].length;
  }
  return head.isWellFormed() ? head.length : head.length - 1;
}

/** Parts of a raw text as turns; their ids are `text:1`, `text:2` …, no events. */
export const turnsOfText = (source: Extract<GenerationSource, { kind: 'text' }>): SourceTurn[] =>
  textParts(source.text).map((text, index) => ({
    eventId: `text:${index + 1}`, seq: index + 1, author: 'user', speaker: source.speaker, text, occurredAt: source.occurredAt,
  }));
