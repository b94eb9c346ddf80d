import { adviceFrom } from './advice';
import { withoutOther, withOwners } from './belongings';
import type { DateRange } from './calendar';
import { resolveDates } from './dates';
import { withoutPointing } from './demonstratives';
import { missingSubject } from './ellipsis';
import { weight } from './informative';
import { expand } from './normalize';
import { literal, withoutOpeners } from './openers';
import { attributed, companionsIn, toThirdPerson } from './person';
import { namesOf, nothing, type AskedThing, type Reading, type SpeakingContext } from './reading';
import { firstUnclear, withoutUnclearParts } from './references';
import { withReferents } from './referents';
import { possessive } from './speakers';
import { anchored, isUnanchored, withoutLooseEnd } from './unanchored';
import { isDefinite, isIncomplete, missesOtherSubject } from './shape';
import { isQuestion, smallTalk } from './small-talk';
import { has, hasFiniteVerb, render, tag, type Token } from './tokens';
import { isWorthKeeping } from './worth';

/** “They came even late”: a way without an end that only the conversation knows. */
const nowhere = /\b(?:go|goes|went|come|comes|came|arrived?|arrives) (?:often|even|again|too|twice|once)\b|\b(?:go|goes|went|came|arrived?|arrives)(?:[.,;!]|$)/;
const continues = /^(?:it|they|he|she|this|that|these|those)$/;
/** A first or second person that the rewriting missed (“arriving--I am”): better no fact than a wrong one. */
const notRewritten = /\b(?:I|me|my|we|us|our|you|your)\b/;

/** Reads one clause of a turn: a statement in the third person, something that needs its context, or nothing. */
export function readClause(raw: string, context: SpeakingContext): Reading {
  const bare = withoutOpeners(expand(raw), namesOf(context)).replace(andSoOn, '').replace(/ (?:to celebrate)(?=[.!]*$)/i, '').replace(/ afterwards?(?=[.!,]| just\b| for fun\b|$)/i, '');
  if (bare === '' || !/[\p{L}]{2}/u.test(bare)) return nothing('small talk');
  if (isQuestion(bare)) return nothing('question');
  const told = ownTail.exec(bare);
  const tail = told?.[1] ?? told?.[2];
  if (tail !== undefined) return readClause(tail, context);
  const became = nowIs.exec(bare)?.[1];
  if (became !== undefined) return readClause(`${became} now`, context);
  const chat = smallTalk(bare);
  if (chat !== null) return nothing(chat);
  const dated = resolveDates(askedOfPast.test(context.before) ? bare.replace(/^((?:I|we) )just (?=\w+)/i, '$1') : bare, context.said);
  let tokens = tag(dated.text);
  if (missesOtherSubject(dated.text)) return nothing('unclear reference');
  const subject = missingSubject(tokens);
  if (subject !== null && context.askedOfOther) return nothing('unclear reference');
  if (subject !== null) {
    const full = `${subject} ${dated.text.charAt(0).toLowerCase()}${dated.text.slice(1)}`;
    const again = smallTalk(full);
    if (again !== null) return nothing(again);
    tokens = tag(full);
  }
  if (isIncomplete(tokens)) return nothing('unclear reference');
  if (!hasFiniteVerb(tokens)) return { kind: 'fragment', text: dated.text, tokens, range: dated.range };
  const advice = subject === null ? adviceFrom(tokens, context) : null;
  if (advice !== null) return advice.kind === 'nothing' ? advice : finish(advice.tokens, context, dated.range, dated.needsStamp, true);
  const company = companionsIn(context.earlier, dated.text) ?? listenerIn(context, dated.text);
  if (company === null && unnamedCompany.test(dated.text)) return nothing('unclear reference');
  const rewritten = toThirdPerson(withAsked(tokens, context.asked), context.speaker, context.other, company);
  if ('reason' in rewritten) return nothing(rewritten.reason);
  return finish(rewritten.tokens, context, dated.range, dated.needsStamp, false);
}

