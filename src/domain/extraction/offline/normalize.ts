import { looksLikeParticiple } from './verbs';

const adverb = '(?:(?:just|also|always|never|really|already|actually|ever|only|still|definitely|totally|even|not)\\s+)';
const bare: readonly (readonly [RegExp, string])[] = [
  [/\bIm\b/g, 'I am'], [/\bIve\b/g, 'I have'], [/\b(do|did|does|is|was|were|are|have|has|had|could|would|should)nt\b/gi, '$1 not'], [/\b(ca)nt\b/g, 'cannot'],
];
const informal: readonly (readonly [RegExp, string])[] = [
  [/\byour (?=(?:\w+ly )?(?:welcome|going|trying|right)\b)/gi, 'you are '],
  [/\b(have|'ve|has) gotta\b/gi, '$1 to'], [/\bgotta\b/gi, 'have to'], [/\b(?:gonna|gunna)\b/gi, 'going to'],
  [/\bwanna\b/gi, 'want to'], [/\bkinda\b/gi, 'kind of'], [/\bsorta\b/gi, 'sort of'],
  [/(?:\bcuz\b|'cause\b|\bcoz\b|\bcause(?= (?:i|it|we|they|he|she|you|my|the)\b))/gi, 'because'],
  [/(^|\s)'em\b/gi, '$1them'], [/\blemme\b/gi, 'let me'], [/\bgimme\b/gi, 'give me'], [/\b(?:ya|u)\b/g, 'you'], [/\bur\b/g, 'your'],
  [/\b([a-z]{3,})in'(?=\s|$)/gi, '$1ing'], [/ & /g, ' and '], [/\bw\/ ?(?=\w)/g, 'with '], [/\bdunno\b/gi, 'do not know'],
  [/\bso+\b/g, 'so'], [/\blotsa\b/g, 'lots of'],
];
const perfect = 'been|got|taken|become|gotten|had|made|given|helped|shown|taught|brought|changed|come|grown|kept|inspired|opened|led|meant';
const contractions: readonly (readonly [RegExp, string])[] = [
  [/\bI'm\b/gi, 'I am'], [/\b(you|we|they)'re\b/gi, '$1 are'], [/\b(\w+)'ve\b/gi, '$1 have'], [/\b(\w+)'ll\b/gi, '$1 will'],
  [/\bcan't\b/gi, 'cannot'], [/\bwon't\b/gi, 'will not'], [/\bshan't\b/gi, 'shall not'], [/\bain't\b/gi, 'is not'], [/\b(\w+)n't\b/gi, '$1 not'],
  [/\blet's\b/gi, 'let us'],
  [new RegExp(`\\b(it|that|he|she|there|what|who|where|how|here)'s ((?:always |just |really |also )?(?:${perfect}))\\b`, 'gi'), '$1 has $2'],
  [/\b(it|that|he|she|there|what|who|where|how|here|when|why)'s\b/gi, '$1 is'], [/\by'all\b/gi, 'you all'],
];

/** Full forms for contractions and chat spelling, straight quotes, no emoji. Meaning is untouched. */
export function expand(sentence: string): string {
  let text = sentence.replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'").replace(/[\u201c\u201d]/g, '"')
    .replace(/\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}]|\u200d|\ufe0f/gu, ' ');
  for (const [pattern, full] of bare) text = text.replace(pattern, full);
  for (const [pattern, full] of informal) text = text.replace(pattern, full);
  for (const [pattern, full] of contractions) text = text.replace(pattern, full);
  text = text.replace(new RegExp(`\\b(\\w+)'d (${adverb}?)(\\w+)`, 'gi'), (_, who: string, between: string, next: string) =>
    `${who} ${looksLikeParticiple(next) ? 'had' : 'would'} ${between}${next}`);
  return text.replace(/\s+/g, ' ').trim();
}
