import { has, tag } from './tokens';
import { regex } from './patterns';

/** A fact as subject–attribute–value, where the wording leaves no doubt. */
export interface Keys {
  readonly attribute: string;
  readonly value: string;
  readonly exclusive: boolean;
}

interface KeyRule {
  readonly pattern: RegExp;
  readonly attribute: string | ((match: readonly string[]) => string | null);
  readonly exclusive: boolean;
  readonly value?: (match: readonly string[]) => string;
  /** Values that must be names: “in Porto”, not “in a flat”. */
  readonly proper?: true;
}

const end = "(?=\\s*(?:[.,;:!()]|$| -| (?:and|but|because|since|so|which|that|where|when|with|for|on|in|at|as|around|after|before|now|these|to|from|"
  + "by|while|or)\\b))";
const phrase = "((?:[\\p{L}\\p{N}'&.+#-]+ ){0,3}?[\\p{L}\\p{N}'&+#-]+)";
const adverbs = '(?:(?:really|also|absolutely|just|still|currently|now|always|recently|finally|actually|totally|especially|definitely|particularly|'
  + 'kind of|already|truly|simply|even|officially) )*';
const rule = (source: string, attribute: KeyRule['attribute'], exclusive: boolean, value?: KeyRule['value']): KeyRule =>
  ({ pattern: new RegExp(`^${adverbs}${source}`, 'iu'), attribute, exclusive, ...(value === undefined ? {} : { value }) });
const place = (source: string): KeyRule => ({ ...rule(source, 'home_city', true), proper: true });
const fixed = (text: string) => () => text;
const trade = 'engineer|developer|teacher|nurse|doctor|lawyer|designer|writer|artist|dancer|chef|baker|banker|barista|student|counselor|therapist|'
  + 'accountant|manager|programmer|photographer|musician|professor|scientist|researcher|consultant|architect|journalist|driver|carpenter|'
  + 'plumber|electrician|mechanic|pilot|veterinarian|vet|paramedic|firefighter|actor|actress|singer|director|editor|translator|analyst|'
  + 'administrator|librarian|pharmacist|dentist|coach|farmer|gardener|salesperson|founder|freelancer|streamer|screenwriter|guard';

const diets = 'vegan|vegetarian|pescatarian|pescetarian|keto|flexitarian|gluten-free';
const pets = 'dog|cat|puppy|kitten|guinea pig|rabbit|hamster|turtle|tortoise|parrot|horse|fish|bird|snake|lizard';
const tongues = 'English|Spanish|French|German|Italian|Portuguese|Chinese|Mandarin|Japanese|Korean|Hindi|Arabic|Russian|Dutch|Swedish|Polish|Turkish';

