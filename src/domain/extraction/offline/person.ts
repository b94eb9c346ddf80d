import { possessive, type Person } from './speakers';
import { has, isFinite, type Token, tokenOf } from './tokens';
import { isModal, looksLikeGerund, pastForms, sameInPast, thirdPerson } from './verbs';
import { regex } from './patterns';

export type Rewritten = { readonly tokens: readonly Token[] } | { readonly reason: string };

const startsClause = /^(?:because|when|that|which|who|if|while|but|so|as|than|where|since|after|before)$/;
/** “Our planet” is nobody's own. */
const everyones = /^(?:military|government|planet|world|society|nation|economy|environment|troops)$/;
const subjectTags: ReadonlySet<string> = new Set(['Noun', 'ProperNoun', 'Person', 'Speaker']);
const skip = regex('',
  String.raw`^(?:no|longer|also|just|really|still|always|never|often|even|actually|finally|usually|recently|sometimes|definitely|totally|`,
  String.raw`already|only|once|now|currently|kind|of|sort|too|absolutely|truly|honestly|not|both|all|probably|certainly|simply|mostly|`,
  String.raw`mainly|especially|personally|ever|\w+ly)$`);
const kin = 'kids|children|family|wife|husband|partner|boyfriend|girlfriend|friends?|mom|mother|dad|father|parents|sister|brother|son|daughter|fianc[eé]e?|teammates?|team|'
  + 'colleagues|coworkers|roommate|crew|cousin|grandma|grandpa|dog|students|buddies|pals|neighbou?rs?';
const companions = new RegExp(`\\b(?:my|our) ((?:(?!and\\b|or\\b)[\\w-]+ ){0,2}(?:${kin}))\\b(?!')`, 'gi');
const couple = regex('i',
  String.raw`\bwe (?:just |recently |finally )?(?:broke up|split up|got (?:married|engaged|divorced)|are (?:married|engaged|dating|`,
  String.raw`expecting|getting (?:married|divorced)))\b`);

/** The nearest “my kids”, “my team” in what the speaker said so far: then “we” is the speaker and them. */
export function companionsIn(earlier: string, sentence: string): string | null {
  if (couple.test(sentence)) return 'their partner';
  const before = /^.*?\b(?:we|us)\b/i.exec(sentence)?.[0] ?? sentence;
  const last = [...`${earlier} ${before}`.matchAll(companions)].at(-1)?.[1];
  return last === undefined ? null : `their ${last}`;
}

/** “we can all …”, “you feel …”: people in general, so nothing about anyone. */
const concrete = regex('',
  String.raw`\bour (?:\w+ )?(?:anniversary|wedding|house|home|apartment|flat|dogs?|cats?|car|company|office|project|product|startup|son|`,
  String.raw`daughter|kids|baby|landlord|neighbou?rs?|deadline|budget|clients?|database|app|server)\b`);
const generic = regex('i',
  String.raw`\b(?:us all|all of us|we are all|we have the power|each other's backs?|we (?:all|can|must|should|need|could|have to|may)|(?:if|when|whenever|once|as|how|`,
  String.raw`what|where|makes?|lets?|gives?|helps?|takes?|teach(?:es)?|keeps?|for) you|you (?:two|all|both|guys|know|can|feel|have to|`,
  String.raw`need to|get|just|cannot|never|could|want|do not)|yourself|yourselves|makes? us|reminds? us|helps? us|for us|both of us|`,
  String.raw`together we|let us)\b`);

/**
 * Rewrites first and second person into names, with the verbs that go with them. `we` becomes the speaker and
 * those mentioned with them. Fails when “you” is people in general or has no single addressee.
 */
