import type { SpeakingContext } from './reading';
import { regex } from './patterns';
import { has, type Token } from './tokens';

/** Nouns of which there are many: “the tournament” alone never says which, unlike “the beach” or “the kids”. */
const oneOfMany = regex('',
  String.raw`^(?:meeting|place|event|turnout|situation|process|results?|outcome|news|decision|opportunity|issue|problem|experience|moment|story|book|`,
  String.raw`movie|film|song|recipe|class|tour|trip|show|audience|scene|view|course|idea|concept|challenge|feedback|response|deal|ending|plot|`,
  String.raw`characters?|atmosphere|workshop|session|lesson|project|piece|painting|picture|gift|cause|tournament|game|season|venture|party|`,
  String.raw`campaign|race|match|visit|quote|dish|dessert|letter|novel|series|program|role|gig|screenplay|script|article|poem|collection|`,
  String.raw`competition|contest|concert|performance|interview|convention|conference|promotion|app|theme|activity|position|incident|accident|plan|`,
  String.raw`speech|exam|test|magazine|trails?|hike|language|possibilit(?:y|ies)|pics?|photos?|pictures|roads?|arena|deficit|buzzer|options?|people|guys|sizes?|prices?|quality|colou?rs?|features?|effects?|shoot|audition|fundraiser|design|journey|task|offer|pose|poses|books|movies|games|events|classes|recipes|stories|shows|designs|ideas)$`);
/** What follows tells which one: “the film I shot”, “the cause of the fire”, “the class in Leeds”. */
const tellsWhich = /^(?:of|that|which|who|where|when|whose|for|from|in|at|about|with|on|by|near|between|behind|called|named|to|before|after|i|we|you)$/;

/** Index of the noun that “the” at `at` brings in when nothing but adjectives stands between; -1 when a noun or a name tells which. */
function bareNoun(tokens: readonly Token[], at: number): number {
  for (let next = at + 1; next <= at + 4; next += 1) {
    const token = tokens[next];
    if (token === undefined) return -1;
    // The tagger cuts “milk-free” in two.
    if (token.post === '-' && /^(?:free|made|based|long|sized|level)$/.test(tokens[next + 1]?.lower ?? '')) { next += 1; continue; }
    if (token.post === '-') continue;
    const ends = token.post.trim() !== '';
    const compound = !ends && has(tokens[next + 1], 'Noun') && !has(tokens[next + 1], 'Pronoun', 'Speaker', 'ProperNoun', 'Date');
    if (oneOfMany.test(token.lower)) return compound ? -1 : next;
    if (ends || has(token, 'Superlative', 'ProperNoun', 'Possessive', 'Date', 'Value', 'Speaker')) return -1;
    if (!has(token, 'Adjective')) return -1;
  }
  return -1;
}

/** “The concert on 5 May”: when, but not which. */
const isWhen = (tokens: readonly Token[], at: number): boolean =>
  /^(?:in|on|at|from|by)$/.test(tokens[at]?.lower ?? '') && (has(tokens[at + 1], 'Date') || /^\d/.test(tokens[at + 1]?.lower ?? ''));

/** “a game … the game”: the sentence brings it in itself. */
const introduced = (tokens: readonly Token[], at: number, noun: string): boolean =>
  tokens.slice(0, at).some((token, index) => singular(token.lower) === singular(noun) && !(tokens[index - 1]?.lower === 'the' && !tokens[index - 1]?.made));
const singular = (word: string): string => word.replace(/[^\p{L}]/gu, '').replace(/s$/, '');

/** “We won a chess tournament. …”: the words that say which tournament, when just one was brought in; null otherwise. */
function whichOne(noun: string, earlier: string): string | null {
  const pattern = new RegExp(String.raw`\b(?:an?|another|my|our|the) ((?:[\p{L}\p{N}'-]+ ){1,3})${noun}\b(?! \p{Ll}*(?:s|ing)\b)`, 'giu');
  const found = [...earlier.matchAll(pattern)].map(match => (match[1] ?? '').trim());
  const usable = found.filter(words => !/\b(?:the|an?|my|our|and|or|of|in|at|to|for|with|was|is|were|are|that|i|we|it|had|great|good|amazing|awesome|nice|cool|new|next|big|tough|fun|whole|last|this|some)\b/i.test(words));
  return new Set(usable.map(words => words.toLowerCase())).size === 1 ? usable[0] ?? null : null;
}

/**
 * Gives “the tournament” the words of the sentence before (“the chess tournament”), or marks it as pointing at
 * something the sentence does not hold. Words to an assistant are left alone: they brief it about things at hand.
 */
export function withReferents(tokens: readonly Token[], context: SpeakingContext): readonly Token[] {
  if (context.leastWeight <= 2) return tokens;
  return tokens.map((token, at) => {
    if (token.lower !== 'the' || token.made) return token;
    const head = bareNoun(tokens, at);
    const noun = tokens[head];
    if (noun === undefined || introduced(tokens, at, noun.lower)) return token;
    const next = tokens[head + 1];
    const ofWhat = /^ideas?$/.test(noun.lower) && /^(?:from|at|with|on|when)$/.test(next?.lower ?? '');
    const wished = next?.lower === 'to' && has(tokens[head + 2], 'Infinitive') && /^(?:painting|picture|piece|book|movie|film|song|story|poem|party|show|class|game)$/.test(noun.lower);
    const explained = !ofWhat && !wished && noun.post.trim() === '' && next !== undefined && (tellsWhich.test(next.lower) || has(next, 'Speaker', 'ProperNoun')) && !isWhen(tokens, head + 1);
    if (explained) return token;
    const words = head === at + 1 ? whichOne(noun.lower, context.earlier) : null;
    return words === null ? { ...token, tags: new Set([...token.tags, 'Pointing']) } : { ...token, text: `the ${words}`, made: true };
  });
}
