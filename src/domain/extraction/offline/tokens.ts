import nlp from 'compromise/two';
import { looksLikeGerund } from './verbs';

/** One word of a tagged sentence. `pre + text + post` of all tokens gives the sentence back. */
export interface Token {
  readonly text: string;
  readonly lower: string;
  readonly pre: string;
  readonly post: string;
  readonly tags: ReadonlySet<string>;
  /** Written by the rewriter, so never an unclear reference: “their” put for “my”. */
  readonly made: boolean;
}

const none: ReadonlySet<string> = new Set();

export const tokenOf = (text: string, post: string, tags: ReadonlySet<string> = none): Token =>
  ({ text, lower: text.toLowerCase(), pre: '', post, tags, made: true });

/** Tags one sentence. Contractions the tagger resolves (“store's” before a verb) come out as two words. */
export function tag(sentence: string): Token[] {
  const tokens: Token[] = [];
  for (const sentenceTerms of nlp(sentence).docs) {
    const terms: readonly Term[] = sentenceTerms;
    terms.forEach((term, index) => {
      const implicit = fullForm(terms, index);
      const contracted = implicit !== undefined && terms[index + 1]?.text === '';
      if (term.text === '' && implicit === undefined) return;
      const text = term.text === '' || contracted ? restore(term.text, implicit ?? '') : term.text;
      const silent = contracted || terms[index + 1]?.text !== '' ? '' : terms[index + 1]?.post || (term.post === '' && terms[index + 2] !== undefined ? ' ' : '');
      tokens.push({
        text, lower: text.toLowerCase(), pre: term.pre, post: contracted ? `${term.post} ` : term.post + silent,
        tags: term.tags ?? none, made: false,
      });
    });
  }
  return tokens;
}

/** What the tagger really gives; its own types leave `implicit` out, the full word behind a contraction. */
interface Term {
  readonly text: string;
  readonly pre: string;
  readonly post: string;
  readonly tags?: ReadonlySet<string>;
  readonly implicit?: string;
}

/** “Teal's my favourite” is not “has”, and “'s” before a title or another name is a possessive after all. */
function fullForm(terms: readonly Term[], index: number): string | undefined {
  const own = terms[index]?.implicit;
  if (own === undefined) return undefined;
  const splitsAt = (at: number): boolean => terms[at]?.text === '' && /^(?:is|has)$/.test(terms[at].implicit ?? '');
  if (splitsAt(index + 1) && (opensName(terms[index + 2]) || ownsSubject(terms, index + 2))) return undefined;
  if (!splitsAt(index)) return own;
  if (opensName(terms[index + 1]) || ownsSubject(terms, index + 1)) return undefined;
  return own === 'has' && !goesWithHas(terms[index + 1]) ? 'is' : own;
}

/** “Bilbo's calm, patient manner is what …”: the verb comes later, so “'s” is a possessive. */
function ownsSubject(terms: readonly Term[], from: number): boolean {
  if (terms[from]?.tags?.has('Adjective') !== true) return false;
  for (const term of terms.slice(from + 1, from + 6)) {
    if (term.tags?.has('Copula') === true) return true;
    if (['Conjunction', 'Pronoun', 'Preposition'].some(name => term.tags?.has(name) === true)) return false;
  }
  return false;
}

const goesWithHas = (term: Term | undefined): boolean => ['PastTense', 'Adverb', 'Participle'].some(name => term?.tags?.has(name) === true);
const opensName = (term: Term | undefined): boolean => term !== undefined && (/["“]/.test(term.pre) || /^[A-Z]/.test(term.text));

const restore = (text: string, implicit: string): string =>
  text !== '' && text.toLowerCase().startsWith(implicit.toLowerCase()) ? text.slice(0, implicit.length) : implicit;

export const render = (tokens: readonly Token[]): string =>
  tokens.map(token => token.pre + token.text + token.post).join('').replace(/\s+/g, ' ').replace(/\b([Cc])an not\b/g, '$1annot').trim();

export const has = (token: Token | undefined, ...names: string[]): boolean =>
  token !== undefined && names.some(name => token.tags.has(name));

const nonFinite = new Set(['being', 'been', 'having', 'doing']);

/** A verb that carries tense: not an infinitive after “to”, not a gerund, not a participle after a noun. */
export function isFinite(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (token === undefined || !has(token, 'Verb') || has(token, 'Gerund', 'Particle') || nonFinite.has(token.lower)) return false;
  if (looksLikeGerund(token.lower) && !has(token, 'PastTense')) return false;
  let back = index - 1;
  while (back >= 0 && (has(tokens[back], 'Adverb', 'Negative') || tokens[back]?.lower === 'not')) back -= 1;
  const before = tokens[back];
  if (before?.lower === 'to') return false;
  if (has(token, 'PastTense', 'Copula', 'Auxiliary', 'Modal') || /[^s]s$/.test(token.lower)) return true;
  // A bare form is finite only after its subject: “my kids love”, not “a plan to climb and swim”.
  return before !== undefined && !/[,;:]/.test(before.post) && (has(before, 'Noun', 'Auxiliary', 'Modal') || /^(?:who|that|which|all|both)$/.test(before.lower));
}

export const hasFiniteVerb = (tokens: readonly Token[]): boolean => tokens.some((_, index) => isFinite(tokens, index));
