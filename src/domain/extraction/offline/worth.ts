import type { DateRange } from './calendar';
import { weight } from './informative';
import { keysOf } from './keys';
import { regex } from './patterns';
import { beginsClause, tellsEvent } from './shape';
import type { SpeakingContext } from './reading';
import { hasFiniteVerb, isFinite, render, type Token } from './tokens';

const habit = /^(?:every|usually|always|never|often|weekly|daily|twice|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)$/;
const yearly = /\b(?:birthday|anniversary)\b.*\d/i;
const lastingTaste =
  /\b(?:go-to|fave|favou?rite|all about|fan of|into|passionate about|lactose intolerant|gluten intolerant|diabetic|coeliac|celiac|asthmatic|used to|always (?:had|loved|wanted|been)|(?:kid|boy|girl|child))\b/i;
/** Praise and advice about the world in general; an opinion of the day rather than a fact. */
const wisdom = regex('i',
  String.raw`\b(?:is|are|was|were|be|been|builds?|brings?|creates?|makes?|goes) (?:(?:such|so|really|just|an?|the|always|truly|definitely|`,
  String.raw`absolutely|super|pretty|too|all|totally|not|only) )*(?:great|good|awesome|amazing|important|key|helpful|essential|crucial|`,
  String.raw`vital|rewarding|fun|inspiring|incredible|wonderful|powerful|special|lovely|beautiful|tough|hard|challenging|cool|nice|`,
  String.raw`perfect|fulfilling|meaningful|worth|loving|blessing|strength|strong|joy|difference|breathtaking|surrounded|heartwarming)\b|`,
  String.raw`\b(?:can|will|could|might|would|must) (?:(?:really|always|also|definitely|totally|just) )*(?:help|make|be|transform|inspire|`,
  String.raw`turn|brighten|boost|shine|bring|give|change)\b|congrats`);

/** Everyday nouns that, with “the” and nothing after, only the talk before explains: “the meeting went well”. */
const leaning = regex('iu',
  String.raw`\bthe (?:\p{Ll}+ )?(meeting|place|event|turnout|situation|process|results?|outcome|news|decision|opportunity|issue|problem|experience|moment|story|`,
  String.raw`book|movie|film|song|recipe|class|tour|trip|show|audience|scene|view|course|idea|concept|challenge|end result|feedback|response|deal|ending|plot|`,
  String.raw`characters?|atmosphere|workshop|session|lesson|project|piece|painting|picture|gift|language)(?=[.,;!]|$| to have| (?:was|is|were|are|and|but|so|because|really|right|went|made|makes|too)\b)`);
const echo = /\b(?:to a new place|has been (?:playing|doing|going|practi[cs]ing) for|kept falling (?:off|down|over)|(?:found|across|upon) a (?:\w+ )?(?:spot|place)(?= while| and|[.,]|$)|the feeling|a perfect match|kept (?:playing|going|trying)(?= through| until|[.,]|$)|the right balance|the hang of it|something (?:similar|like that|new|different)|do so|the same (?:thing|way|one)|one of (?:them|those|these)|the (?:first|last|other|whole) (?:one|thing)|got an? (?:\w+ )?(?:turnout|response))\b|'s? (?:aim|intention|inspiration|favou?rite part|idea|goal) was\b|'s? favou?rite(?: one| part)? (?:is|are|was)\b/i;