export function toThirdPerson(tokens: readonly Token[], speaker: Person, other: Person | null, company: string | null): Rewritten {
  const plain = tokens.map(token => token.lower).join(' ');
  if (generic.test(plain) && !/\b(?:i (?:think|hope|know|bet|believe) you|i told you|i will \w+ you)\b/.test(plain)) return { reason: 'nothing durable' };
  const first = tokens.some(token => /^(?:i|me|my|mine|myself|we)$/.test(token.lower));
  const secondPerson = tokens.some(token => /^(?:you|your|yours)$/.test(token.lower));
  if (!first && secondPerson && !/\b(?:should|could|might want to|recommend|suggest)\b/.test(plain)) return { reason: 'about the other person' };
  const firstWord = tokens.find(token => /^(?:i|me|my|mine|myself|we|our|us|ours|ourselves)$/.test(token.lower))?.lower;
  const onlyUs = firstWord === 'us' || firstWord === 'ourselves' || (!first && firstWord !== undefined);
  if (company === null && onlyUs && !concrete.test(plain)) return { reason: 'nothing durable' };
  if (secondPerson && other === null) return { reason: 'unclear reference' };
  const out: Token[] = [];
  let named = false;
  let grouped = false;
  let subordinate = false;
  let agree: { third: boolean; bare: boolean } | null = null;
  const self = (): string => out.length === 0 ? speaker.name : speaker.inside;
  const crowd = (): string => `${self()} and ${company ?? 'others'}`;
  let subjectAt = -1;
  // “Their” only where nobody else can be meant: the speaker is the subject, and no noun stands between.
  const alone = (at: number): boolean => named && !secondPerson && subjectAt >= 0
    && !out.slice(subjectAt + 1).some(each => startsClause.test(each.lower) || (has(each, 'Noun', 'Actor', 'Person') && !has(each, 'Date')))
    && !tokens.slice(at, at + 5).some(each => each.lower === 'too')
    && !out.some(each => has(each, 'Plural') && has(each, 'Noun') && !has(each, 'Pronoun', 'Date', 'Duration', 'Verb'));
  const ofGroup = (): boolean => !secondPerson && !out.slice(subjectAt + 1).some(each => has(each, 'Plural', 'Actor') && !each.made);
  const own = (at: number): string => alone(at) ? 'their' : possessive(self());
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const put = (text: string): void => { out.push({ ...token, text, lower: text.toLowerCase(), tags: subjectTags, made: true }); };
    switch (token.lower) {
      case 'i': {
        const joined = isJoinedSubject(tokens, at);
        put(self());
        subjectAt = out.length - 1;
        agree = joined ? null : { third: true, bare: false };
        subordinate = isSubordinate(tokens, at);
        named = true;
        continue;
      }
      case 'me': put(speaker.inside); named = true; agree = null; continue;
      case 'my': put(isLent(tokens, at) ? articleBefore(tokens[at + 1]) : own(at)); continue;
      case 'our': put(everyones.test(tokens[at + 1]?.lower ?? '') ? 'the' : grouped && ofGroup() ? 'their' : own(at)); named = true; continue;
      case 'mine': case 'ours': put(possessive(speaker.inside)); continue;
      case 'myself': put('themself'); continue;
      case 'ourselves': put('themselves'); continue;
      case 'we': put(grouped ? 'they' : crowd()); subjectAt = out.length - 1; grouped = true; named = true; agree = null; continue;
      case 'us': put(grouped ? 'them' : crowd()); grouped = true; named = true; continue;
      case 'yourself': put('themself'); continue;
      case 'your': put(possessive(other?.inside ?? '')); continue;
      case 'yours': put(possessive(other?.inside ?? '')); continue;
      case 'you':
        put(out.length === 0 ? other?.name ?? '' : other?.inside ?? '');
        agree = isFinite(tokens, nextVerb(tokens, at)) && !perceives.test(tokens[at - 1]?.lower ?? '') && tokens[at + 1]?.lower !== 'back' ? { third: true, bare: false } : null;
        continue;
      default:
    }
    if (isBareKin(tokens, at)) { out.push(tokenOf(own(at), ' ', subjectTags), { ...token, text: token.lower }); continue; }
    // “genuinley enjoy”: a slip in an adverb must not get a verb's ending.
    if (agree?.third === true && /^[a-z]{4,}ley$/.test(token.lower)) { out.push(token); continue; }
    const verbFollows = !has(token, 'Verb') && !isModal(token.lower) && has(tokens[at + 1], 'Verb');
    if (agree?.third === true && verbFollows) { out.push(token); continue; }
    if (agree?.third === true && (has(token, 'Verb') || isModal(token.lower) || !skip.test(token.lower)) && !/^(?:no|longer)$/.test(token.lower)) {
      const settled: Token = agreeing(token, tokens, at);
      out.push(settled);
      // “Have been collecting bolts and paint”: a bare word after that is a noun.
      const perfect = settled.lower === 'has' && tokens[at + 1]?.lower === 'been';
      agree = { third: false, bare: settled !== token && settled.lower !== 'does' && !perfect };
      continue;
    }
    if (agree?.bare === true && !subordinate && continuesPredicate(tokens, at)) { out.push(agreeing(token, tokens, at)); continue; }
    if (agree !== null && startsNewClause(tokens, at)) agree = null;
    out.push(token);
  }
  return { tokens: out };
}

