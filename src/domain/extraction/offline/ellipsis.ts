import { has, hasFiniteVerb, type Token } from './tokens';
import { pastForms, sameInPast } from './verbs';
import { regex } from './patterns';

const adverb = regex('',
  String.raw`^(?:just|also|still|already|recently|currently|finally|even|always|never|usually|actually|really|definitely|totally|lately|`,
  String.raw`only|sometimes|often|now|mostly|normally|probably|mainly|once)$`);
const stative = regex('',
  String.raw`^(?:love|like|hope|need|want|wish|plan|prefer|hate|enjoy|miss|guess|think|feel|live|work|play|have|might|may|will|would|`,
  String.raw`cannot|can|could|use|used|dislike|study|own|spend)$`);
const moodOfSpeaker = /^(?:keen|excited|happy|thrilled|proud|stoked|eager|determined|allergic|busy|grateful|thankful|able)$/;
/** “Still vegetarian, four months now”. */
const diet = /^(?:vegan|vegetarian|pescatarian|pescetarian)$/;
const gerundSubject = /^(?:being|having|seeing|knowing|making|getting|doing|watching|sharing|going)$/;

/**
 * Chat leaves “I” out: “Went sailing”, “Been running”, “Love hiking”. Gives the words to put in front,
 * or null when the sentence has its own subject.
 */
export function missingSubject(tokens: readonly Token[]): string | null {
  let at = 0;
  while (at < tokens.length - 1 && adverb.test(tokens[at]?.lower ?? '')) at += 1;
  const first = tokens[at];
  const next = tokens[at + 1];
  if (first === undefined || next === undefined || (next.lower === 'and' && has(first, 'Noun', 'Infinitive'))) return null;
  if (first.lower === 'like' || (first.lower === 'love' && at > 0)) return null;
  if (first.lower === 'not' && has(next, 'Gerund')) return 'I am';
  if (diet.test(first.lower)) return 'I am';
  if (first.lower === 'been') return describesSituation(next, tokens[at + 2]) ? null : 'I have';
  if (first.lower === 'going' && next.lower === 'to') return goesOn(tokens, at + 2) ? 'I am' : null;
  if (/^(?:hoping|wishing|praying)$/.test(first.lower)) return 'I am';
  if (/^(?:planning|thinking|trying|looking|working|getting|considering|training|learning|saving|heading|leaving|taking|staying|starting)$/.test(first.lower)
    && !hasFiniteVerb(upToClause(tokens, at + 1))) return 'I am';
  if (has(first, 'Gerund') && at > 0 && !gerundSubject.test(first.lower)) return 'I am';
  if (first.lower === 'was' || first.lower === 'am') return 'I';
  if (first.lower === 'had' || stative.test(first.lower)) return has(next, 'Copula') || /^(?:is|was|are)$/.test(next.lower) ? null : 'I';
  if (moodOfSpeaker.test(first.lower) && /^(?:on|about|to|for|with|of)$/.test(next.lower)) return 'I am';
  if (sameInPast.has(first.lower) && advises(tokens, at)) return null;
  if (has(first, 'PastTense') || pastForms.has(first.lower)) return isNounStart(first, next) ? null : 'I';
  return null;
}

/** “Put oil in and stir …”: the second verb shows that the first is no past. */
const advises = (tokens: readonly Token[], from: number): boolean => tokens.some((token, at) => at > from + 1
  && /^(?:and|or|then)$/.test(tokens[at - 1]?.lower ?? '') && has(token, 'Infinitive') && !sameInPast.has(token.lower) && !pastForms.has(token.lower));

/** “Been a rainy month”, “Been hectic”: it has been, not I have been. */
const describesSituation = (next: Token, after: Token | undefined): boolean =>
  has(next, 'Determiner') || (next.lower === 'quite' && has(after, 'Determiner'))
  || (has(next, 'Adjective') && !/^(?:busy|swamped|sick|unwell|keen)$/.test(next.lower));

/** “Going to repaint”, not “Going to be a cold night” or “Going to meetings has helped”. */
const goesOn = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.lower === 'be' ? has(tokens[at + 1], 'Gerund') : has(tokens[at], 'Infinitive') || !hasFiniteVerb(tokens.slice(at));

/** The words up to “but it”, “and they”: a later clause with its own subject. */
function upToClause(tokens: readonly Token[], from: number): readonly Token[] {
  const end = tokens.findIndex((token, at) => at > from && /^(?:and|but|so)$/.test(token.lower) && has(tokens[at + 1], 'Pronoun'));
  return tokens.slice(from, end < 0 ? tokens.length : end);
}

const isNounStart = (first: Token, next: Token): boolean =>
  (has(next, 'Noun') && has(first, 'Adjective')) || has(next, 'Copula') || /^(?:is|was|are|by)$/.test(next.lower);
