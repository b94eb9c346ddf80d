import { isStorableText } from '../../../kernel/scope';
import { MAX_EVENT_IDS, MAX_FACT_LENGTH, MAX_TOPICS } from '../../memory/memory-rules';
import { normalizeText } from '../../search/text-folding';
import type { Candidate } from '../extractor';
import type { NumberedTurn } from './extraction-prompt';
import type { StatedFact } from './extraction-schema';
import { statedDate } from './stated-date';

const MAX_PART = 200;
/** What only a tool or the system reports is worth less than what a person says. */
const MAX_REPORTED_CONFIDENCE = 0.5;

export interface Mapped {
  readonly candidates: readonly Candidate[];
  /** Facts that cite no turn of this request, or are no usable sentence. */
  readonly unfounded: number;
  /** Turns whose facts belong to no enabled topic. */
  readonly offTopic: ReadonlySet<string>;
}

/** The facts a turn of this request stands behind, with real event ids; one per distinct normalised text. */
export function candidatesOf(facts: readonly StatedFact[], turns: readonly NumberedTurn[], topics: ReadonlySet<string>): Mapped {
  const byText = new Map<string, Candidate>();
  const offTopic = new Set<string>();
  let unfounded = 0;
  for (const stated of facts) {
    const fact = stated.fact.replace(/\s+/g, ' ').trim();
    const cited = turns.filter(({ number }) => stated.turns.includes(number)).map(({ turn }) => turn);
    if (cited.length === 0 || fact === '' || fact.length > MAX_FACT_LENGTH || !isStorableText(fact)) {
      unfounded += 1;
      continue;
    }
    const eventIds = cited.map((turn) => turn.eventId).slice(0, MAX_EVENT_IDS);
    const kept = [...new Set(stated.topics)].filter((topic) => topics.has(topic)).slice(0, MAX_TOPICS);
    if (kept.length === 0) {
      for (const id of eventIds) offTopic.add(id);
      continue;
    }
    const reported = cited.every(({ author }) => author === 'tool' || author === 'system');
    const confidence = clamp(stated.confidence, reported ? MAX_REPORTED_CONFIDENCE : 1);
    const candidate: Candidate = { fact, topics: kept, confidence, eventIds, ...claim(stated), ...period(stated) };
    const key = normalizeText(fact) || fact;
    const same = byText.get(key);
    byText.set(key, same === undefined ? candidate : merged(same, candidate));
  }
  return { candidates: [...byText.values()], unfounded, offTopic };
}

const clamp = (value: number, max: number): number => (Number.isNaN(value) ? 0 : Math.min(Math.max(value, 0), max));

const merged = (first: Candidate, again: Candidate): Candidate => ({
  ...first,
  confidence: Math.max(first.confidence, again.confidence),
  topics: [...new Set([...first.topics, ...again.topics])].slice(0, MAX_TOPICS),
  eventIds: [...new Set([...first.eventIds, ...again.eventIds])].slice(0, MAX_EVENT_IDS),
});

/** All three or none: half a claim cannot be compared with another. */
function claim(stated: StatedFact): Pick<Candidate, 'subject' | 'attribute' | 'value' | 'exclusive'> {
  const subject = part(stated.subject);
  const attribute = part(stated.attribute)?.replace(/[\s-]+/g, '_') ?? null;
  const value = part(stated.value);
  if (subject === null || attribute === null || value === null) return { subject: null, attribute: null, value: null, exclusive: false };
  return { subject, attribute, value, exclusive: stated.exclusive };
}

function part(text: string | null): string | null {
  const normal = (text ?? '').normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
  return normal === '' || normal.length > MAX_PART || !isStorableText(normal) ? null : normal;
}

/** A period that would end before it starts is no period; the start, which is stated more often, stays. */
function period(stated: StatedFact): Pick<Candidate, 'validFrom' | 'validTo'> {
  const validFrom = statedDate(stated.valid_from, 'start');
  const validTo = statedDate(stated.valid_to, 'end');
  return { validFrom, validTo: validFrom !== null && validTo !== null && validTo < validFrom ? null : validTo };
}