/** “I heard you practise”: a bare verb, not one of its own. */
const perceives = /^(?:hear|hears|heard|hearing|see|sees|saw|seeing|watch|watched|watching|let|lets|letting|make|makes|made|making|help|helps|helped|helping)$/;
/** “I will make you my lentil curry”: after “you” the owner is plain, an article reads better than the name again. */
const isLent = (tokens: readonly Token[], at: number): boolean =>
  tokens[at - 1]?.lower === 'you' && has(tokens[at + 1], 'Adjective', 'Noun') && has(tokens[at + 2], 'Singular', 'Uncountable') && !has(tokens[at + 1], 'Plural');
const articleBefore = (next: Token | undefined): string => /^[aeiou]/i.test(next?.text ?? '') ? 'an' : 'a';

function agreeing(token: Token, tokens: readonly Token[], at: number): Token {
  const lower = token.lower;
  const change = (text: string): Token => ({ ...token, text, lower: text });
  if (/^(?:am|are)$/.test(lower)) return change('is');
  if (lower === 'were') return tokens[at - 1]?.lower === 'i' ? token : change('was');
  if (lower === 'have') return change('has');
  if (lower === 'do') return change('does');
  if (isModal(lower) || (sameInPast.has(lower) && !isHabit(tokens)) || pastForms.has(lower) || /^(?:was|had|did|used|is|has|does)$/.test(lower)) return token;
  if (has(token, 'PastTense') || (/[a-z]{2}ed$/.test(lower) && !/(?:need|feed|speed|ceed|breed|bleed)$/.test(lower))) return token;
  if (has(token, 'Infinitive', 'PresentTense', 'Verb') && !looksLikeGerund(lower) && !/[^s]s$/.test(lower)) return change(thirdPerson(lower));
  // The tagger takes some verbs for nouns (“I coach”); right after “I” a bare lower-case word is the verb.
  return /^[a-z]+$/.test(lower) && has(token, 'Noun') && !/s$/.test(lower) && !has(token, 'Pronoun') ? change(thirdPerson(lower)) : token;
}

/** “Dad taught me chess” means the speaker's own father. */
const isBareKin = (tokens: readonly Token[], at: number): boolean =>
  /^(?:dad|mom|mum|grandma|grandpa)$/.test(tokens[at]?.lower ?? '')
  && (at === 0 || /^(?:and|but|when|with|because|that|to|from)$/.test(tokens[at - 1]?.lower ?? '') || tokens[at - 1]?.post.includes(',') === true);

