import { regex } from './patterns';
import { has, isFinite, type Token } from './tokens';

/** Groups and places of someone's life: “the studio” is known to those who talk, not to who reads one sentence later. */
const known = regex('',
  String.raw`^(?:team|squad|crew|band|group|club|shelter|studio|cent(?:er|re)|store|shop|company|firm|office|clinic|convention|conference|`,
  String.raw`fundraiser|workshop|tournament|competition|contest|concert|festival|party|campaign|event|camp|forum|organi[sz]ation|charity|business|brand|class|course|program|tattoo|necklace|mural)$`);
/** People whom only the conversation can name. */
/** “The gang” of whoever speaks: friends. */
const gang = /^(?:gang|guys|girls|boys)$/;
const people = /^(?:gang|guys|girls|boys|kids|children|dancers|students|players|residents|teammates|colleagues|coworkers|neighbou?rs|members|volunteers|fans)$/;
const tellsWhich = /^(?:of|that|which|who|where|when|whose|for|from|called|named|i|we|you|with)$/;
const standsIn = /^(?:at|in|on)$/;
const into = /^(?:at|in|with|for|from|to|during|about|on|into|by|after|before|has|have)$/;
const spouse = /^(?:wife|husband|partner|missus|spouse)$/;

/** Nouns that someone called their own: “my studio”, “our little dance team”, by the last word. */
export function ownedIn(texts: Iterable<string>): ReadonlySet<string> {
  const owned = new Set<string>();
  for (const text of texts) for (const match of text.matchAll(/\b(?:[Mm]y|[Oo]ur) (?:own )?((?:[\p{Ll}-]+ ){0,2}?[\p{Ll}-]+)(?=[.,;!?'’]|$| (?:and|or|is|was|are|were|has|have|to|with|in|on|at|for|from|so|but|that|today|yesterday|last|this)\b)/gu)) {
    owned.add((match[1] ?? '').split(' ').at(-1) ?? '');
  }
  return owned;
}

const opens = (before: Token | undefined): boolean => into.test(before?.lower ?? '') || (has(before, 'Verb') && !has(before, 'Copula', 'Auxiliary', 'Modal'));

interface Phrase { readonly head: number; readonly many: boolean }

/** The noun that “the” brings in, with at most two words between; null when what follows, or a name, tells which. */
function phraseAt(tokens: readonly Token[], at: number): Phrase | null {
  for (let next = at + 1; next <= at + 3; next += 1) {
    const token = tokens[next];
    if (token === undefined || has(token, 'Superlative', 'ProperNoun', 'Possessive', 'Date', 'Value', 'Speaker', 'Acronym') || token.made) return null;
    const many = people.test(token.lower);
    if (many || known.test(token.lower)) {
      const after = tokens[next + 1];
      const ends = token.post.trim() !== '';
      if (!ends && after !== undefined && ((tellsWhich.test(after.lower) && (many || after.lower !== 'who')) || has(after, 'Speaker', 'ProperNoun'))) return null;
      if (many && !/^(?:kids|children)$/.test(token.lower) && !ends && standsIn.test(after?.lower ?? '') && !tokens.slice(next + 2, next + 5).some(each => has(each, 'Date', 'Value'))) return null;
      if (!ends && has(after, 'Noun') && !has(after, 'Pronoun', 'Date') && !isFinite(tokens, next + 1)) continue;
      return { head: next, many };
    }
    if (token.post.trim() !== '' || !has(token, 'Noun', 'Adjective')) return null;
  }
  return null;
}

/** “Jo runs a bakery and the business grows”: something of the kind was brought in; “the wife and the kids” are the family. */
const mentioned = (tokens: readonly Token[], at: number, noun: string): boolean => tokens.slice(0, at).some((token, index) =>
  (token.lower === noun || (known.test(noun) && known.test(token.lower)) || (people.test(noun) && spouse.test(token.lower))) && (tokens[index - 1]?.lower !== 'the' || spouse.test(token.lower)));

/** “The support group has made Jo feel at home”: it may stay unknown which, for the sentence is about Jo. */
const isAbout = (tokens: readonly Token[], at: number): boolean => {
  const end = tokens.findIndex((token, index) => index > at && (/[,;:]/.test(token.post) || /^(?:and|but|so)$/.test(token.lower)));
  return tokens.slice(at, end < 0 ? tokens.length : end + 1).some(token => has(token, 'Speaker'));
};

/**
 * “Jo spent the night at the shelter”: an owner where the speaker named one (“Jo's studio”), else no more than is known (“at a shelter”). What heads
 * the sentence cannot be made vague without saying something else: it is marked as pointing.
 */
export function anchored(tokens: readonly Token[], owner: string, owned: ReadonlySet<string>): readonly Token[] {
  const out = [...tokens];
  for (let at = 0; at < out.length; at += 1) {
    const token = out[at];
    if (token === undefined || token.lower !== 'the' || token.made) continue;
    const phrase = phraseAt(out, at);
    const noun = phrase === null ? undefined : out[phrase.head];
    if (phrase === null || noun === undefined || mentioned(out, at, noun.lower)) continue;
    const put = (text: string): void => { out[at] = { ...token, text, lower: text.toLowerCase(), made: true }; };
    if (gang.test(noun.lower) && phrase.head === at + 1) {
      put('some');
      out[phrase.head] = { ...noun, text: 'friends', lower: 'friends' };
    } else if (owned.has(noun.lower)) put(owner);
    else if (/^(?:kids|children)$/.test(noun.lower) && /^(?:with|take|took|taking)$/.test(out[at - 1]?.lower ?? '') && out.slice(0, at).some(each => each.made && / and others$/.test(each.text))) put('their');
    else if (at > 0 ? opens(out[at - 1]) : !phrase.many && isAbout(out, phrase.head)) put(phrase.many ? 'some' : /^[aeiou]/i.test(out[at + 1]?.text ?? '') ? 'an' : 'a');
    else out[at] = { ...token, tags: new Set([...token.tags, 'Pointing']) };
  }
  return out;
}

/** What a verb or a noun leaves to the talk before: an object, an occasion, a standard of comparison. */
const open = regex('iu',
  String.raw`\bcelebrated by\b|\bback then\b(?! (?:in|at)\b)|^(?:Nothing|Everything|All|None|Neither|Both) (?:was|were|is|are|of)\b|\bas soon as \S+ (?:starts?|started|begins?|gets?|does)[,.]|`,
  String.raw`\badded some \p{L}+ for\b|\bexploring (?:\p{L}+ )?options(?=[.,;(]|$| \()|\btried to stay calm\b|\b(?:the|one|first|next|last) idea \S+ had\b|`,
  String.raw`\b(?:picked up|learn(?:ed|t)|found|gained|got) (?:(?:a few|some|several|lots of|a couple of) )?(?:new |more )?(?:skills|recipes|tricks|ideas|stuff|things)(?=[.,;(]|$| \()|`,
  String.raw`\bsomething (?:that|which) brings\b|\bone (?:that|which|with)\b|\b(?:especially|like|mostly|mainly) \p{L}+-\p{L}+ ones\b|^\S+ trip went\b|\braise enough\b(?! (?:money )?(?:for|to (?:buy|pay))\b)|\bshare of research\b(?! (?:on|for|into)\b)|\bhow the (?:space|place|room) would\b|`,
  String.raw`\btheir experiences\b|\bbrainstorming some to\b|\b(?:do|try) it(?: out)?(?=[.,;(]|$| \()|\bhow (?:much )?\p{L}+ everyone (?:has|had|is|was)\b`);
/** Moods, slogans and good intentions: true of anyone on a good day. */
const slogan = regex('iu',
  String.raw`\b(?:stay(?:s|ing)? (?:filled|upbeat)|best effort|hop(?:es?|ing) for the best|stepping into the unknown|time to reflect|doing (?:alright|okay|fine)|proud of how far|making a real difference|`,
  String.raw`(?:words|thoughts) into action|feels? (?:so |really |very )?(?:humble|blessed|grateful|thankful)(?: too)?(?=[.,;(]|$)|finding the balance|enjoy the small stuff|every step counts|put \S+ hearts? into|brings? \p{Lu}\p{L}+ and others together|pay off in the end)\b`);
/** “Ben should read more”: what one wishes the other to do; “Ben should join Ana in May” is an invitation. */
const wish = /^\S+ (?:really |definitely |totally )?should (?!not have\b)(?!.*\bjoin \p{Lu})/iu;

/** Ends of a sentence that lean on what was said, and that it can do without. */
const tails = regex('iu',
  String.raw`,? (?:to celebrate|just for (?:coming|asking)|to make connections|while \p{Lu}\p{L}+ (?:was|is) (?:winning|away|at it)|(?:and|but) (?:\p{Lu}\p{L}+ )?(?:is |has been )?(?:trying to stay (?:upbeat|positive)|`,
  String.raw`picturing how the (?:space|place) would look|looking ahead|there is one that [^.,;]+)(?: and [^.,;]+)?|and it has made such an? \p{L}+)$`);

/** Index after the last word that a sentence needs: “…, just for coming” goes. */
export function withoutLooseEnd(tokens: readonly Token[]): readonly Token[] {
  const words = tokens.map(token => token.pre + token.text + token.post);
  const found = tails.exec(words.join('').replace(/[\s.!]+$/, ''));
  if (found === null) return tokens;
  let start = 0;
  const at = words.findIndex(word => { const here = start; start += word.length; return here >= found.index; });
  return at < 3 ? tokens : tokens.slice(0, at);
}

/** Whether the sentence says something only to those who heard the rest, or nothing that lasts. */
export const isUnanchored = (words: string): boolean => {
  const bare = words.replace(/"[^"]*"/g, '""');
  return open.test(bare) || slogan.test(bare) || wish.test(bare);
};
