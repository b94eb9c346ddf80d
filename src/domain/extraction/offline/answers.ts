import { toThirdPerson } from './person';
import { withoutOpeners } from './openers';
import { expand } from './normalize';
import type { Asked } from './questions';
import { firstUnclear } from './references';
import { withoutPointing } from './demonstratives';
import { namesOf, type Reading, type SpeakingContext, type Statement } from './reading';
import { contentWords } from './informative';
import { has, tag, type Token, tokenOf } from './tokens';
import { regex } from './patterns';

const named: ReadonlySet<string> = new Set(['Speaker', 'Noun', 'ProperNoun']);
const noAnswer = regex('i',
  String.raw`^(?:not (?:yet|really)|i (?:do not|am not) know|maybe|perhaps|good|great|fine|nothing|not much|so|very|really|super|`,
  String.raw`absolutely|thanks?|yes|no|sure|ha+|ouch|doing|wow|hope|same|just)\b`);
const emphasis = /^(?:definitely|absolutely|easily|i would say|it is|has to be) (?=\w)/i;
const nounStart = ['Noun', 'Determiner', 'ProperNoun', 'Value', 'Adjective', 'Gerund'];
const smallStart = /^(?:A|An|The|My|Their|Some|Just|Mostly|Mainly|To|In|On|At|By|Since|With|For|From)$/;
const span = regex('i',
  String.raw`^(?:for |about |around |almost |nearly |over )*((?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|`,
  String.raw`fifteen|twenty|thirty|several|a few|many) (?:days?|weeks?|months?|years?))\b`);

/**
 * A bare phrase after a question (“Two parrots and a goat!”) as a fact that carries the question. Whole sentences answer
 * for themselves. Null when question or answer is not understandable alone.
 */
export function answerTo(asked: Asked, reading: Reading, clause: string, context: SpeakingContext): Statement | null {
  const age = asked.age ? /^(?:i am |i turned |i just turned )?(\d{1,3})\b/i.exec(withoutOpeners(expand(clause), namesOf(context)))?.[1] : undefined;
  if (age !== undefined) return fact([tokenOf(`${context.speaker.name} is`, ' ', named)], tag(`${age} years old`), true);
  if (reading.kind !== 'fragment') return null;
  const bare = withoutOpeners(expand(reading.text), namesOf(context)).replace(/[\s.!]+$/, '').replace(emphasis, '');
  if (bare === '' || noAnswer.test(bare)) return null;
  const period = span.exec(bare)?.[1];
  if (asked.duration !== null && period !== undefined) return fact([tokenOf(asked.duration, ' ', named)], tag(period.toLowerCase()), true);
  const rewritten = toThirdPerson(tag(bare), context.speaker, context.other, null);
  if ('reason' in rewritten) return null;
  const answer = withoutPointing(rewritten.tokens, context.speaker, context.photo);
  if (firstUnclear(answer) >= 0 || contentWords(answer).length === 0) return null;
  const place = asked.place === null ? null : placeIn(answer);
  if (asked.place !== null && place !== null) return fact([tokenOf(asked.place, ' ', named)], place, false);
  if (asked.time !== null && /^(?:in|on|at|around|before|after|next|from) /i.test(bare)) return { ...fact([tokenOf(asked.time, ' ', named)], lowered(answer), false), range: reading.range };
  if (asked.lead !== null && has(answer[0], ...nounStart)) return fact([tokenOf(asked.lead, ' ', named)], lowered(answer), false);
  const word = /^\W*(yes|yeah|yep|yup|no|nope|nah)\b/i.exec(clause)?.[1];
  if (asked.indirect === null || (/^whether/.test(asked.indirect) && word === undefined)) return null;
  const polar = /^whether/.test(asked.indirect) ? `: ${/^y/i.test(word ?? '') ? 'yes' : 'no'}, ` : ': ';
  return fact([tokenOf(`Asked ${asked.indirect}, ${context.speaker.inside} said`, polar, named)], lowered(answer), false);
}

/** “In Porto” as it stands, “Porto” with its preposition. */
function placeIn(answer: readonly Token[]): readonly Token[] | null {
  if (/^(?:in|at|near|on|by|from|close|outside)$/.test(answer[0]?.lower ?? '')) return lowered(answer);
  return has(answer[0], 'ProperNoun', 'Place') && /^[A-Z]/.test(answer[0]?.text ?? '') && answer.length <= 4 ? [tokenOf('in', ' '), ...answer] : null;
}

const fact = (head: readonly Token[], answer: readonly Token[], needsStamp: boolean): Statement =>
  ({ kind: 'statement', tokens: [...head, ...answer], range: null, needsStamp, weight: 2 + contentWords(answer).length, personal: true });

const lowered = (tokens: readonly Token[]): readonly Token[] => {
  const [first, ...rest] = tokens;
  if (first === undefined || has(first, 'ProperNoun', 'Acronym', 'Person', 'Place') || !smallStart.test(first.text)) return tokens;
  return [{ ...first, text: first.text.toLowerCase() }, ...rest];
};
