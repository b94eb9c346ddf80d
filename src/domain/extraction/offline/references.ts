import { has, isFinite, render, type Token } from './tokens';
import { regex } from './patterns';

const timeNoun = regex('',
  String.raw`^(?:day|days|week|weeks|month|months|year|years|time|times|weekend|night|morning|evening|afternoon|today|while|bit|lot|lots|ton|tons|bunch|`,
  String.raw`way|kind|sort|moment|things?|chance|turn|try|fun|look|sense|mind|feeling|work|luck|advice|\d+)$`);
const collective = /^(?:team|family|group|company|people|crew|band|class|community|staff|everyone|kids|children|folks|couple|audience|crowd|guys)$/;
const personNoun = regex('',
  String.raw`^(?:friend|mom|mother|mum|dad|father|son|daughter|wife|husband|brother|sister|boyfriend|girlfriend|partner|boss|teacher|`,
  String.raw`coach|cousin|aunt|uncle|grandma|grandpa|grandmother|grandfather|dog|cat|puppy|pup|kitten|kid|baby|neighbor|colleague|`,
  String.raw`coworker|roommate|mentor|author|man|woman|guy|girl|boy|player|singer|artist|writer|doctor|niece|nephew|client|student|fiance|`,
  String.raw`pet|lady|horse)$`);
const boundary = /^(?:and|but|because|when|which|that|so|since|as|while|where|who|after|before|if|or|though|although|then|until)$/;
const speakerTag = 'Speaker';

const places = regex('',
  String.raw`^(?:beach|park|city|town|trip|gym|school|store|house|home|museum|country|lake|place|shelter|studio|restaurant|camp|`,
  String.raw`festival|event)$`);
const rating = /^(?:makes?|made|find|finds|found|making|finding|keeps?|kept)$/;
const selecting = /^(?:the|that|this|which|another|every|each|last|first|new|old|other|next)$/;
const isPlace = (token: Token): boolean => has(token, 'Place') || places.test(token.lower);
const noun = (token: Token | undefined): boolean => token !== undefined && has(token, 'Noun', 'Gerund', 'Acronym')
  && !has(token, 'Pronoun', speakerTag, 'Possessive', 'Date') && !timeNoun.test(token.lower.replace(/[^\w]/g, ''));
const isThing = (token: Token): boolean => noun(token)
  && !has(token, 'Actor', 'Person', 'FirstName', 'Plural') && !personNoun.test(token.lower) && !collective.test(token.lower);
