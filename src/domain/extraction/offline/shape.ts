import { has, isFinite, type Token } from './tokens';
import { regex } from './patterns';

const pointsOut = /^(?:that|which|who|of|in|from|best|most|first|hardest|favorite|for|on|about|behind)$/;
const subordinator = /^(?:especially|when|because|although|while|if|since|after|before|whenever|as|even)$/;
const inner = /^(?:was|were|had|felt|thought|knew|wanted|loved|liked|enjoyed|believed|realized|kept|hoped|meant|needed|guessed|got|did|figured|promised|said|told|faced|used|missed|heard)$/;
const looseVerb = /^(?:reminds?|makes?|helps|gives|keeps|means|brings|shows|goes|gets|takes|lets|inspires|motivates|shout|trust)$/;
const actsOnSpeaker = regex('i',
  String.raw`^(?:(?:really|just|even|also|still|definitely|totally) )?(?:made|makes|brought|gave|helped|reminded|felt|feels|meant|`,
  String.raw`taught|inspired|showed|kept|turned|took|got|blew|brings|gives) (?:me|us|my|like|so|great|good|amazing|awesome|it)\b|^took (?:some|a lot|a while|time|ages)\b`);

/** “The voyage was stormy”: which one, only the sentence before can tell. “The boat I built” tells itself. */
export function isDefinite(tokens: readonly Token[]): boolean {
  if (tokens[0]?.lower !== 'the') return false;
  const verb = tokens.findIndex((_, at) => isFinite(tokens, at));
  const phrase = tokens.slice(1, verb < 0 ? tokens.length : verb);
  const compound = phrase.filter(token => has(token, 'Noun', 'Adjective')).length > 1 && tokens.slice(phrase.length).some(token => has(token, 'Speaker'));
  const tellsItself = compound || phrase.some(token => has(token, 'Speaker', 'ProperNoun', 'Possessive', 'Superlative', 'Acronym') || pointsOut.test(token.lower));
  return !tellsItself && tokens[verb]?.lower !== 'that';
}

/** “Ana planted twelve trees”: something the speaker did, as opposed to what they felt or thought. */
export function tellsEvent(tokens: readonly Token[]): boolean {
  if (!has(tokens[0], 'Speaker')) return false;
  const verb = tokens.findIndex((_, at) => isFinite(tokens, at));
  return has(tokens[verb], 'PastTense') && !has(tokens[verb], 'Copula', 'Auxiliary') && !inner.test(tokens[verb]?.lower ?? '');
}

/** False for “Waiting for news and wondering who calls”: it has a verb, but none of its own. */
export function beginsClause(tokens: readonly Token[]): boolean {
  const verb = tokens.findIndex((_, at) => isFinite(tokens, at));
  if (/^(?:not|bonus|for|plus)$/.test(tokens[0]?.lower ?? '')) return false;
  return !has(tokens[0], 'Gerund') || has(tokens[verb], 'Copula', 'Auxiliary', 'Modal');
}

/** “Made me cough”: the subject that is missing is not the speaker. */
export const missesOtherSubject = (sentence: string): boolean => actsOnSpeaker.test(sentence);

/** “Smells of thyme”, “Especially when it rains”: no subject, or a subordinate clause alone. */
export function isIncomplete(tokens: readonly Token[]): boolean {
  const [first] = tokens;
  if (first === undefined) return true;
  if (looseVerb.test(first.lower) || (has(first, 'PresentTense') && /^[a-z]{3,}s$/i.test(first.text) && !has(first, 'Noun'))) return true;
  if (has(first, 'Gerund') && tokens.some((token, at) => /^(?:sounds?|looks?|seems?|feels?)$/.test(token.lower) && tokens[at - 1]?.post.includes(',') === true)) return true;
  const verbs = tokens.filter((_, at) => isFinite(tokens, at) && !has(tokens[at - 1], 'Auxiliary')).length;
  return subordinator.test(first.lower) && verbs < 2;
}