/** Read on the words after the person's name, first match wins. Exclusive attributes hold one value at a time. */
const rules: readonly KeyRule[] = [
  rule(`(?:no longer|(?:does|do) not) (?:eats?|have) meat(?: any ?more)?`, 'diet', true, fixed('no meat')),
  rule(`(?:is|became|has become|went|turned|has gone|has been|is going) ${adverbs}(?:an? )?(${diets})\\b`, 'diet', true),
  rule(`(?:is|has been) (?:severely |very |highly )?allergic to ${phrase}${end}`, 'allergy', false),
  rule(`has an? ${phrase} allergy\\b`, 'allergy', false),
  rule(`(?:does not|did not|no longer) (?:like|likes|enjoy|enjoys|love|loves) ${phrase}(?: any ?more)?${end}`, 'dislikes', false),
  rule(`(?:dislikes|hates|cannot stand) ${phrase}${end}`, 'dislikes', false),
  place(`(?:lives|is living|resides|is based|has lived|has been living) (?:in|near) ${phrase}${end}`),
  place(`(?:has )?(?:moved|relocated) (?:back )?(?:from [\\p{L} ]{2,30} )?to ${phrase}${end}`),
  rule(`is called ${phrase}${end}`, 'name', true),
  { pattern: /^is (\p{Lu}[\p{L}'-]+)(?=\s*(?:[.,;!]|$|and\b))/u, attribute: match => has(tag(match[1] ?? '')[0], 'FirstName') ? 'name' : null, exclusive: true },
  rule(`is (\\d{1,3}) years old`, 'age', true),
  rule(`(?:turned|is turning) (\\d{1,3})\\b`, 'age', true),
  rule(`(?:works|is working|has worked|has been working|started working|got a job|started a (?:new )?job|has a job) (?:at|for) ${phrase}${end}`, 'employer', true),
  rule(`joined ([A-Z][\\p{L}\\p{N}&]+) as\\b`, 'employer', true),
  rule(`(?:works|is working|has been working|started working) as (?:an? )?${phrase}${end}`, 'occupation', true),
  rule(`(?:is|became|has become) (?:an? )((?:[\\p{L}-]+ ){0,2}(?:${trade}))\\b`, 'occupation', true),
  rule(`is (single|married|engaged|divorced|widowed|separated)\\b`, 'relationship_status', true),
  rule(`got (married|engaged|divorced)\\b`, 'relationship_status', true),
  rule(`has been (married)\\b`, 'relationship_status', true),
  rule(`(?:has|owns|adopted|got) (?:an? )(?:new )?((?:[\\p{L}-]+ ){0,1}(?:${pets}))\\b`, 'has_pet', false),
  rule(`has ((?:\\d+|one|two|three|four|five|six) (?:kids|children|sons|daughters))\\b`, 'children', true),
  rule(`has an? (son|daughter|baby)\\b`, 'child', false),
  rule(`speaks (${tongues})\\b`, 'speaks', false),
  rule(`(?:prefers) ${phrase}${end}`, 'prefers', false),
  rule(`(?:owns) (?:an? )?${phrase}${end}`, 'owns', false),
  rule(`(?:loves|likes|enjoys|adores|is a (?:big |huge )?fan of|is (?:really )?into|is fond of|is passionate about) ${phrase}${end}`, 'likes', false),
  rule(`(?:plans|is planning|intends) to (${phrase}(?: (?:to|in|at|for|on) ${phrase})?)${end}`, 'plans', false),
];

/** “My dog is Rufus” names it, “my girlfriend is Italian” does not. */
const petOrKin = (match: readonly string[]): string | null =>
  /\b(?:name|called|named)\b/.test(match[0] ?? '') || has(tag(match[2] ?? '')[0], 'FirstName') ? `${slug(match[1] ?? '')}_name` : null;

const second = (match: readonly string[]): string => match[2] ?? '';
const favourite = new RegExp(`^(?:favou?rite|fave) ((?:[\\p{L}]+ ){0,2}?[\\p{L}]+) (?:is|are|was|has to be) (?:now |definitely |probably |the )*${phrase}${end}`, 'iu');
const petOrKinName = regex('u',
  String.raw`^(dog|cat|puppy|kitten|guinea pig|rabbit|hamster|turtle|parrot|horse|wife|husband|partner|son|daughter|brother|sister|`,
  String.raw`boyfriend|girlfriend)(?:'s name)? is (?:called |named )?([A-Z][\p{L}]+)(?=[.,;]|$)`);

const own: readonly KeyRule[] = [
  { pattern: favourite, attribute: match => `favorite_${slug(match[1] ?? '')}`, exclusive: true, value: second },
  { pattern: /^name is ([\p{L}'-]+(?: [\p{Lu}][\p{L}'-]+)?)/iu, attribute: 'name', exclusive: true },
  { pattern: /^(?:native |first |preferred )?language is ([\p{L}]+)/iu, attribute: 'language', exclusive: true },
  { pattern: /^time ?zone is ([\w/+: -]{2,30}?)(?=[.,;]|$)/iu, attribute: 'timezone', exclusive: true },
  { pattern: petOrKinName, attribute: petOrKin, exclusive: true, value: second },
];

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');
const unclear = regex('',
  String.raw`^(?:it|that|this|them|they|something|anything|everything|nothing|someone|there|here|how|when|what|to|one|new|the same|a|an|`,
  String.raw`the|being|getting \w+|going|how .*|seeing .*|having .*|not .*|both .*|.* like \w+)$`);

export function normalValue(text: string): string | null {
  const value = text.toLowerCase().replace(/\s+/g, ' ').replace(/^["'\s]+|["'\s.!,]+$/g, '')
    .replace(/^(?:a|an|the|some|their|his|her) /, '').replace(/ (?:too|as well|so much|a lot|again)$/, '').trim();
  return value === '' || value.length > 60 || unclear.test(value) ? null : value;
}

/** “loves being with friends” is not a liking for “being”. */
const isHalfActivity = (value: string, rest: string): boolean =>
  /^\S+ing$/.test(value) && /^\s*(?:in|on|at|to|for|with|around|from|by|how|as|things?)\b/.test(rest);

/** Keys of a third-person fact about `name`. Null unless the fact is a plain statement about them. */
export function keysOf(fact: string, name: string): Keys | null {
  if (!fact.startsWith(name)) return null;
  const rest = fact.slice(name.length);
  const possessed = /^(?:'s|') (.*)$/s.exec(rest);
  const said = possessed?.[1] ?? (rest.startsWith(' ') ? rest.slice(1) : '');
  if (/\b(?:might|maybe|perhaps|would|if)\b/i.test(said.slice(0, 40))) return null;
  for (const { pattern, attribute, exclusive, value, proper } of possessed === null ? rules : own) {
    const match = pattern.exec(said);
    if (match === null) continue;
    if (proper === true && !/^\p{Lu}/u.test(match[1] ?? '') && !has(tag(match[1] ?? '')[0], 'Place')) return null;
    const found = normalValue(value === undefined ? match[1] ?? '' : value([...match]));
    const named = typeof attribute === 'string' ? attribute : attribute([...match]);
    if (found === null || named === null || isHalfActivity(found, said.slice(match[0].length))) return null;
    return { attribute: named, value: found, exclusive };
  }
  return null;
}
