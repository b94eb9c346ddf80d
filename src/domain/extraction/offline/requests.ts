import { expand } from './normalize';
import { regex } from './patterns';
import { possessive, type Person } from './speakers';

const standing = regex('i',
  String.raw`^(?:(?:and|but|so|also) )*(?:(please )(do not|never|always)|(do not ever|never|always)) ([a-z]+ (?:me|my) .{4,120}?)\s*[.!]*$`);

/** A lasting request from one person to the other: “Please don't call me before nine”. A one-off favour gives null. */
export function lastingRequest(sentence: string, speaker: Person, other: Person | null): string | null {
  const match = standing.exec(expand(sentence));
  if (match === null || other === null) return null;
  const how = (match[2] ?? match[3] ?? '').toLowerCase();
  const rest = match[4] ?? '';
  if (/\b(?:it|this|that|these|those|here|there|you|your|we|us|our)\b/i.test(rest) || /^(?:tell|let|get|wish|leave|judge|forget|worry)\b/i.test(rest)) return null;
  const named = rest.replace(/\bmy\b/i, possessive(speaker.inside)).replace(/\bme\b/i, speaker.inside)
    .replace(/\bmy\b/gi, 'their').replace(/\bme\b/gi, 'them').replace(/\bi am\b/gi, 'they are').replace(/\bi\b/gi, 'they');
  const asked = how === 'always' ? 'always to' : how === 'do not' ? 'not to' : 'never to';
  return `${speaker.name} asked ${other.inside} ${asked} ${named}.`;
}
