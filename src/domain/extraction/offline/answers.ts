import { toThirdPerson } from './person';
import { withoutOpeners } from './openers';
import { expand } from './normalize';
import type { Asked } from './questions';
import { firstUnclear } from './references';
import { withoutPointing } from './demonstratives';
import { namesOf, type Reading, type SpeakingContext, type Statement } from './sentence-reader';
import { contentWords } from './informative';
import { has, tag, type Token, tokenOf } from './tokens';

const named: ReadonlySet<string> = new Set(['Speaker', 'Noun', 'ProperNoun']);
const noAnswer = /^(?:not (?:yet|really)|i (?:do not|am not) know|maybe|perhaps|good|great|fine|nothing|not much|so|very|really|super|absolutely|thanks?|yes|no|sure|ha+|ouch|doing|wow|hope|same|just)\b/i;
const span = /^(?:for |about |around |almost |nearly |over )*((?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|several|a few|many) (?:days?|weeks?|months?|years?))\b/i;

/**
 * A bare phrase after a question (“A pup and a kitty!”) as a fact that carries the question. Whole sentences answer
 * for themselves. Null when question or answer is not understandable alone.
 */
export function answerTo(asked: Asked, reading: Reading, clause: string, context: SpeakingContext): Statement | null {
  if (reading.kind !== 'fragment') return null;
  const bare = withoutOpeners(expand(reading.text === '' ? clause : reading.text), namesOf(context)).replace(/[\s.!]+$/, '');
  if (bare === '' || noAnswer.test(bare)) return null;
  const period = span.exec(bare)?.[1];
  if (asked.duration !== null && period !== undefined) return fact([tokenOf(asked.duration, ' ', named)], tag(period.toLowerCase()), true);
  const rewritten = toThirdPerson(tag(bare), context.speaker, context.other, null);
  if ('reason' in rewritten) return null;
  const answer = withoutPointing(rewritten.tokens, context.speaker, context.withPhoto);
  if (firstUnclear(answer) >= 0 || contentWords(answer).length === 0) return null;
  if (asked.lead !== null && has(answer[0], 'Noun', 'Determiner', 'ProperNoun', 'Value', 'Adjective', 'Gerund')) return fact([tokenOf(asked.lead, ' ', named)], lowered(answer), false);
  if (asked.indirect === null || /^whether/.test(asked.indirect)) return null;
  return fact([tokenOf(`Asked ${asked.indirect}, ${context.speaker.inside} said`, ': ', named)], lowered(answer), false);
}

const fact = (head: readonly Token[], answer: readonly Token[], needsStamp: boolean): Statement =>
  ({ kind: 'statement', tokens: [...head, ...answer], range: null, needsStamp, weight: 2 + contentWords(answer).length, personal: true });

const lowered = (tokens: readonly Token[]): readonly Token[] => {
  const [first, ...rest] = tokens;
  if (first === undefined || has(first, 'ProperNoun', 'Acronym', 'Person', 'Place') || !/^(?:A|An|The|My|Their|Some|Just|Mostly|Mainly|To|In|On|At|By|Since|With|For|From)$/.test(first.text)) return tokens;
  return [{ ...first, text: first.text.toLowerCase() }, ...rest];
};
