import type { SourceTurn } from '../extractor';
import { dayText, type DateRange } from './calendar';
import { type ForeignFact, foreignFacts } from './foreign';
import { decisionIn, standingInstruction, toRemember } from './instructions';
import { languageOf } from './languages';
import { photoPhrase, withoutNotes, type TurnText } from './notes';
import { expand } from './normalize';
import { answerTo } from './answers';
import { photoFacts } from './photos';
import type { Asked } from './questions';
import type { Reading, SpeakingContext, Statement } from './reading';
import { firstUnclear } from './references';
import { readClause } from './sentence-reader';
import { tellsSecret } from './worth';
import { clausesOf, sentencesOf } from './sentences';
import { personOf, type Person } from './speakers';
import { lastingRequest } from './requests';
import { restated, withDestination } from './restated';
import { has, render, type Token } from './tokens';

/** A fact before topics and keys. */
export interface RawFact {
  readonly text: string;
  readonly range: DateRange | null;
  readonly confidence: number;
  readonly foreign: ForeignFact | null;
}
export interface TurnReading { readonly facts: readonly RawFact[]; readonly reason: string }

const longest = 400;
/** Bounds on one turn's work: what is longer is a pasted document or a log, not a statement. */
const mostSentences = 200;
const longestSentence = 800;
const ranking = ['secret', 'unclear reference', 'nothing durable', 'request', 'about the other person', 'encouragement', 'thanks', 'reaction', 'question', 'small talk'];

/** What a turn is read in: the question put just before it, the words of the turn before, and the names of the conversation. */
export interface Setting {
  readonly asked: Asked | null;
  readonly before: string;
  readonly properNames: ReadonlySet<string>;
  readonly owned: ReadonlySet<string>;
  readonly ownWords: string;
  readonly otherWords: string;
}

/** Reads what one person said in one turn. */
export function readTurn(turn: SourceTurn, other: Person | null, toAssistant: boolean, { asked, before, properNames, owned, ownWords, otherWords }: Setting): TurnReading {
  const text = withoutNotes(turn.text);
  const speaker = personOf(turn.speaker);
  const language = languageOf(text.said);
  if (language !== 'en') {
    const facts = foreignFacts(text.said, language, speaker).map(foreign => ({ text: foreign.fact, range: null, confidence: 0.75, foreign }));
    return { facts, reason: 'language not covered' };
  }
  const context: SpeakingContext = {
    speaker, other, said: turn.occurredAt, photo: shownIn(text), asked: asked?.thing ?? null, leastWeight: toAssistant ? 2 : 3, earlier: '',
    properNames, owned, before, askedOfOther: asked?.ofOther ?? false, ownWords, otherWords,
  };
  const reader = clauseReader(context, toAssistant, asked);
  for (const sentence of sentencesOf(text.said).slice(0, mostSentences)) if (sentence.length <= longestSentence) reader.read(sentence);
  const said = reader.facts();
  if (said.length > 0) return { facts: said, reason: '' };
  const photos = photoFacts(text, { speaker, other }, turn.occurredAt).map(fact => ({ text: fact, range: null, confidence: 0.4, foreign: null }));
  return { facts: photos, reason: text.said === '' ? 'small talk' : reader.reason() };
}

const shownIn = ({ photos }: TurnText): string | null => photos.map(photoPhrase).find(phrase => phrase !== null)?.replace(/^a photo of /, '') ?? null;

/** “I took that pic on a hike”: a photo, told of here for the first time. */
const pictureTaken = /\b(I (?:took|snapped|shot)) (?:that|this) (?:pic|photo|picture|shot|one)(?= (?:on|in|at|during|near|while|when|from)\b)/i;

interface Draft { tokens: readonly Token[]; range: DateRange | null; needsStamp: boolean; weight: number; personal: boolean }

