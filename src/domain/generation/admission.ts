import type { Candidate, Extraction, LeftOut, SourceTurn } from '../extraction/extractor';
import { MAX_EVENT_IDS, MAX_FACT_LENGTH, MAX_TOPICS } from '../memory/memory-rules';
import { isUuid } from '../../kernel/ids';
import type { CandidateDraft } from './generation.store';

const MAX_CLAIM_PART = 256;

/**
 * What an extractor answered, checked before it is kept: text made storable, evidence limited to the turns it was shown,
 * topics to those it was asked for. A candidate that cites none of its turns is kept from memory and shown as quarantined,
 * one that holds no word as nothing, one that is too long as failed.
 */
export function admit(extraction: Extraction, turns: readonly SourceTurn[], topics: ReadonlySet<string>): CandidateDraft[] {
  const shown = new Map(turns.map((turn) => [turn.eventId, turn]));
  return extraction.candidates.map((raw) => {
    const cited = citedBy(raw, shown);
    const fact = storable(raw.fact);
    const statedAt = new Date(Math.max(...(cited.length > 0 ? cited : turns).map(({ occurredAt }) => occurredAt.getTime())));
    return {
      candidate: { ...cleaned(raw, topics), fact: fact.slice(0, MAX_FACT_LENGTH).toWellFormed(), eventIds: eventIds(cited) },
      statedAt,
      verdict: verdictOn(fact, cited),
    };
  });
}

const NOTHING_STATED = 'nothing worth remembering';

/** Every turn that no candidate cites, once, in order, with the extractor's reason or a plain one: no turn is lost in silence. */
export function leftOutOf(extraction: Extraction, turns: readonly SourceTurn[]): LeftOut[] {
  const shown = new Map(turns.map((turn) => [turn.eventId, turn]));
  const cited = new Set(extraction.candidates.flatMap((raw) => citedBy(raw, shown)).map(({ eventId }) => eventId));
  const reasons = new Map(extraction.leftOut.map(({ eventId, reason }) => [eventId, storable(reason)]));
  return turns.filter(({ eventId }) => !cited.has(eventId)).map(({ eventId }) => {
    const reason = reasons.get(eventId) ?? '';
    return { eventId, reason: reason === '' ? NOTHING_STATED : reason };
  });
}

const citedBy = (raw: Candidate, shown: ReadonlyMap<string, SourceTurn>): SourceTurn[] =>
  [...new Set(raw.eventIds)].flatMap((id) => shown.get(id) ?? []).slice(-MAX_EVENT_IDS);

/** Facts that a caller gave as they stand. */
export const admitFacts = (facts: readonly string[], now: Date): CandidateDraft[] =>
  facts.map((fact) => ({
    candidate: {
      fact, topics: [], confidence: 1, eventIds: [], subject: null, attribute: null, value: null, exclusive: false, validFrom: null, validTo: null,
    },
    statedAt: now,
    verdict: saysNothing(fact) ? NO_FACT : null,
  }));

/** Neither a letter nor a number nor a sign: it can neither be found nor be the same as another. */
const saysNothing = (fact: string): boolean => !/[^\p{P}\p{Z}\p{C}]/u.test(fact);
const NO_FACT = { outcome: 'NOTHING_FOUND', reason: 'there is nothing but punctuation in it' } as const;

function verdictOn(fact: string, cited: readonly SourceTurn[]): CandidateDraft['verdict'] {
  if (saysNothing(fact)) return NO_FACT;
  if (fact.length > MAX_FACT_LENGTH) return { outcome: 'FAILED', reason: `the fact is longer than ${MAX_FACT_LENGTH} characters` };
  if (cited.length === 0) return { outcome: 'QUARANTINED', reason: 'it cites no event it was extracted from' };
  return null;
}

function cleaned(raw: Candidate, topics: ReadonlySet<string>): Omit<Candidate, 'fact' | 'eventIds'> {
  const period = orderedPeriod(validDate(raw.validFrom), validDate(raw.validTo));
  return {
    topics: [...new Set(raw.topics)].filter((topic) => topics.has(topic)).slice(0, MAX_TOPICS),
    confidence: Number.isFinite(raw.confidence) ? Math.min(1, Math.max(0, raw.confidence)) : 0.5,
    subject: claimPart(raw.subject),
    attribute: claimPart(raw.attribute),
    value: claimPart(raw.value),
    exclusive: raw.exclusive,
    ...period,
  };
}

/** PostgreSQL stores neither NUL nor lone surrogates. */
const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed().trim();

function claimPart(part: string | null): string | null {
  const text = part === null ? '' : storable(part).toLowerCase();
  return text === '' || text.length > MAX_CLAIM_PART ? null : text;
}

const validDate = (date: Date | null): Date | null => (date === null || Number.isNaN(date.getTime()) ? null : date);
const orderedPeriod = (validFrom: Date | null, validTo: Date | null): Pick<Candidate, 'validFrom' | 'validTo'> =>
  validFrom !== null && validTo !== null && validTo < validFrom ? { validFrom, validTo: null } : { validFrom, validTo };

/** Parts of a raw text are no events: what comes from them cites none. */
const eventIds = (cited: readonly SourceTurn[]): string[] =>
  cited.map(({ eventId }) => eventId).filter(isUuid);