/** “Her favorite was when …”, “got a physical copy”, “has not decided yet”: of what, only the talk before says. */
const unsaid = regex('iu',
  String.raw`'s? favou?rite(?: one| part)? (?:is|are|was|were) (?:when|how|the one)\b|^\S+ (?:started|began|stopped|tried|quit) (?:when|because|while|after)\b|`,
  String.raw`\braised an? (?:ton|lot)\b|^trying to\b|\bthe (?:necessary|required|proper|appropriate|regular|usual) (?:\p{L}+ )?\p{L}+s\b|\bthe ones\b|\b(?:physical|digital|signed|second|hard) copy\b(?! of)|`,
  String.raw`\bnot (?:decided|chosen)(?: yet)?(?:[.!]|$)|\b(?:on|with|for|made|got|did|wrote|owns?) one (?!of|day|thing|time|with|\p{L}+ called)\p{L}+|\bpeople (?:showed|turned) up\b(?! (?:at|for|to)\b)(?!.*\b(?:able|raised?)\b)|`,
  String.raw`\bkept (?:playing|going|trying|practi[cs]ing) (?:through|until|in)\b|'s? (?:last|first|next|latest) (?:run|try|attempt)\b|\bboth (?:\p{Lu}\p{L}+'s?|their) \p{L}+s\b|`,
  String.raw`\b(?:doing|done|did) (?:\S+ ){0,4}research(?! (?:on|into|for|about|in|at)\b)|\bhoping for (?:some )?(?:good|great) news\b|\bcelebrated by\b|`,
  String.raw`\b(?:play|playing|played|compete|competing|competed) professionally\b(?! (?:for|in|with|as|at)\b)|`,
  String.raw`\b(?:went to|attended|been to) an event(?=[.,;]| and| \()|`,
  String.raw`\b(?:powered|pushed|pulled|breezed|made it) through(?:[.!]|$)|\b(?:tak(?:e|es|ing)|took) (?:lessons|classes)\b(?! (?:in|on|for|of)\b)|\b(?:could|would|might) (?:(?:definitely|really|totally) )?help \p{L}+ (?:get back|stay|keep)\b|`,
  String.raw`\b(?:ended up (?:laughing|having|crying)|talked to some big names)\b|\b(?:try|trying|tried|want|wants|use|used|love|loves|make|made) \p{Lu}\p{L}+'s? recipes?(?=[.,;]|$)`);
/** “Different flavors and toppings”, “a certain design”: nothing in a short sentence says of what, or which. */
const vague = /\b(?:with|out|different|various|new|matching) (?:different |various |new |some )*(?:flavou?rs|toppings|options|varieties|poses|moves|combinations)\b(?! (?:of|for|like|in|such)\b)|^(?:A certain|Certain)\b|\bto help out$/iu;

/** Understandable only after what was said before: a bare “the meeting” that the sentence itself did not bring in. */
function leansOnTalk(words: string, content: number): boolean {
  if (/\bthe (?:best|hardest|coolest|worst|toughest|nicest|craziest) (?:part|thing|bit|moment)\b(?! (?:of|about|in)\b)/i.test(words)) return true;
  const bare = words.replace(/"[^"]*"/g, '');
  if (echo.test(bare) && content < 6) return true;
  if (unsaid.test(bare) || (content < 6 && vague.test(bare))) return true;
  const found = leaning.exec(bare);
  const introduced = found !== null && new RegExp(`\\b(?!the\\b)\\p{L}+ (?:\\p{L}+ )?${found[1] ?? ''}`, 'iu').test(bare.slice(0, found.index));
  return found !== null && !introduced && content < 6;
}

/** Passwords and the like do not belong into a memory, whoever tells them. */
const secretPattern = regex('i',
  String.raw`\b(?:pass(?:word|code|phrase)|pin(?: code)?|(?:api|secret|private|access) (?:key|token)|social security number|card number|`,
  String.raw`cvv)\b[^.]{0,20}(?:\bis\b|:|=)`);

export const tellsSecret = (sentence: string): boolean => secretPattern.test(sentence);

/**
 * Whether a sentence in the third person is worth keeping: enough words of content for the kind of conversation,
 * or a plain statement that reduces to a key. A remark about nobody must say more, and must not be mere praise.
 */
export function isWorthKeeping(tokens: readonly Token[], context: SpeakingContext, range: DateRange | null, personal: boolean): boolean {
  if (!hasFiniteVerb(tokens)) return false;
  const words = render(tokens);
  const content = weight(tokens);
  const lasting = range !== null || tellsEvent(tokens) || yearly.test(words) || lastingTaste.test(words) || tokens.some(token => habit.test(token.lower));
  const least = personal ? context.leastWeight : 2 * context.leastWeight - 1;
  const valued = content > 0 && /^\S+ (?:is|are) (?:(?:so|super|really|very|extremely) )*important to \S+$/i.test(words.replace(/[.!]+$/, ''));
  const keyed = valued || content > 0 && keysOf(words, context.speaker.name) !== null;
  if (content + (lasting ? 1 : 0) < least && !keyed) return false;
  if (leansOnTalk(words, content) && !keyed) return false;
  if (!personal && /^"/.test(words) && !tokens.some((_, at) => at < 5 && isFinite(tokens, at))) return false;
  if (!personal && range === null && /^\S+(?: \S+){0,2} would\b/.test(words)) return false;
  return personal || (beginsClause(tokens) && (range !== null || !wisdom.test(words)));
}
