import { expand } from './normalize';
import type { Person } from './speakers';
import { regex } from './patterns';

const remember = regex('i',
  String.raw`^(?:please |also |and |can you |could you |so )*(?:remember|note|keep in mind|make a note|do not forget|for (?:the|`,
  String.raw`future) (?:record|reference)[,:]?|fyi[,:]?)(?: that|:|,)?\s+(.{6,})$`);
const standing = regex('i',
  String.raw`^(?:please |also |and |can you |could you )*(?:(from now on|in (?:the )?future|going forward|for all future \w+|`,
  String.raw`whenever [^,]{3,60}|every time [^,]{3,60})[, ]+(?:please )?)?(always|never|do not (?:ever )?|stop|only|answer|reply|respond|`,
  String.raw`write|speak|use|call|address|keep|be|give|include|avoid|format|prefer|ask|translate|send|sign|treat|`,
  String.raw`assume)\b\s*(.{2,200}?)(,? (?:from now on|in (?:the )?future|going forward|at all times|every time|whenever [^,.]{3,60}))?$`);

/** What follows “remember that …”; null when the sentence asks for nothing of the kind. */
export function toRemember(sentence: string): string | null {
  const rest = remember.exec(expand(sentence).replace(/[.!]+$/, ''))?.[1];
  if (rest === undefined || /^(?:to|when|how|the time|me|you|what)\b/i.test(rest)) return null;
  if (sentence.trimEnd().endsWith('?') && !/^(?:please |can you|could you)/i.test(sentence)) return null;
  return rest.replace(/\?$/, '');
}

const choice = regex('i',
  String.raw`^(?:ok(?:ay)?|alright|right|so|then|yes|fine|great|agreed)?[,.! ]*let us `,
  String.raw`(go with|stick with|settle on|choose|pick|use|switch to) ([^.!?]{3,120})[.!]*$`);

/** “Let's go with Postgres” settles something; null for any other sentence. */
export function decisionIn(sentence: string, speaker: Person): string | null {
  const match = choice.exec(expand(sentence).trim());
  if (match?.[2] === undefined || /\b(?:it|this|that|these|those|them|one|you|your|i|me|my|our)\b/i.test(match[2])) return null;
  return `${speaker.name} decided to ${(match[1] ?? '').toLowerCase()} ${match[2].trim()}.`;
}

/** “From now on answer in French” as a standing order; a one-off request (“Write me a poem”) gives null. */
export function standingInstruction(sentence: string, speaker: Person): string | null {
  const match = standing.exec(expand(sentence).replace(/[.!?]+$/, '').replace(/,? (?:please|thanks|thank you)$/i, '').trim());
  if (match === null) return null;
  const [, lead, verb = '', rest = '', tail] = match;
  const lasting = lead !== undefined || tail !== undefined || /^(?:always|never|do not|stop|only)/i.test(verb) || /^call me \p{L}+$/iu.test(`${verb} ${rest}`);
  if (!lasting || /\b(?:it|this|that|these|those|here|there)\b/i.test(rest) || /\bworry|sweat|bother\b/i.test(rest)) return null;
  const when = [lead, tail?.replace(/^, ?/, '')].filter(part => part !== undefined).map(part => part.trim().toLowerCase()).join(' ');
  const order = `${orderOf(verb.toLowerCase().trim(), rest)}${when === '' ? '' : ` ${when}`}`;
  const named = order.replace(/\bmyself\b/gi, 'themself').replace(/\bmy\b/gi, 'their').replace(/\bme\b/gi, 'them')
    .replace(/\bi am\b/gi, 'they are').replace(/\bi\b/gi, 'they').replace(/\byour\b/gi, 'its');
  return `${speaker.name} wants the assistant ${named.trim()}.`;
}

function orderOf(verb: string, rest: string): string {
  if (verb === 'always') return `to always ${rest}`;
  if (verb === 'never' || verb.startsWith('do not ever')) return `to never ${rest}`;
  if (verb.startsWith('do not')) return `not to ${rest}`;
  if (verb === 'only') return `to only ${rest}`;
  return `to ${verb} ${rest}`;
}
