import { expand } from './normalize';
import { regex } from './patterns';
import { withoutOpeners } from './openers';
import { possessive, type Person } from './speakers';
import { sentencesOf } from './sentences';
import { has, tag } from './tokens';
import { pastTense, thirdPerson } from './verbs';
import type { AskedThing } from './reading';

export interface Asked {
  /** “what pet Ana has”; null when the question does not stand alone. */
  readonly indirect: string | null;
  /** “Ana's favorite novel is” for “What is your favorite novel?”. */
  readonly lead: string | null;
  /** “Ana has kept bees for” for “How long have you kept bees?”. */
  readonly duration: string | null;
  /** “Ana lives” for “Where do you live?”. */
  readonly place: string | null;
  /** True for “How old are you?”. */
  readonly age: boolean;
  /** “Ana would start” for “When would you start?”. */
  readonly time: string | null;
  /** True for “How is Ruth?”: the answer speaks of Ruth. */
  readonly ofOther: boolean;
  readonly thing: AskedThing | null;
}

const unclear = /\b(?:it|its|that|this|these|those|they|them|their|there|he|she|him|her|his|here|one|ones|so|then|me|my|i|we|us|our)\b/i;

const courtesy = /^(?:how|what) (?:is|are|was|were|has|have|do) .*(?:doing|going|been|up|new|day|week|life|things|feel\w*)\b/i;
const directQuestion = regex('i',
  String.raw`^((?:what|which|who|where|when|why|how)\b[\w' -]*?) (do|does|did|have|are|were|can|could|will|would|should|is|was) `,
  String.raw`(you|your [\w' -]+?)(?: ([\w' ,-]+))?$`);
const noPhrases = { indirect: null, lead: null, duration: null, place: null, age: false, time: null, ofOther: false } as const;

/** The question a turn ends on, prepared for the answer of `answerer`. Null when it asks nothing. */
export function questionIn(said: string, asker: Person, answerer: Person): Asked | null {
  const questions = sentencesOf(said).filter(sentence => sentence.trimEnd().endsWith('?'));
  const last = questions.at(-1);
  if (last === undefined) return null;
  const opened = withoutOpeners(expand(last), { speaker: asker.inside, other: answerer.inside }).replace(/[?!.\s]+$/, '');
  const clean = opened.replace(/^.*,\s*(?=(?:what|which|how|where|when|who|why|do|did|are|have)\b)/i, '');
  const ofOther = /^(?:[Aa]nd )?[Hh]ow (?:is|are|was|were|did) (?:the |\p{Lu}|he\b|she\b|they\b)/u.test(clean) && !clean.includes(answerer.inside);
  if (ofOther) return { ...noPhrases, thing: null, ofOther };
  if (courtesy.test(clean)) return { ...noPhrases, thing: thingIn(clean, answerer) };
  const phrases = phrasesFor(clean, answerer);
  return { ...phrases, thing: phrases.lead === null ? thingIn(clean, answerer) : null };
}

function phrasesFor(question: string, answerer: Person): Omit<Asked, 'thing'> {
  const own = possessive(answerer.inside);
  const named = (text: string): string => text.replace(/\byour\b/gi, own).replace(/\byourself\b/gi, 'themself')
    .replace(/\byou are\b/gi, `${answerer.inside} is`).replace(/\byou have\b/gi, `${answerer.inside} has`).replace(/\byou\b/gi, answerer.inside);
  if (/^how old are you$/i.test(question)) return { ...noPhrases, age: true };
  const favourite = /^(?:what|which|who)(?: (?:is|are|was|were))(?: some of)? (your [\w' -]+)$/i.exec(question);
  if (favourite?.[1] !== undefined && !unclear.test(favourite[1])) {
    const plural = /^(?:what|which|who) (are|were|is|was)/i.exec(question)?.[1]?.toLowerCase() ?? 'is';
    return { ...noPhrases, indirect: `what ${named(favourite[1])} ${plural}`, lead: `${named(favourite[1])} ${plural}` };
  }
  const direct = directQuestion.exec(question);
  if (direct !== null) return fromParts(direct[1] ?? '', direct[2] ?? '', direct[3] ?? '', direct[4] ?? '', named);
  const polar = /^(do|did|have|are|were|can|will|would) (you) ([\w' ,-]+)$/i.exec(question);
  if (polar !== null) return fromParts('whether', polar[1] ?? '', polar[2] ?? '', polar[3] ?? '', named);
  return noPhrases;
}

function fromParts(wh: string, helper: string, subject: string, rest: string, named: (text: string) => string): Omit<Asked, 'thing'> {
  const vague = rest === '' ? subject === 'you' : /^(?:all|guys|two|both|think|mean|waiting|say|up)\b/i.test(rest);
  if (vague || unclear.test(`${wh} ${rest} ${subject}`)) return noPhrases;
  const who = named(subject);
  const predicate = predicateOf(helper.toLowerCase(), subject.toLowerCase() === 'you', rest);
  if (predicate === null) return noPhrases;
  const tail = named(predicate);
  const duration = /^how long$/i.test(wh) && helper.toLowerCase() === 'have' ? `${who} ${tail} for` : null;
  const place = /^where$/i.test(wh) && rest.split(' ').length <= 2 && /^(?:do|did|are|were)$/i.test(helper) ? `${who} ${tail}` : null;
  const time = /^when$/i.test(wh) ? `${who} ${tail}` : null;
  return { ...noPhrases, indirect: `${wh.toLowerCase()} ${who} ${tail}`.trim(), duration, place, time };
}

/** “do … have pets” → “has pets”, “did … go” → “went”, “have … been” → “has been”. */
function predicateOf(helper: string, singularYou: boolean, rest: string): string | null {
  const adverb = /^(?:usually|ever|also|really|often|first|normally|typically|still) /i.exec(rest)?.[0] ?? '';
  const words = rest.slice(adverb.length);
  const [verb, ...more] = words.split(' ');
  if (helper === 'do' || helper === 'does' || helper === 'did') {
    if (verb === undefined || !/^[a-z]+$/i.test(verb)) return null;
    return [adverb + (helper === 'did' ? pastTense(verb) : thirdPerson(verb)), ...more].join(' ');
  }
  const changed: Readonly<Record<string, string>> = { have: 'has', are: 'is', were: 'was' };
  return `${singularYou ? changed[helper] ?? helper : helper} ${rest}`.trim();
}

const vagueThing = /^(?:life|day|week|weekend|things?|time|journey|plans?|thoughts?|favou?rites?|one|experience|mind|holiday|trip)$/;

/** The one thing of the answerer's a question is about: “your kids”. */
function thingIn(question: string, answerer: Person): AskedThing | null {
  const owned = [...question.matchAll(/\b(?:is|are|was|were|did|does|do|has|have) your ((?:[\w'-]+ ){0,3}[\w'-]+)/gi)];
  if (owned.length !== 1 || owned[0]?.[1] === undefined) return null;
  const tokens = tag(owned[0][1]);
  let end = 0;
  while (end < tokens.length && has(tokens[end], 'Noun', 'Adjective', 'Gerund') && !has(tokens[end], 'Pronoun')) end += 1;
  while (end > 0 && !has(tokens[end - 1], 'Noun')) end -= 1;
  const head = tokens[end - 1];
  if (head === undefined || vagueThing.test(head.lower)) return null;
  return { phrase: `${possessive(answerer.name)} ${tokens.slice(0, end).map(each => each.text).join(' ')}`, plural: has(head, 'Plural') };
}
