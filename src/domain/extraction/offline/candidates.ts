import type { Candidate, SourceTurn } from '../extractor';
import { type DateRange, days, monthNames } from './calendar';
import { keysOf } from './keys';
import { literal } from './openers';
import { type Person, personOf } from './speakers';
import type { RawFact } from './turn-reader';

/** Attributes that go on once they begin: a move last month is true from then on. */
const lasting = new Set(['eats', 'not_eats', 'home_city', 'employer', 'occupation', 'relationship_status', 'diet', 'name', 'likes', 'dislikes', 'has_pet', 'child', 'allergy', 'owns']);

/** Facts of one turn as candidates with topics and keys; the same sentence only once. */
export function candidatesOf(
  turn: SourceTurn, facts: readonly RawFact[], topicsOf: (fact: string) => readonly string[], others: readonly Person[],
): Candidate[] {
  const seen = new Set<string>();
  return facts.flatMap(fact => apart(fact, personOf(turn.speaker))).flatMap(fact => {
    const sameness = fact.text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
    const topics = topicsOf(fact.text);
    if (seen.has(sameness) || topics.length === 0) return [];
    seen.add(sameness);
    const keys = keyed(fact, [personOf(turn.speaker), ...others]);
    return [{ ...keys, fact: fact.text, topics, confidence: Math.round(fact.confidence * 100) / 100, eventIds: [turn.eventId] }];
  });
}

/** “… and the user lives in Lyon” becomes a fact of its own, so that its key can end an older value. */
function apart(fact: RawFact, speaker: Person): RawFact[] {
  if (/^(?:if|when|since|while|although|because|asked)\b/i.test(fact.text) || /["“;]/.test(fact.text)) return [fact];
  const stamp = / \(as of [^()]*\)\.$/.exec(fact.text)?.[0] ?? '.';
  // “… and on 9 May 2024 Ana starts …” reads “… and Ana starts … on 9 May 2024”.
  const moved = new RegExp(`^(.*) and (on \\d{1,2} \\p{L}+ \\d{4}),? (${literal(speaker.inside)} [^,;]+)$`, 'u').exec(fact.text.slice(0, fact.text.length - stamp.length));
  const body = moved === null ? fact.text.slice(0, fact.text.length - stamp.length) : `${moved[1] ?? ''} and ${moved[3] ?? ''} ${moved[2] ?? ''}`;
  const parts = body.split(new RegExp(`(?:,? (?:and|but)|,) (?:now )?(?=${literal(speaker.inside)}(?:'s)? \\p{Ll})`, 'u'));
  const [first = '', second = ''] = parts;
  const aboutSpeaker = first.startsWith(`${speaker.name} `) || first.startsWith(`${speaker.name}'`);
  const later = `${speaker.name}${second.slice(speaker.inside.length)}${stamp}`;
  if (parts.length !== 2 || !aboutSpeaker || first.split(' ').length < 3 || keysOf(later, speaker.name) === null || fact.text.length < 20) return [fact];
  const when = (text: string): DateRange | null => dayRange(text) ?? (/\b(?:19|20)\d\d\b/.test(text.replace(/ \(as of .*$/, '')) ? fact.range : null);
  return [{ ...fact, text: `${first}.`, range: when(first) }, { ...fact, text: later, range: when(later) }];
}

/** The one full day a text names. */
function dayRange(text: string): DateRange | null {
  const found = [...text.replace(/ \(as of .*$/, '').matchAll(/\bon (\d{1,2}) (\p{L}+) (\d{4})\b/gu)];
  const [, day = '', month = '', year = ''] = found[0] ?? [];
  const index = monthNames.findIndex(name => name === month);
  return found.length !== 1 || index < 0 ? null : days(new Date(Date.UTC(Number(year), index, Number(day))));
}

function keyed(fact: RawFact, people: readonly Person[]): Pick<Candidate, 'subject' | 'attribute' | 'value' | 'exclusive' | 'validFrom' | 'validTo'> {
  for (const person of people) {
    const keys = fact.foreign?.keys ?? keysOf(fact.text, person.name);
    if (keys === null) continue;
    return { subject: person.key, ...keys, validFrom: fact.range?.from ?? null, validTo: lasting.has(keys.attribute) || keys.attribute.startsWith('no_longer_') ? null : fact.range?.to ?? null };
  }
  return { subject: null, attribute: null, value: null, exclusive: false, validFrom: fact.range?.from ?? null, validTo: fact.range?.to ?? null };
}
