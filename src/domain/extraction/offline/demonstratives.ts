import type { Person } from './speakers';
import { regex } from './patterns';
import { has, isFinite, type Token } from './tokens';

/** “that barn in Wales”, “that barn you painted”: what follows tells which. */
const isExplained = (next: Token | undefined): boolean =>
  has(next, 'Speaker', 'ProperNoun') || (has(next, 'Preposition') && next?.lower !== 'with') || /^(?:that|which|who|where|called|named|on|in|of|from|for|about)$/.test(next?.lower ?? '');
/** Stands for “that” which nothing in the sentence explains: it stays, and counts as unclear. */
const pointing = 'that';
const takesClause = regex('',
  String.raw`^(?:think|know|feel|hope|believe|say|said|realized?|means?|found|glad|happy|sure|so|proud|show(?:s|ed)?|agree|told|`,
  String.raw`learned|noticed|decided)$`);
const isHead = (token: Token | undefined): boolean => has(token, 'Noun') && !has(token, 'Pronoun', 'Speaker') && !indefinite.test(token?.lower ?? '');
const indefinite = /^(?:every|some|any|no)(?:one|body|thing)$|^people$/;
const describes = (token: Token | undefined): boolean =>
  isHead(token) || (!has(token, 'Speaker', 'Pronoun') && has(token, 'Adjective', 'Adverb', 'Value', 'Gerund', 'ProperNoun'));

/** Index of the noun a demonstrative points with (“this old atlas”), or -1 when it stands alone. */
function headOf(tokens: readonly Token[], at: number): number {
  if (!describes(tokens[at + 1])) return -1;
  let head = -1;
  for (let next = at + 1; next <= at + 4 && describes(tokens[next]); next += 1) {
    if (isHead(tokens[next])) head = next;
    if (/[,.;!?)]|\s-/.test(tokens[next]?.post ?? '')) break;
  }
  return head;
}

/**
 * “I bought this old atlas” introduces an atlas: a reader without the conversation needs “an old atlas”. “That barn”
 * becomes “the barn”. At the start of a sentence “this vase” points at something seen: with a photo in the
 * turn it is named as such, otherwise it stays and counts as unclear.
 */
export function withoutPointing(tokens: readonly Token[], speaker: Person, photo: string | null): Token[] {
  const out: Token[] = [];
  let suffixAfter = -1;
  tokens.forEach((token, at) => {
    const head = /^(?:this|that|these|those)$/.test(token.lower) && !token.made ? headOf(tokens, at) : -1;
    const word = head < 0 ? null : articleFor(tokens, at, head, photo !== null);
    if (word === 'The' && at === 0 && !has(tokens[head + 1], 'Speaker')) suffixAfter = head;
    out.push(word === null ? token : word === pointing ? { ...token, tags: new Set([...token.tags, 'Pointing']) } : { ...token, text: word, lower: word.toLowerCase(), made: true });
    if (at === suffixAfter) {
      const last = out.pop();
      if (last !== undefined) out.push({ ...last, text: `${last.text} in a photo that ${speaker.inside} shared (${photo ?? ''})` });
    }
  });
  return out;
}

function articleFor(tokens: readonly Token[], at: number, head: number, withPhoto: boolean): string | null {
  const token = tokens[at];
  const noun = tokens[head];
  if (token === undefined || noun === undefined) return null;
  const plural = has(noun, 'Plural');
  const before = tokens[at - 1];
  if (at === 0) {
    if (/^(?:kind|sort|way|time|moment|photo|pic|picture|lesson|word|experience|journey|stuff|thing|place|idea)/.test(noun.lower)) return null;
    return withPhoto ? 'The' : /^thi?s$|^these$/.test(token.lower) && tokens.some(each => has(each, 'Speaker')) ? (plural ? 'Certain' : 'A certain') : null;
  }
  if (/^(?:kind|sort|way|time|moment|stuff|thing|one|photo|pic|picture|point|process|journey|type|experience)s?$/.test(noun.lower)) return null;
  if (/^(?:makes?|made|let|see|help|have)$/.test(before?.lower ?? '') && /[.!?]|^$/.test(noun.post) && token.lower === 'that') return null;
  if (/^(?:make|makes|happen|remind|inspire|motivate|matter|mean|count|help|keep|show|feel|have|give|bring)$/.test(noun.lower)) return null;
  if (/^(?:guys|fellas|fellows|beauties|cuties|babies|gems|goodies)$/.test(noun.lower)) return pointing;
  if (token.lower === 'this' && !withPhoto && /^(?:is|was)$/.test(tokens[head + 1]?.lower ?? '')) return pointing;
  const fromVerb = has(before, 'Verb', 'Preposition', 'Adverb', 'Adjective', 'Conjunction') && before !== undefined;
  if (!fromVerb) return null;
  if (token.lower === 'this' && /^(?:next|last|first|one)$/.test(tokens[at + 1]?.lower ?? '')) return 'the';
  if (/^(?:whenever|when|if|every)$/.test(tokens[0]?.lower ?? '')) return null;
  // “A critic of this school” points back; “this atlas of harbours” brings something new.
  if (token.lower === 'this' && head === at + 1 && (tokens[head + 1] === undefined || /[.!?;]/.test(noun.post))) return null;
  if (token.lower === 'this' && !plural) return /^[aeiou]/i.test(tokens[at + 1]?.text ?? '') ? 'an' : 'a';
  if (token.lower === 'these') return 'some';
  if (token.lower !== 'that') return null;
  if (!plural && !isFinite(tokens, head + 1) && !takesClause.test(before.lower)) return isExplained(tokens[head + 1]) ? 'the' : pointing;
  return null;
}