/** “I read every evening”: the form could be past, the habit says it is not. */
const isHabit = (tokens: readonly Token[]): boolean => tokens.some(token => /^(?:usually|often|always|every|lots|daily|weekly|sometimes)$/.test(token.lower));

const nextVerb = (tokens: readonly Token[], at: number): number => {
  let next = at + 1;
  while (skip.test(tokens[next]?.lower ?? '')) next += 1;
  return next;
};

/** “My wife and I are”: a plural subject. “It was cold and I am” starts a clause of its own. */
function isJoinedSubject(tokens: readonly Token[], at: number): boolean {
  const next = tokens[nextVerb(tokens, at)]?.lower ?? '';
  if (tokens[at - 1]?.lower !== 'and' || next === 'am' || tokens[at - 2]?.post.includes(',') === true) return false;
  if (next === 'are' || next === 'were') return true;
  const before = tokens.slice(0, at - 1);
  // “Four years in Leeds and I …”: a span of time is no companion.
  if (before.some(token => has(token, 'Duration', 'Date'))) return false;
  return before.length <= 5 && !before.some((_, index) => isFinite(before, index));
}

/** “what I care for and call them”: the second verb belongs to the clause around this one. */
const isSubordinate = (tokens: readonly Token[], at: number): boolean =>
  /^(?:what|that|how|who|where|because|if|when|which|whether|why|as|than)$/.test(tokens[at - 1]?.lower ?? '')
  || (has(tokens[at - 1], 'Noun') && !has(tokens[at - 1], 'Pronoun') && tokens[at - 1]?.post.trim() === '');

/** A second verb of the same subject: “I run and swim”; not after an infinitive or a modal. */
function continuesPredicate(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (!has(token, 'Infinitive', 'PresentTense') || has(token, 'Gerund', 'Copula') || /[^s]s$/.test(token?.lower ?? '') || looksLikeGerund(token?.lower ?? '')) return false;
  let back = at - 1;
  while (skip.test(tokens[back]?.lower ?? '')) back -= 1;
  if (!/^(?:and|but|or|then)$/.test(tokens[back]?.lower ?? '')) return false;
  for (let scan = back - 1; scan >= 0 && !/^(?:i|you)$/.test(tokens[scan]?.lower ?? ''); scan -= 1) {
    const word = tokens[scan]?.lower ?? '';
    if (word === 'to' && (has(tokens[scan + 1], 'Infinitive') || back - scan <= 3)) return false;
    if (isModal(word) || /^(?:do|does|did|let|help|make|not|never|who|that|which)$/.test(word)) return false;
  }
  return true;
}

const startsNewClause = (tokens: readonly Token[], at: number): boolean =>
  /^(?:because|since|that|which|who|when|if|where|so|while)$/.test(tokens[at]?.lower ?? '') || (has(tokens[at], 'Pronoun') && isFinite(tokens, at + 1));

/** A remark about someone else, said to be the speaker's. Names in `names`, and what acts by itself (“Rufus slept”), keep their capital. */
export const attributed = (speaker: Person, tokens: readonly Token[], names: ReadonlySet<string>): Token[] => {
  const [first, ...rest] = tokens;
  if (first === undefined) return [];
  const isName = has(first, 'ProperNoun', 'Person', 'Acronym', 'Organization', 'Place', 'Possessive');
  const actor = has(first, 'Noun') && !has(first, 'Plural', 'Uncountable', 'Gerund', 'Pronoun') && !/(?:ness|ity|ment|ion|ing|y)$/.test(first.lower)
    && isFinite(tokens, 1) && !has(tokens[1], 'Copula');
  const keep = isName || actor || names.has(first.text.replace(/'s?$/, '')) || /^"|^[A-Z].*[A-Z]/.test(first.text);
  const lowered = keep ? first : { ...first, text: first.text.charAt(0).toLowerCase() + first.text.slice(1) };
  return [tokenOf(`According to ${speaker.inside}`, ', ', subjectTags), lowered, ...rest];
};
