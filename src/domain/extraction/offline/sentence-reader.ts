import { resolveDates } from './dates';
import type { DateRange } from './calendar';
import { missingSubject } from './ellipsis';
import { adviceFrom } from './advice';
import { weight } from './informative';
import { keysOf } from './keys';
import { expand } from './normalize';
import { withoutOpeners } from './openers';
import { namesOf, nothing, type AskedThing, type Reading, type SpeakingContext } from './reading';
import { attributed, companionsIn, toThirdPerson } from './person';
import { firstUnclear, withoutUnclearParts } from './references';
import { withoutPointing } from './demonstratives';
import { isQuestion, smallTalk } from './small-talk';
import { has, hasFiniteVerb, isFinite, render, tag, type Token } from './tokens';
import { regex } from './patterns';


const habit = /^(?:every|usually|always|never|often|weekly|daily|twice|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)$/;
/** “Sending good vibes and hoping someone likes it” has a verb, but none of its own. */
function beginsClause(tokens: readonly Token[]): boolean {
  const verb = tokens.findIndex((_, at) => isFinite(tokens, at));
  return !/^(?:not|bonus|for|plus)$/.test(tokens[0]?.lower ?? '') && (!has(tokens[0], 'Gerund') || has(tokens[verb], 'Copula', 'Auxiliary', 'Modal'));
}
const secret = regex('i',
  String.raw`\b(?:pass(?:word|code|phrase)|pin(?: code)?|(?:api|secret|private|access) (?:key|token)|social security number|card number|`,
  String.raw`cvv)\b[^.]{0,20}(?:\bis\b|:|=)`);
const yearly = /\b(?:birthday|anniversary)\b.*\d/i;
const lastingTaste = /\b(?:go-to|fave|favou?rite|all about|fan of|into|passionate about|used to|always (?:had|loved|wanted|been)|(?:kid|boy|girl|child))\b/i;
/** Praise and advice about the world in general; an opinion of the day rather than a fact. */
const wisdom = regex('i',
  String.raw`\b(?:is|are|was|were|be|been|builds?|brings?|creates?|makes?|goes) (?:(?:such|so|really|just|an?|the|always|truly|definitely|`,
  String.raw`absolutely|super|pretty|too|all|totally|not|only) )*(?:great|good|awesome|amazing|important|key|helpful|essential|crucial|`,
  String.raw`vital|rewarding|fun|inspiring|incredible|wonderful|powerful|special|lovely|beautiful|tough|hard|challenging|cool|nice|`,
  String.raw`perfect|fulfilling|meaningful|worth|loving|blessing|strength|strong|joy|difference|breathtaking|surrounded|heartwarming)\b|`,
  String.raw`\b(?:can|will|could|might|would|must) (?:(?:really|always|also|definitely|totally|just) )*(?:help|make|be|transform|inspire|`,
  String.raw`turn|brighten|boost|shine|bring|give|change)\b|congrats`);
const continues = /^(?:it|they|he|she|this|that|these|those)$/;

/** “The training was intense”: which one, only the sentence before can tell. “The book I read” tells itself. */
function isDefinite(tokens: readonly Token[]): boolean {
  if (tokens[0]?.lower !== 'the') return false;
  const verb = tokens.findIndex((_, at) => isFinite(tokens, at));
  const phrase = tokens.slice(1, verb < 0 ? tokens.length : verb);
  return !phrase.some(token => has(token, 'Speaker', 'ProperNoun', 'Possessive', 'Superlative', 'Acronym') || /^(?:that|which|who|of|in|from|best|most|first|hardest|favorite|for|on|about|behind)$/.test(token.lower)) && tokens[verb]?.lower !== 'that';
}