const isMany = (token: Token): boolean => noun(token) && (has(token, 'Plural') || collective.test(token.lower) || /[^s]s$/.test(token.lower));
const isSomeone = (token: Token): boolean => /year-old$/.test(token.lower) || personNoun.test(token.lower.replace(/'s$|[^a-z]/g, ''))
  || (has(token, 'Person', 'FirstName', 'Actor') && !has(token, speakerTag) && noun(token));
const endsClause = (token: Token | undefined): boolean => token !== undefined && /[,;:–—(]|\s-/.test(token.post);

/** “was still sanding”: a verb form, nothing that “it” could name. */
function isProgressive(tokens: readonly Token[], at: number): boolean {
  let before = at - 1;
  while (has(tokens[before], 'Adverb', 'Negative')) before -= 1;
  return has(tokens[at], 'Gerund') && /^(?:am|is|are|was|were|be|been)$/.test(tokens[before]?.lower ?? '');
}

/** “the warmth it gives”: the noun before “it” heads the clause, so what “it” names stands before that noun's own verb. */
function headedBy(tokens: readonly Token[], at: number): number {
  if (!has(tokens[at - 1], 'Noun') || has(tokens[at - 1], 'Pronoun', 'Date') || tokens[at - 1]?.post.trim() !== '' || !isFinite(tokens, at + 1)) return at;
  for (let back = at - 1; back > 0; back -= 1) if (isFinite(tokens, back)) return back;
  return at;
}

const verbBefore = (tokens: readonly Token[], at: number): number => {
  let back = at - 1;
  while (back > 0 && !isFinite(tokens, back)) back -= 1;
  return back;
};

/** “… and paint for it.”: after a preposition at the end, “it” names nothing of its own clause. */
const endsWithIt = (tokens: readonly Token[], at: number): boolean =>
  /^(?:for|about|of|on)$/.test(tokens[at - 1]?.lower ?? '') && (at === tokens.length - 1 || /[.,;!]/.test(tokens[at]?.post ?? ''));

/** “… could not handle it”: what was handled is a thing, not a doing named by its “-ing” form. */
const isObject = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.lower === 'it' && has(tokens[at - 1], 'Verb') && !has(tokens[at - 1], 'Copula', 'Auxiliary') && !isFinite(tokens, at + 1);

/** True when something before `at` in the same fact can carry the pronoun; a boundary keeps “the kids love it” from reading itself. */
function hasAntecedent(tokens: readonly Token[], at: number, fits: (token: Token) => boolean, needsBoundary: boolean, phrases = true): boolean {
  let crossed = !needsBoundary;
  for (let back = at - 1; back >= 0; back -= 1) {
    const token = tokens[back];
    if (token === undefined) return false;
    if (boundary.test(token.lower) || endsClause(token) || (phrases && ((has(token, 'Gerund') && back < at - 1) || token.lower === 'to'))) crossed = true;
    if (crossed && fits(token) && (tokens[at - 1]?.lower === 'and' || !isProgressive(tokens, back))) return true;
  }
  return false;
}

const dummyIt = regex('',
  String.raw`^(?:it )(?:(?:is|was|has been|would be|will be|feels|felt|seems|seemed|can be|must be|gets|got) (?:so |really |super |`,
  String.raw`always |such |very |also |just |pretty |kind of |still |not |definitely |more |a |an |the )*(?:[\w-]*(?:ing|ful|ous|ive|able|`,
  String.raw`ible|ant|ent|ial|ial|ic|ed|less)|important|hard|tough|easy|nice|great|good|fun|cool|time|amazing|awesome|best|first|key|`,
  String.raw`crucial|honor|pleasure|dream|blast|joy|clear|true|crazy|wild|scary|sad|strange|weird|funny|lovely|special|wise|worth|`,
  String.raw`my (?:goal|dream|hope))(?: (?:to|for|of|with) [\w']+(?: [\w']+)?)? (?:to|that|when|how|if|what|being|seeing|knowing|having|`,
  String.raw`getting|watching|working|sharing|because)\b|(?:takes?|took) (?:[\w']+ ){0,2}(?:time|effort|work|courage|guts|while|lot|minutes?|days?|weeks?|months?|years?|hours?|practice|patience|strength|bit|money|energy)\b[\w' ]{0,20} to\b|turns? out|seems? (?:like|that)|(?:rained|`,
  String.raw`snowed|is (?:raining|snowing)))`);
const existential = /^there (?:\w+ )?(?:is|are|was|were|has|have|will|might|would|can|could)\b/;

function isUnclear(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token === undefined || token.made) return false;
  if (has(token, 'Pointing')) return true;
  const rest = (): string => tokens.slice(at, at + 12).map(each => each.lower).join(' ');
  const next = tokens[at + 1];
  switch (token.lower) {
    case 'it': case 'itself':
      if (token.lower === 'it' && endsWithIt(tokens, at)) return !hasAntecedent(tokens, verbBefore(tokens, at), isThing, false);
      if (token.lower === 'it' && (dummyIt.test(rest()) || (rating.test(tokens[at - 1]?.lower ?? '') && has(next, 'Adjective')))) return false;
      if (isObject(tokens, at)) return !tokens.slice(0, at - 1).some((_, index) => isFinite(tokens, index) || /^(?:to|and|but|,)$/.test(tokens[index]?.lower ?? '')) || !hasAntecedent(tokens, at, each => isThing(each) && !has(each, 'Gerund'), true, !has(tokens[at - 1], 'Preposition'));
      return headedBy(tokens, at) === at ? !hasAntecedent(tokens, at, isThing, true, !has(tokens[at - 1], 'Preposition')) : !hasAntecedent(tokens, headedBy(tokens, at), isThing, false);
    case 'its': return !hasAntecedent(tokens, at, noun, false);
    case 'they': case 'them': case 'themselves': return !hasAntecedent(tokens, at, isMany, true);
    case 'their': case 'theirs': return !hasAntecedent(tokens, at, isMany, false);
    case 'he': case 'him': case 'she': case 'her': case 'his': case 'hers': case 'himself': case 'herself': return !hasAntecedent(tokens, at, isSomeone, false);
    case 'this': case 'these': return true;
    case 'that': return /^(?:photo|pic|picture|kind|one|time|day|stuff|thing)s?$/.test(next?.lower ?? '') || isPronounThat(tokens, at);
    case 'those': return !(/^(?:who|with|that|in|of|around|affected|facing|like)$/.test(next?.lower ?? '') || (noun(next) && hasRelative(tokens, at + 1)));
    case 'there': return !existential.test(rest()) && tokens[at - 1]?.lower !== 'out' && !hasAntecedent(tokens, at, isPlace, true);
    case 'here': return true;
    case 'same': return !/^(?:as|time|way|day|page)$/.test(next?.lower ?? '');
    case 'another': case 'other':
      return (token.lower === 'another' || tokens[at - 1]?.lower === 'the') && !has(next, 'Noun', 'Adjective', 'Value', 'ProperNoun', 'Gerund');
    case 'one':
      if (/^(?:is|was|are|be)$/.test(tokens[at - 1]?.lower ?? '') && tokens[at - 2]?.lower === 'there' && /^(?:that|which|with|in|for|called)$/.test(next?.lower ?? '')) return !hasAntecedent(tokens, at, each => noun(each) && has(each, 'Plural'), false);
      if (at === 0) return !/^(?:day|of|time|thing)$/.test(next?.lower ?? '') && !has(next, 'Noun', 'Adjective');
      return selecting.test(tokens[at - 1]?.lower ?? '') && !has(next, 'Noun') && next?.lower !== 'of';
    case 'ones': return !hasAntecedent(tokens, at, each => noun(each) && !has(each, 'Gerund'), false);
    case 'some': return next?.lower === 'to' && token.post.trim() === '' && has(tokens[at + 2], 'Infinitive');
    case 'few': case 'several':
      return /[.,;!]/.test(token.post) || next === undefined ? !hasAntecedent(tokens, at, isMany, false) : false;
    case 'more': return /^(?:few|some|couple|two|three|several|one)$/.test(tokens[at - 1]?.lower ?? '') && !has(next, 'Noun', 'Adjective', 'Gerund', 'Value');
    case 'both': return !noun(next) && !/^(?:of|the|their)$/.test(next?.lower ?? '') && !hasAntecedent(tokens, at, noun, false);
    case 'nothing': case 'everything': case 'none': return at === 0 && isFinite(tokens, at + 1);
    case 'then': return tokens[at - 1]?.lower === 'back' && !has(next, 'Preposition') && next?.lower !== 'when';
    default: return stopsShort(tokens, at);
  }
}

const startOrEnd = /^(?:start|begin|began|finish|stop|try|tri|arrive|join|win|won|did|doe|show)(?:s|es|ed|d)?$/;
const takingPart = /^(?:coming|joining|attending|participating|trying|listening|asking|entering|competing)$/;
const timeWord = /^(?:as|once|when|whenever|until|before|after|if)$/;

/** “As soon as Ana starts, …”, “a mug just for coming”: with what, or to what, is not said. */
function stopsShort(tokens: readonly Token[], at: number): boolean {
  const ends = at === tokens.length - 1 || /[.,;!]/.test(tokens[at]?.post ?? '');
  if (!ends) return false;
  const word = tokens[at]?.lower ?? '';
  const before = tokens[at - 1];
  return (startOrEnd.test(word) && has(before, speakerTag) && timeWord.test(tokens[at - 2]?.lower ?? '')) || (takingPart.test(word) && before?.lower === 'for');
}

const hasRelative = (tokens: readonly Token[], at: number): boolean => /^(?:who|that|with|in|of|from|i|we)$/.test(tokens[at + 1]?.lower ?? '');

function isPronounThat(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  const next = tokens[at + 1];
  if (next === undefined || /[.,;!?)]/.test(tokens[at]?.post ?? '')) return true;
  const heads = before === undefined || has(before, 'Noun') || /^(?:so|one|ones|all|everything|something|anything)$/.test(before.lower);
  if (!heads && /^(?:is|was|will|would|has|made|makes|means|helped)$/.test(next.lower)) return true;
  if (before === undefined || boundary.test(before.lower) && before.lower !== 'so') return isFinite(tokens, at + 1) || before === undefined;
  if (has(next, 'Preposition') && has(before, 'Verb')) return true;
  if (/^(?:have|has|had|having)$/.test(before.lower) && /^(?:before|yet|too|either|already|now)$/.test(next.lower)) return true;
  if (has(before, 'Preposition') && !/^(?:so|now|such)$/.test(before.lower)) return true;
  if (/^(?:do|did|doing|does|like|love|loved|about|after|with|for|of|all|done|see|saw)$/.test(before.lower)) return true;
  return false;
}

export const firstUnclear = (tokens: readonly Token[]): number => tokens.findIndex((_, at) => isUnclear(tokens, at));

const cutAt = /^(?:and|but|so|especially|because|since|as|which|where|plus|although|though|while)$/;

/** Drops an introductory phrase (“After that,”) or the last clauses when only they are unclear; null when what is left says nothing whole. */
export function withoutUnclearParts(tokens: readonly Token[]): readonly Token[] | null {
  let current = tokens;
  for (let round = 0; round < 4; round += 1) {
    const unclear = firstUnclear(current);
    if (unclear < 0) return current;
    const shorter: readonly Token[] | null = withoutHead(current, unclear) ?? withoutIntroduction(current, unclear) ?? withoutTail(current, unclear);
    if (shorter === null) return null;
    current = shorter;
  }
  return null;
}

/** “Nothing could be saved, but now Ana has …”: the second half stands alone. */
function withoutHead(tokens: readonly Token[], unclear: number): readonly Token[] | null {
  if (unclear !== 0 || !/^(?:nothing|everything|none)$/.test(tokens[0]?.lower ?? '')) return null;
  const joint = tokens.findIndex((token, at) => /^(?:but|so)$/.test(token.lower) && tokens[at - 1]?.post.includes(',') === true && tokens.slice(at + 1, at + 3).some(each => has(each, speakerTag)));
  return joint < 0 ? null : tokens.slice(joint + 1);
}

function withoutIntroduction(tokens: readonly Token[], unclear: number): readonly Token[] | null {
  if (unclear > 5 || /^(?:if|unless|when)$/.test(tokens[0]?.lower ?? '')) return null;
  const comma = tokens.findIndex((token, at) => at >= unclear && token.post.includes(','));
  const head = tokens.slice(0, comma + 1);
  if (comma < 0 || comma > 7 || head.some((_, at) => isFinite(head, at)) || !has(tokens[0], 'Preposition', 'Conjunction', 'Adverb', 'Verb')) return null;
  return tokens.slice(comma + 1);
}

function withoutTail(tokens: readonly Token[], unclear: number): readonly Token[] | null {
  for (let at = unclear; at > 2; at -= 1) {
    const gap = tokens[at - 1]?.post ?? '';
    const starts = (cutAt.test(tokens[at]?.lower ?? '') && !(tokens[at]?.lower === 'so' && /^(?:much|many|well|good|great|fast|hard|far|often)$/.test(tokens[at + 1]?.lower ?? ''))) || /\s-|;|—|–/.test(gap) || (gap.includes(',') && (has(tokens[at], 'Pronoun') || /^(?:made|makes|making|gave|giving|reminded|reminding)$/.test(tokens[at]?.lower ?? '')));
    // “The silence and warmth it gives”, “bolts and paint for it”: half of one object would be another statement.
    const splitsObject = tokens[at]?.lower === 'and' && !gap.includes(',')
      && (headedBy(tokens, unclear) !== unclear || !tokens.slice(at, unclear).some(token => has(token, 'Verb', 'Pronoun') && !has(token, 'Gerund')));
    if (!starts || (splitsObject && unclear - at >= 2 && unclear - at <= 3)) continue;
    const head = tokens.slice(0, at);
    if (head.length < 4 || !head.some((_, index) => isFinite(head, index)) || dangles(head) || (tokens[at]?.lower === 'and' && has(head.at(-1), 'Gerund'))) continue;
    if (/^(?:if|when|after|before|while|because|since|as|although|though)$/.test(head[0]?.lower ?? '') && !render(head.slice(0, -1)).includes(',')) continue;
    return head;
  }
  return null;
}

const dangles = (head: readonly Token[]): boolean => {
  const last = head.at(-1);
  return last === undefined || has(last, 'Determiner', 'Preposition', 'Conjunction', 'Auxiliary', 'Copula', 'Possessive')
    || /^(?:and|or|but|to|the|a|think|know|feel|if|when|is|was|not|just|even|like|love|loves)$/.test(last.lower);
};