/** “Yeah, Ben! We will paint it”: the one who was just called is among “we”. */
function listenerIn(context: SpeakingContext, sentence: string): string | null {
  const name = context.other?.inside ?? '';
  if (name === '' || /^the /i.test(name)) return null;
  if (/\b(?:after|since|when|before|while) we (?:last )?(?:talked|spoke|chatted|met)\b/i.test(sentence)) return name;
  if (!/^we (?:will|are going to|can|could|should)\b/i.test(sentence)) return null;
  return new RegExp(`(?:^|[\\s,])${literal(name)}[.!,\\s]*$`, 'i').test(context.earlier) ? name : null;
}
/** “We talked plots”: with whom is not said. */
const unnamedCompany = /^we (?:just )?(?:talked|chatted|brainstormed|discussed)\b(?!.*\bwith\b)|^we (?:are|were|have been) (?:\w+ )?(?:teammates|friends|roommates|colleagues|neighbou?rs|classmates|partners)\b/i;

/** “They are three and five” after “How old are your kids?”: the kids take the pronoun's place. */
function withAsked(tokens: readonly Token[], asked: AskedThing | null): readonly Token[] {
  const [first, ...rest] = tokens;
  if (first === undefined || asked === null || first.lower !== (asked.plural ? 'they' : 'it')) return tokens;
  return [{ ...first, text: asked.phrase, lower: asked.phrase.toLowerCase(), tags: new Set(['Noun', 'Speaker']), made: true }, ...rest];
}

/** After “What did you dance?”, “we just did a waltz” means “simply”, not “a moment ago”. */
const askedOfPast = /\b(?:did you|were you|was (?:it|that|your)|had you)\b[^?]*\?/i;

/** “…, all of that”: ends a list and says nothing. */
const andSoOn = /,? (?:and )?(?:all (?:of )?that|(?:stuff|things) like that|and so on|etc\.?)(?=[.!]*$)/i;

/** What the speaker did, in a sentence whose beginning leans on the one before: “The hall opens then, so I cancelled the trip”. */
const ownTail = /^(?:it|they|he|she|this|that|the)\b.*?, so (I (?!am\b|will\b|guess\b|think\b|hope\b).+)$|^the \w+ (?:thing|part|news)\b.*? is that ((?:I|we) .+)$/i;
/** “It feels great now that I am a head gardener”: the new state is the fact. */
const nowIs = /^(?:it|that|this)\b.* now that (I am an? (?!bit\b|little\b|lot\b)[^.,;-]+?)\s*(?:[.,;-]|$)/i;

function finish(rewritten: readonly Token[], context: SpeakingContext, range: DateRange | null, needsStamp: boolean, told: boolean): Reading {
  const shown = withReferents(withOwners(withoutOther(withoutPointing(rewritten, context.speaker, context.photo)), context), context);
  const pointed = context.leastWeight > 2 ? anchored(withoutLooseEnd(shown), possessive(context.speaker.inside), context.owned) : shown;
  if (leansBack(pointed, context)) return { kind: 'continuation', tokens: pointed, range, weight: weight(pointed) };
  const clear = withoutUnclearParts(pointed);
  if (clear === null) return nothing('unclear reference');
  if (clear.some(token => token.lower === 'themself') && !clear.some(token => token.text.startsWith(context.speaker.inside) || token.text === context.speaker.name)) return nothing('unclear reference');
  const personal = told || clear.some(token => has(token, 'Speaker'));
  if (!isWorthKeeping(clear, context, range, personal)) return nothing('nothing durable');
  if (context.leastWeight > 2 && isUnanchored(render(clear))) return nothing('unclear reference');
  if (nowhere.test(render(clear))) return nothing('unclear reference');
  if (notRewritten.test(render(clear).replace(/"[^"]*"/g, ''))) return nothing('unclear reference');
  const kept = clear.length === pointed.length || clear.some(token => /^\d{4}$/.test(token.lower)) ? range : null;
  const tokens = personal ? clear : attributed(context.speaker, clear, context.properNames);
  return { kind: 'statement', tokens, range: kept, needsStamp, weight: weight(clear), personal };
}

/** Opens with “it”, “they” or a definite noun that only the sentence before explains. */
function leansBack(tokens: readonly Token[], context: SpeakingContext): boolean {
  const [first] = tokens;
  if (first === undefined || first.made) return false;
  return (continues.test(first.lower) && firstUnclear(tokens) === 0) || (context.leastWeight > 2 && isDefinite(tokens));
}
