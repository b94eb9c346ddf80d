import { literal } from './openers';
import { regex } from './patterns';
import type { SpeakingContext } from './reading';
import { possessive } from './speakers';
import { has, isFinite, type Token } from './tokens';

/** Said with “the”, these are the speaker's own: “with the wife”, “a day out with the gang”. */
const alwaysOwn = /^(?:wife|husband|missus|hubby|fam|in-laws|fianc[eé]e?|better half)$/;
/** People and things somebody has: their owner tells which. */
const ownable = regex('',
  String.raw`^(?:kids|children|boys|girls|twins|baby|dogs?|cats?|puppy|pup|team|crew|band|group|club|class|studio|store|shop|company|business|`,
  String.raw`bakery|restaurant|cafe|office|garden|farm|blog|website|channel|podcast|petition|campaign|wedding|brigade|squad|students?|dancers|players|clients|customers)$`);
/** One of several in any town; when nobody says which, “a shelter” is as true as “the shelter”. */
const oneOfSeveral = /^(?:shelter|center|centre|museum|library|brigade|club|forum|studio|clinic|hospital|charity|orphanage|nursery|group|tattoo|temple|whiteboard)$/;
/** People whom only their owner or their place identifies. */
const someonesPeople = /^(?:kids|children|students|dancers|players|clients|residents|volunteers|members|attendees|team|group|crew|squad|band|actors|guests|participants)$/;
const worksWithChildren = /\b(?:teach\p{L}*|coach\p{L}*|mentor\p{L}*|tutor\p{L}*|volunteer\p{L}*|pupils?|students?|cent(?:er|re)|school|orphanage)\b/iu;
const joinedOwn = /^(?:with|and|for|on|took|take|takes|taking|brought|bring|bringing|join|joined|joining)$/;
const tellsWhich = /^(?:of|that|which|who|whose|where|called|named|near|behind|across|around|downtown|facing|involved)$/;
const places = /^(?:for|on)$/;

const filler = /\b(?:the|an?|my|our|your|and|or|of|in|at|to|for|with|was|is|were|are|that|i|we|it|very|whole|own|little|old|new|great|first|next|last)\b/i;

/** The words before `noun` after `opener` the last time it was said, with the noun: “chess club”. Null when it never was. */
function lastSaid(opener: string, noun: string, text: string): string | null {
  const found = [...text.matchAll(new RegExp(String.raw`\b(?:${opener}) ((?:[\p{L}'-]+ ){0,2})${literal(noun)}\b(?! \p{Ll}*ing\b)`, 'giu'))];
  const [words = ''] = found.map(match => (match[1] ?? '').trim()).filter(each => each !== '' && !filler.test(each)).slice(-1);
  return found.length === 0 ? null : `${words} ${noun}`.trim();
}