/** Reads one clause of a turn: a statement in the third person, something that needs its context, or nothing. */
export function readClause(raw: string, context: SpeakingContext): Reading {
  const bare = withoutOpeners(expand(raw), namesOf(context));
  if (bare === '' || !/[\p{L}]{2}/u.test(bare)) return nothing('small talk');
  if (isQuestion(bare)) return nothing('question');
  if (secret.test(bare)) return nothing('secret');
  const chat = smallTalk(bare);
  if (chat !== null) return nothing(chat);
  const dated = resolveDates(bare, context.said);
  let tokens = tag(dated.text);
  if (/^(?:(?:really|just|even|also|still|definitely|totally) )?(?:made|makes|brought|gave|helped|reminded|felt|feels|meant|taught|inspired|showed|kept|turned|took|got|blew|brings|gives) (?:me|us|my|like|so|great|good|amazing|awesome|it)\b/i.test(dated.text)) return nothing('unclear reference');
  const subject = missingSubject(tokens);
  if (subject !== null) {
    const full = `${subject} ${dated.text.charAt(0).toLowerCase()}${dated.text.slice(1)}`;
    const again = smallTalk(full);
    if (again !== null) return nothing(again);
    tokens = tag(full);
  }
  if (/^(?:reminds?|makes?|helps|gives|keeps|means|brings|shows|goes|gets|takes|lets|inspires|motivates|shout)$/.test(tokens[0]?.lower ?? '') || (has(tokens[0], 'PresentTense') && /^[a-z]{3,}s$/i.test(tokens[0]?.text ?? '') && !has(tokens[0], 'Noun'))) return nothing('unclear reference');
  if (/^(?:especially|when|because|although|while|if|since|after|before|whenever|as|even)$/.test(tokens[0]?.lower ?? '') && tokens.filter((_, at) => isFinite(tokens, at) && !has(tokens[at - 1], 'Auxiliary')).length < 2) return nothing('unclear reference');
  if (!hasFiniteVerb(tokens)) return { kind: 'fragment', text: dated.text, tokens };
  const advice = subject === null ? adviceFrom(tokens, context) : null;
  if (advice !== null) return advice.kind === 'nothing' ? advice : finish(advice.tokens, context, dated.range, dated.needsStamp, true);
  const company = companionsIn(context.earlier, dated.text);
  const rewritten = toThirdPerson(withAsked(tokens, context.asked), context.speaker, context.other, company);
  if ('reason' in rewritten) return nothing(rewritten.reason);
  return finish(rewritten.tokens, context, dated.range, dated.needsStamp, false);
}

/** “They are three and five” after “How old are your kids?”: the kids take the pronoun's place. */
function withAsked(tokens: readonly Token[], asked: AskedThing | null): readonly Token[] {
  const [first, ...rest] = tokens;
  if (first === undefined || asked === null || first.lower !== (asked.plural ? 'they' : 'it')) return tokens;
  return [{ ...first, text: asked.phrase, lower: asked.phrase.toLowerCase(), tags: new Set(['Noun', 'Speaker']), made: true }, ...rest];
}

function finish(rewritten: readonly Token[], context: SpeakingContext, range: DateRange | null, needsStamp: boolean, told: boolean): Reading {
  const pointed = withoutPointing(rewritten, context.speaker, context.withPhoto);
  const first = pointed[0];
  if (first !== undefined && !first.made && ((continues.test(first.lower) && firstUnclear(pointed) === 0) || (context.leastWeight > 2 && isDefinite(pointed)))) {
    return { kind: 'continuation', tokens: pointed, range, weight: weight(pointed) };
  }
  const clear = withoutUnclearParts(pointed);
  if (clear === null) return nothing('unclear reference');
  const heavy = weight(clear);
  const personal = told || clear.some(token => has(token, 'Speaker'));
  const words = render(clear);
  const dated = range !== null || yearly.test(words) || lastingTaste.test(words) || clear.some(token => habit.test(token.lower)) ? 1 : 0;
  const keyed = heavy > 0 && keysOf(words, context.speaker.name) !== null;
  if ((heavy + dated < (personal ? context.leastWeight : 2 * context.leastWeight - 1) && !keyed) || !hasFiniteVerb(clear)) return nothing('nothing durable');
  if (/\b(?:I|me|my|we|us|our|you|your)\b/.test(words.replace(/"[^"]*"/g, ''))) return nothing('unclear reference');
  if (!personal && !beginsClause(clear)) return nothing('nothing durable');
  if (!personal && range === null && wisdom.test(words)) return nothing('nothing durable');
  const tokens = personal ? clear : attributed(context.speaker, clear);
  return { kind: 'statement', tokens, range: clear.length === pointed.length ? range : rangeLeft(clear, range), needsStamp, weight: heavy, personal };
}

const rangeLeft = (tokens: readonly Token[], range: DateRange | null): DateRange | null => tokens.some(token => /^\d{4}$/.test(token.lower)) ? range : null;
