import { nothing, type Nothing, type SpeakingContext } from './reading';
import { contentWords } from './informative';
import { toThirdPerson } from './person';
import { has, type Token, tokenOf } from './tokens';
import { regex } from './patterns';

const notAdvice = regex('',
  String.raw`^(?:let|thank|thanks|please|hope|wish|guess|look|see|say|tell|keep|enjoy|have|take care|go|bring|save|send|count|check|wait|`,
  String.raw`hold|imagine|believe|trust|remember|forget|come|show|give|hang|know|cherish|stay|never|always|chase|follow|embrace|shine|`,
  String.raw`rock|picture|congrats|love|hear|catch|talk|chat|do|am|is|are|was|were|will|can|would|could|should|may|might|must|seems?|`,
  String.raw`looks?|sounds?|feels?|makes?|means?|helps?|been|got|had|has)$`);

/** “Try the new trail near the lake” from one person to the other: advice given, worth a fact when it is concrete. */
export function adviceFrom(tokens: readonly Token[], context: SpeakingContext): { readonly kind: 'told'; readonly tokens: readonly Token[] } | Nothing | null {
  const lead = tokens.findIndex(token => !/^(?:just|always|never|also|so|definitely|maybe|simply|then|first)$/.test(token.lower));
  const [first, second] = tokens.slice(Math.max(0, lead));
  if (first === undefined || second === undefined || !has(first, 'Infinitive') || has(first, 'Modal', 'Auxiliary', 'Noun')) return null;
  if (!/^[a-z]+$/i.test(first.text) || has(second, 'Copula') || /^(?:is|was|are|and)$/.test(second.lower)) return null;
  if (tokens.slice(0, 5).some(token => has(token, 'Copula', 'Auxiliary')) && !/^(?:make|ensure|find|see|learn)$/.test(first.lower)) return null;
  if (has(second, 'Plural') && tokens.slice(2, 5).some(token => has(token, 'Infinitive', 'PresentTense', 'Modal'))) return null;
  if (context.other === null || /^the /i.test(context.other.inside)) return nothing('request');
  if (notAdvice.test(first.lower)) return nothing('encouragement');
  if (contentWords(tokens).length < 3) return nothing('encouragement');
  const rewritten = toThirdPerson(tokens.slice(Math.max(0, lead)), context.speaker, context.other, null);
  if ('reason' in rewritten) return nothing(rewritten.reason);
  const [verb, ...rest] = rewritten.tokens;
  if (verb === undefined) return null;
  const named = new Set(['Speaker', 'Noun', 'ProperNoun']);
  const told = tokenOf('advised', ' ', new Set(['Verb', 'PastTense']));
  const head = [tokenOf(context.speaker.name, ' ', named), told, tokenOf(context.other.inside, ' ', named), tokenOf('to', ' ')];
  return { kind: 'told', tokens: [...head, { ...verb, text: verb.text.toLowerCase() }, ...rest] };
}