/** Last word of “the homeless shelter”, or -1 when a name, a number or a possessive tells which one it is. */
function headOf(tokens: readonly Token[], at: number): number {
  let head = -1;
  for (let next = at + 1; next <= at + 3; next += 1) {
    const token = tokens[next];
    if (token === undefined || has(token, 'ProperNoun', 'Possessive', 'Superlative', 'Value', 'Date', 'Speaker', 'Pronoun') || /^(?:first|last|next|same|whole|other)$/.test(token.lower)) break;
    if (/['’]s?$/.test(token.lower)) return -1;
    if (!has(token, 'Noun', 'Adjective', 'Gerund')) break;
    if (has(token, 'Noun')) head = next;
    if (!/^\s*-?$/.test(token.post)) break;
  }
  return head;
}

function isExplained(tokens: readonly Token[], head: number): boolean {
  const next = tokens[head + 1];
  if (next === undefined || tokens[head]?.post.trim() !== '') return false;
  if (tellsWhich.test(next.lower) || has(next, 'Speaker', 'ProperNoun')) return true;
  const after = tokens[head + 2];
  if (/^(?:in|from|at|near)$/.test(next.lower)) return !has(after, 'Date') && !/^\d/.test(after?.lower ?? '') && !has(after, 'Gerund');
  return places.test(next.lower) && has(after, 'Speaker', 'ProperNoun', 'Possessive') && !has(after, 'Date');
}

const article = (word: string): string => /^(?:[aeiou]|lgb|mri|nba|nfl)/i.test(word) && !/^(?:uni|use|eu|one)/i.test(word) ? 'an' : 'a';

/**
 * “The studio” that one of the two called “my studio” or “your studio” before is the speaker's; “at the shelter” without
 * a name is “at a shelter”, with the words it was brought in by. What stays unknown is marked as pointing.
 */
export function withOwners(tokens: readonly Token[], context: SpeakingContext): readonly Token[] {
  if (context.leastWeight <= 2) return tokens;
  return tokens.map((token, at) => {
    const head = token.lower === 'the' && !token.made ? headOf(tokens, at) : -1;
    const noun = tokens[head];
    if (noun === undefined || isExplained(tokens, head)) return token;
    const say = (text: string): Token => ({ ...token, text: at === 0 ? text.charAt(0).toUpperCase() + text.slice(1) : text, made: true });
    const phrase = tokens.slice(at + 1, head + 1).map(each => each.lower).join(' ');
    const before = tokens[at - 1]?.lower ?? '';
    const owner = possessive(context.speaker.inside);
    // A taste is for the kind: “loves the smoked cheeses” is “loves smoked cheeses”.
    if (has(noun, 'Plural') && phrase !== noun.lower && /^(?:enjoy|love|like|prefer|adore)s?$/.test(before)) return { ...token, text: '', lower: '', post: '', made: true };
    if (alwaysOwn.test(noun.lower) || /^(?:business plan|resume|cv|thesis|dissertation)$/.test(phrase)) return say(owner);
    const broughtIn = tokens.slice(0, at).some(each => each.lower.replace(/[^\p{L}]/gu, '') === noun.lower);
    if (broughtIn) return token;
    if (ownable.test(noun.lower)) {
      const own = lastSaid('my|our', noun.lower, context.ownWords) ?? lastSaid("your|how(?:'s| is| are) the", noun.lower, context.otherWords);
      if (own !== null) return say(phrase.includes(' ') || own === noun.lower ? owner : `${owner} ${own.slice(0, -noun.lower.length).trim()}`);
      if (noun.lower === 'team' && joinedOwn.test(before)) return say(owner);
      if (/^(?:kids|children)$/.test(noun.lower) && joinedOwn.test(before) && before !== 'for'
        && (/^(?:took|takes?|taking)$/.test(before) || (before === 'with' && !worksWithChildren.test(context.ownWords)) || /\bm(?:y|ine) (?:son|daughter|family|fam|wife|husband)\b/i.test(context.ownWords) || /\byour (?:family|fam|wife|husband|son|daughter)\b/i.test(context.otherWords))) return say(owner);
    }
    if (context.owned.has(noun.lower) && (ownable.test(noun.lower) || oneOfSeveral.test(noun.lower))) return say(owner);
    if (oneOfSeveral.test(noun.lower)) {
      const isSubject = at === 0 && has(tokens.find((_, index) => index > head && isFinite(tokens, index)), 'Copula');
      const words = phrase.includes(' ') ? phrase : lastSaid('an?|the', noun.lower, `${context.otherWords} ${context.ownWords}`) ?? phrase;
      const added = words.length > phrase.length && words.endsWith(phrase) ? ` ${words.slice(0, words.length - phrase.length).trim()}` : '';
      if (!isSubject) return say(`${article(added.trim() || phrase)}${added}`);
    }
    return (someonesPeople.test(noun.lower) && !phrase.includes(' ')) || oneOfSeveral.test(noun.lower) ? { ...token, tags: new Set([...token.tags, 'Pointing']) } : token;
  });
}

const someOthers = /^(?:people|persons?|ones?|kids|children|women|men|folks|days?|sides?|hands?|things?|countries|cultures|languages|members|half|parents?|moms?|dads?)$/;

/** “I also stock other brands”, after the first ones: the sentence is as true, and whole, without “other”. */
export function withoutOther(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter((token, at) => {
    const noun = tokens[at + 1];
    const before = tokens[at - 1];
    if (token.lower !== 'other' || noun === undefined || token.post.trim() !== '' || !(has(noun, 'Plural') || noun.lower === 'stuff')) return true;
    if (someOthers.test(noun.lower) || /^than$/.test(tokens[at + 2]?.lower ?? '') || !(has(before, 'Verb') || /^(?:some|for)$/.test(before?.lower ?? ''))) return true;
    if (/^(?:and|or)$/.test(tokens[at - 2]?.lower ?? '')) return true;
    return tokens.slice(0, at).some(each => has(each, 'Noun') && !has(each, 'Speaker', 'Pronoun') && each.lower.replace(/s$/, '') === noun.lower.replace(/s$/, ''));
  });
}
