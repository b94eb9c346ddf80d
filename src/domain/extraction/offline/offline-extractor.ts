import { setImmediate as breathe } from 'node:timers/promises';
import type { Candidate, Extractor, LeftOut, SourceTurn } from '../extractor';
import { statedAboutUser } from './assistant';
import { candidatesOf } from './candidates';
import { withoutNotes } from './notes';
import { type Asked, questionIn } from './questions';
import { sentencesOf } from './sentences';
import { type Cast, castOf, personOf } from './speakers';
import { topicClassifier } from './topics';
import { ownedIn } from './unanchored';
import { readTurn, type Setting, type TurnReading } from './turn-reader';

const notSpeech: Readonly<Partial<Record<SourceTurn['author'], string>>> = { tool: 'tool output', system: 'system text' };
const slice = 20;
/** How many turns back a thing may have been called somebody's own. */
const lookBack = 30;

/**
 * Extraction by rules: English grammar, calendar and word lists; no key, no network, the same answer every time.
 * It reads turns one by one (a question also lends its words to the answer in the next turn), so a conversation cut
 * into windows gives almost what it gives whole. Few-shot examples and custom instructions steer models only and are
 * ignored here. Rejects only with the reason of an aborted `signal`.
 */
export function createOfflineExtractor(): Extractor {
  return {
    name: 'offline/rules-1',
    windowTurns: 200,
    async extract(request) {
      const candidates: Candidate[] = [];
      const leftOut: LeftOut[] = [];
      const cast = castOf(request.turns);
      const names = properNamesIn(request.turns);
      const owned = ownedBy(request.turns);
      const topicsOf = topicClassifier(request.topics);
      for (const [index, turn] of request.turns.entries()) {
        // Rules are pure CPU, a few milliseconds a turn: other work of the process gets its chance between slices.
        if (index % slice === slice - 1) await breathe();
        request.signal.throwIfAborted();
        const reading = readOne(turn, request.turns.slice(Math.max(0, index - lookBack), index), cast, { properNames: names, owned: owned.get(turn.speaker) ?? new Set() });
        const other = cast.otherThan(turn);
        const found = candidatesOf(turn, reading.facts, topicsOf, other === null ? [] : [other]);
        candidates.push(...found);
        if (found.length === 0) leftOut.push({ eventId: turn.eventId, reason: reading.facts.length > 0 ? 'no enabled topic fits' : reading.reason });
      }
      return { candidates, leftOut, usage: [] };
    },
  };
}

function readOne(turn: SourceTurn, earlier: readonly SourceTurn[], cast: Cast, known: Pick<Setting, 'properNames' | 'owned'>): TurnReading {
  const before = earlier.at(-1) ?? null;
  const alone: Setting = { asked: null, before: '', ...known, ownWords: '', otherWords: '' };
  const reason = notSpeech[turn.author];
  if (reason !== undefined) return { facts: [], reason };
  const other = cast.otherThan(turn);
  if (cast.isAssistant(turn)) {
    const stated = other === null ? [] : sentencesOf(withoutNotes(turn.text).said).map(statedAboutUser).filter(sentence => sentence !== null);
    if (other === null || stated.length === 0) return { facts: [], reason: 'said by the assistant' };
    return { ...readTurn({ ...turn, speaker: other.name, text: `${stated.join('. ')}.` }, null, false, alone), reason: 'said by the assistant' };
  }
  const wordsOf = (own: boolean): string => earlier.filter(each => notSpeech[each.author] === undefined && (each.speaker === turn.speaker) === own)
    .map(each => withoutNotes(each.text.slice(0, 1000)).said).join(' ');
  const setting = before === null ? alone
    : { asked: askedBefore(turn, before), before: withoutNotes(before.text).said, ...known, ownWords: wordsOf(true), otherWords: wordsOf(false) };
  return readTurn(turn, other, cast.hasAssistant || other === null, setting);
}

function askedBefore(turn: SourceTurn, before: SourceTurn): Asked | null {
  if (notSpeech[before.author] !== undefined || before.speaker === turn.speaker) return null;
  return questionIn(withoutNotes(before.text).said, personOf(before.speaker), personOf(turn.speaker));
}

/** What each speaker calls “my …” or “our …”. */
function ownedBy(turns: readonly SourceTurn[]): ReadonlyMap<string, ReadonlySet<string>> {
  const speakers = new Set(turns.map(({ speaker }) => speaker));
  return new Map([...speakers].map(speaker => [speaker, ownedIn(turns.filter(turn => turn.speaker === speaker).map(({ text }) => text.slice(0, 20_000)))]));
}

/** Words written with a capital in the middle of a sentence: names, also where they open one. */
function properNamesIn(turns: readonly SourceTurn[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const turn of turns) for (const match of turn.text.slice(0, 20_000).matchAll(/(?<=[\p{Ll},;] )\p{Lu}[\p{L}'-]*\p{Ll}/gu)) names.add(match[0].replace(/'s?$/, ''));
  return names;
}
