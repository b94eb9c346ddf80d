/** One wording that reduces to an attribute and a value. */
export interface KeyRule {
  readonly pattern: RegExp;
  readonly attribute: string | ((match: readonly string[]) => string | null);
  readonly exclusive: boolean | ((match: readonly string[]) => boolean);
  readonly value?: (match: readonly string[]) => string;
  /** Values that must be names: “in Porto”, not “in a flat”. */
  readonly proper?: true;
}

/** What may follow a value. */
export const end = "(?=\\s*(?:[.,;:!()]|$| -| (?:and|but|because|since|so|which|that|where|when|with|for|on|in|at|as|around|almost|after|before|now|these|to|from|"
  + "by|while|or)\\b))";
export const phrase = "((?:[\\p{L}\\p{N}'&.+#-]+ ){0,3}?[\\p{L}\\p{N}'&+#-]+)";
const adverbs = '(?:(?:really|also|absolutely|just|still|currently|now|always|recently|finally|actually|totally|especially|definitely|particularly|'
  + 'kind of|already|truly|simply|even|officially) )*';
/** A rule on the words after the person's name; adverbs may come first. */
export const rule = (source: string, attribute: KeyRule['attribute'], exclusive: KeyRule['exclusive'], value?: KeyRule['value']): KeyRule =>
  ({ pattern: new RegExp(`^${adverbs}${source}`, 'iu'), attribute, exclusive, ...(value === undefined ? {} : { value }) });
export const properRule = (source: string, attribute: string, exclusive: boolean): KeyRule => ({ ...rule(source, attribute, exclusive), proper: true });
export const fixed = (text: string) => () => text;
export const second = (match: readonly string[]): string => match[2] ?? '';
export const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');

export const diets = 'vegan|vegetarian|pescatarian|pescetarian|keto|flexitarian|gluten-free';
export const pets = 'dog|cat|puppy|kitten|guinea pig|rabbit|hamster|turtle|tortoise|parrot|horse|fish|bird|snake|lizard';