function clauseReader(context: SpeakingContext, toAssistant: boolean, asked: Asked | null) {
  const drafts: Draft[] = [];
  const fixed: RawFact[] = [];
  const reasons: string[] = [];
  let earlier = '';
  let previous: Draft | null = null;
  let first = true;

  const take = (reading: Reading, clause: string): void => {
    const answered = first && asked !== null ? answerTo(asked, reading, clause, context) : null;
    if (reading.kind !== 'nothing' || reading.reason === 'unclear reference' || reading.reason === 'nothing durable') first = false;
    if (answered !== null) { previous = { ...answered }; drafts.push(previous); return; }
    if (reading.kind === 'statement' && intendsOnly(reading)) { previous = join(previous, reading.tokens, reading.weight, reading.range, reasons); return; }
    if (reading.kind === 'statement') { previous = { ...reading }; drafts.push(previous); return; }
    if (reading.kind === 'continuation') { previous = join(previous, reading.tokens, reading.weight, reading.range, reasons); return; }
    reasons.push(reading.kind === 'fragment' ? 'nothing durable' : reading.reason);
    if (reading.kind === 'fragment' || reading.reason !== 'question') previous = null;
  };

  const read = (raw: string): void => {
    if (tellsSecret(raw)) { reasons.push('secret'); return; }
    const sentence = withDestination(restated(raw.replace(pictureTaken, '$1 a photo')), `${context.before} ${earlier}`);
    if (toAssistant) {
      const kept = toRemember(sentence);
      if (kept !== null) { take(readClause(kept, { ...context, earlier }), kept); return; }
      const order = standingInstruction(sentence, context.speaker);
      if (order !== null) { fixed.push({ text: order, range: null, confidence: 0.85, foreign: null }); return; }
      const decision = decisionIn(sentence, context.speaker);
      if (decision !== null) { fixed.push({ text: decision, range: null, confidence: 0.8, foreign: null }); return; }
    }
    const request = toAssistant ? null : lastingRequest(sentence, context.speaker, context.other);
    if (request !== null) { fixed.push({ text: request, range: null, confidence: 0.75, foreign: null }); return; }
    for (const clause of clausesOf(expand(sentence))) {
      const ownWords = `${context.ownWords} ${earlier} ${clause}`;
      take(readClause(clause, { ...context, earlier, ownWords, askedOfOther: context.askedOfOther && earlier === '', asked: previous === null && first ? context.asked : null }), clause);
      earlier = `${earlier} ${clause}`.slice(-300);
    }
  };

  return {
    read,
    facts: (): RawFact[] => [...fixed, ...drafts.map(draft => finished(draft, context.said)).filter(fact => fact !== null)],
    reason: (): string => ranking.find(reason => reasons.includes(reason)) ?? reasons[0] ?? 'small talk',
  };
}

/** “Ana wanted to feel the wind”: on what occasion, only the sentence before can tell. */
const intendsOnly = ({ tokens, range }: Statement): boolean => range === null && has(tokens[0], 'Speaker')
  && /^\S+ (?:just |really |only |mainly )?(?:wanted to|tried to|hoped to|meant to)\b(?!.*\b(?:when|as|since|always|because|after|before|while|years?|until|but)\b)/i.test(render(tokens));

/** “It follows three beekeepers …” goes to the fact before it, where “it” has its noun; mood alone (“It was cold”) is dropped. */
function join(previous: Draft | null, tokens: readonly Token[], weight: number, range: DateRange | null, reasons: string[]): Draft | null {
  if (previous === null) { reasons.push('unclear reference'); return null; }
  if (weight < 3) return previous;
  const [head, ...rest] = tokens;
  const last = previous.tokens.at(-1);
  if (head === undefined || last === undefined) return previous;
  const seam = { ...last, post: `${last.post.replace(/[\s.!,;]+$/, '')}; ` };
  const joined = [...previous.tokens.slice(0, -1), seam, { ...head, text: has(head, 'Speaker') ? head.text : head.text.toLowerCase() }, ...rest];
  if (render(joined).length > 320) return previous;
  if (firstUnclear(joined) >= 0) { reasons.push('unclear reference'); return previous; }
  previous.tokens = joined;
  previous.weight += weight;
  previous.range = previous.range === null || range === null ? previous.range ?? range : null;
  return previous;
}

/** “… - phew”, “… - come over”: not part of the statement. */
const aside = /\s+-\s+(?:\p{Ll}+|come (?:see|over|by)|so \p{Ll}+|check it out|can't wait)$/u;

function finished(draft: Statement | Draft, said: Date): RawFact | null {
  const body = render(draft.tokens).replace(/[\s.!,;:-]+$/, '').replace(aside, '').replace(/!+/g, '.').replace(/\s+([,.;])/g, '$1');
  const stamp = draft.needsStamp ? ` (as of ${dayText(said)})` : '';
  const stop = /[.!?]"$/.test(body) && stamp === '' ? '' : '.';
  const text = `${body.charAt(0).toUpperCase()}${body.slice(1)}${stamp}${stop}`;
  if (text.length > longest || body.length < 8) return null;
  const confidence = Math.min(0.9, 0.55 + 0.05 * Math.min(6, draft.weight) + (draft.personal ? 0.05 : -0.1));
  return { text, range: draft.range, confidence, foreign: null };
}
