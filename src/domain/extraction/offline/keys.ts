import { has, tag } from './tokens';
import { changes, ownChanges } from './change-keys';
import { diets, end, fixed, type KeyRule, pets, phrase, properRule, rule, second, slug } from './key-patterns';
import { literal } from './openers';
import { regex } from './patterns';

/** A fact as subject–attribute–value, where the wording leaves no doubt. */
export interface Keys {
  readonly attribute: string;
  readonly value: string;
  readonly exclusive: boolean;
}

const place = (source: string): KeyRule => properRule(source, 'home_city', true);
const trade = 'engineer|developer|teacher|nurse|doctor|lawyer|designer|writer|artist|dancer|chef|baker|banker|barista|student|counselor|therapist|'
  + 'accountant|manager|programmer|photographer|musician|professor|scientist|researcher|consultant|architect|journalist|driver|carpenter|'
  + 'plumber|electrician|mechanic|pilot|veterinarian|vet|paramedic|firefighter|actor|actress|singer|director|editor|translator|analyst|'
  + 'administrator|librarian|pharmacist|dentist|coach|farmer|gardener|salesperson|founder|freelancer|streamer|screenwriter|guard';

const tongues = 'English|Spanish|French|German|Italian|Portuguese|Chinese|Mandarin|Japanese|Korean|Hindi|Arabic|Russian|Dutch|Swedish|Polish|Turkish';

/** Read on the words after the person's name, first match wins. Exclusive attributes hold one value at a time. */
const rules: readonly KeyRule[] = [
  ...changes,
  rule(`(?:no longer|(?:does|do) not) (?:eats?|have) meat(?: any ?more)?`, 'diet', true, fixed('no meat')),
  rule(`(?:is|became|has become|went|turned|has gone|has been|is going) (?:(?:now|still|finally|recently|officially|already|even|also) )*(?:an? )?(${diets})\\b`, 'diet', true),
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

const favourite = new RegExp(`^(?:favou?rite|fave) ((?:[\\p{L}]+ ){0,2}?[\\p{L}]+) (?:is|are|was|has to be) (?:now |definitely |probably |the )*${phrase}${end}`, 'iu');
const petOrKinName = regex('u',
  String.raw`^(dog|cat|puppy|kitten|guinea pig|rabbit|hamster|turtle|parrot|horse|wife|husband|partner|son|daughter|brother|sister|`,
  String.raw`boyfriend|girlfriend)(?:'s name)? is (?:called |named )?([A-Z][\p{L}]+)(?=[.,;]|$)`);

const own: readonly KeyRule[] = [
  ...ownChanges,
  { pattern: favourite, attribute: match => `favorite_${slug(match[1] ?? '')}`, exclusive: true, value: second },
  { pattern: /^name is ([\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)?)/u, attribute: 'name', exclusive: true },
  { pattern: /^(?:native |first |preferred )?language is ([\p{L}]+)/iu, attribute: 'language', exclusive: true },
  { pattern: /^time ?zone is ([\w/+: -]{2,30}?)(?=[.,;]|$)/iu, attribute: 'timezone', exclusive: true },
  { pattern: petOrKinName, attribute: petOrKin, exclusive: true, value: second },
];

const unclear = regex('',
  String.raw`^(?:it|that|this|them|they|something|anything|everything|nothing|someone|there|here|how|when|what|to|one|new|the same|a|an|`,
  String.raw`the|being|getting \w+|going|how .*|seeing .*|having .*|not .*|both .*|.* like \w+)$`);

function normalValue(text: string): string | null {
  const value = text.toLowerCase().replace(/\s+/g, ' ').replace(/^["'\s]+|["'\s.!,]+$/g, '')
    .replace(/^(?:a|an|the|some|their|his|her) /, '').replace(/ (?:too|as well|so much|a lot|again)$/, '').trim();
  return value === '' || value.length > 60 || unclear.test(value) ? null : value;
}

/** “loves being with friends” is not a liking for “being”. */
const isHalfActivity = (value: string, rest: string): boolean =>
  /^\S+ing$/.test(value) && /^\s*(?:in|on|at|to|for|with|around|from|by|how|as|things?)\b/.test(rest);

const plural: Readonly<Record<string, string>> = { have: 'has', live: 'lives', are: 'is', own: 'owns', plan: 'plans', eat: 'eats', rent: 'rents', arrive: 'arrives', do: 'does' };
const company = /^and (?:others|their \p{L}+(?: \p{L}+){0,2}?) (have|live|are|own|plan|eat|rent|arrive|do|got|adopted|bought|moved|booked|cancell?ed|sold)\b/u;
const datedLead = "^(?:On|From|In|Since|Around) [^,.;]{0,30}?\\d{4},? (?=";

/** The words after the name: “lives in Porto” of “From 2 May 2024 Ana lives in Porto”, “has a cat” of “Ana and others have a cat”. */
function saidAbout(fact: string, name: string): { readonly said: string; readonly possessed: boolean } | null {
  const plain = fact.replace(new RegExp(`${datedLead}${literal(name)}\\b)`, 'iu'), '');
  if (plain.slice(0, name.length).toLowerCase() !== name.toLowerCase()) return null;
  const rest = plain.slice(name.length);
  const possessed = /^(?:'s|') (.*)$/s.exec(rest)?.[1];
  if (possessed !== undefined) return { said: possessed, possessed: true };
  const said = rest.startsWith(' ') ? rest.slice(1) : '';
  return { said: said.replace(company, (_, verb: string) => plural[verb] ?? verb), possessed: false };
}

/**
 * Keys of a third-person fact about `name`. Null unless the fact is a plain statement about them. Consolidation ends an old
 * value when an exclusive attribute gets another one, and when `no_longer_<attribute>` or `not_<attribute>` names that value.
 */
export function keysOf(fact: string, name: string): Keys | null {
  const about = saidAbout(fact, name);
  if (about === null) return null;
  const { said, possessed } = about;
  if (/\b(?:might|maybe|perhaps|would|if)\b/i.test(said.slice(0, 40))) return null;
  for (const { pattern, attribute, exclusive, value, proper } of possessed ? own : rules) {
    const match = pattern.exec(said);
    if (match === null) continue;
    if (proper === true && !/^\p{Lu}/u.test(match[1] ?? '') && !has(tag(match[1] ?? '')[0], 'Place')) continue;
    const found = normalValue(value === undefined ? match[1] ?? '' : value([...match]));
    const named = typeof attribute === 'string' ? attribute : attribute([...match]);
    if (found === null || named === null || isHalfActivity(found, said.slice(match[0].length))) return null;
    return { attribute: named, value: found, exclusive: typeof exclusive === 'boolean' ? exclusive : exclusive([...match]) };
  }
  return null;
}
