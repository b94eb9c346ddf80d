import { dayText } from './calendar';
import { resolveDates } from './dates';
import { photoPhrase, type TurnText } from './notes';
import { expand } from './normalize';
import { regex } from './patterns';
import { toThirdPerson } from './person';
import { firstUnclear } from './references';
import { sentencesOf } from './sentences';
import type { Person } from './speakers';
import { has, render, tag } from './tokens';

const picture = '(?:pic|photo|picture|shot|snap|snapshot|photograph)s?';
const stop = String.raw`(?=[.,!?;:]|\s[-–—]|\s(?:and|but|so) (?:it|they|we|I)\b| so far|$)`;
const own = String.raw`(?:me|us|my|our)\b`;
const made = 'made|painted|drew|wrote|baked|cooked|built|knitted|designed|carved|sewed|planted|grew|finished|did|bought|got';
/** What the words say a picture is about; the first group goes after “a photo”. */
const subjects: readonly RegExp[] = [
  regex('iu', String.raw`\b${picture} (?:is |was )?((?:of|from) (?:(?:some|one|two|three|all|a few|most) of )?${own}[^.,!?;:]*?)${stop}`),
  regex('iu', String.raw`\b${picture} (?:is |was )?(from (?:an? )[^.,!?;:]*?\b(?:I|we)\b[^.,!?;:]*?)${stop}`),
  regex('iu', String.raw`\b(?:here|here's) (?:is )?(?:one|some) (from (?:my|our)\b[^.,!?;:]*?)${stop}`),
  regex('iu', String.raw`\b${picture} ((?:I|we) (?:took|got|snapped|shot|made) (?:when|while|during|on|at|from|in|of)\b[^.,!?;:]*?)${stop}`),
];
/** “This is my bookshelf”, “Here is one of my trophies”. */
const named = regex('iu', String.raw`\b(?:(?:here|this|these) (?:is|are|was|were)|(?:peek|look) at) ((?:(?:one|some|a few|all) of )?(?:my|our|the \p{L}+ I) [^.,!?;:]*?)${stop}`);
/** “I got this for you”. */
const present = /\b((?:I|we)(?: even| just)? (?:got|made|bought|baked|knitted|drew)) (?:this|these)\b[^.,!?;:]*?( for you)\b/iu;
/** “I made this mug”, “something I just finished”, “I took this pic last summer”. */
const work = regex('iu', String.raw`\b((?:I|we)(?: just| finally| recently)? (?:${made})) (?:this|these|it|an?|some)\b([^.,!?;:]*)`);
const workAfter = regex('iu', String.raw`\b(?:something|one|what) ((?:I|we)(?: just| finally| recently)? (?:${made})\b[^.,!?;:]*?)${stop}`);
const taken = regex('iu', String.raw`\b((?:I|we) (?:took|snapped|shot)) this(?: ${picture})?([^.,!?;:]*?)${stop}`);
const pet = /\b(?:[Tt]his|[Tt]hat|[Hh]ere) is ((?!(?:The|A|My|Our|It|So|What|How|Such)\b)\p{Lu}\p{Ll}+)(?=[.,!?]|$)/u;
/** Pictures that tell of a life without words: whom and what someone lives with. */
const pets = /\b(?:puppy|puppies|dogs?|cats?|kittens?|turtles?|tortoises?|guinea|hamster|rabbit|parrot)\b/i;
const kin = /\b(?:famil(?:y|ies)|children|kids|bride|wedding|couple)\b/i;
const pointsAt = regex('i',
  String.raw`\b(?:here (?:is|are|you|they|it)|here's|check (?:it |this |these |them )?out|look at|take a look|${picture}|`,
  String.raw`(?:this|these) (?:is|are|was|were))\b`);

export interface People { readonly speaker: Person; readonly other: Person | null }

/** A picture that only decorates a greeting says nothing of its sender: it is a fact when the words say what it shows, or it shows family or pets. */
export function photoFacts(text: TurnText, people: People, said: Date): readonly string[] {
  const { speaker } = people;
  const captions = text.photos.map(photoPhrase).filter(phrase => phrase !== null).map(phrase => phrase.replace(/^a photo of /, ''));
  const [caption] = captions;
  if (caption === undefined) return [];
  const about = sentencesOf(text.said).map(sentence => aboutOf(expand(sentence), caption, people, said)).find(found => found !== null);
  if (about !== undefined) return [`${speaker.name} shared a photo ${about}, on ${dayText(said)}.`];
  if (text.said !== '' && !pointsAt.test(expand(text.said))) return [];
  const ownPeople = /\b(?:my|our|us|we)\b/i.test(text.said);
  return captions.filter(each => pets.test(each) || (ownPeople && kin.test(each))).map(each => `${speaker.name} shared a photo of ${each} on ${dayText(said)}.`);
}

/** The words between “a photo” and the date, or null when the sentence does not say what the picture shows. */
function aboutOf(sentence: string, caption: string, people: People, said: Date): string | null {
  for (const pattern of subjects) {
    const words = pattern.exec(sentence)?.[1];
    const told = words === undefined ? null : inThirdPerson(words, people, said);
    if (told !== null) return `${/^(?:of|from)\b/i.test(told) ? '' : 'that '}${told} (${caption})`;
  }
  const whose = named.exec(sentence)?.[1];
  const owner = whose === undefined ? null : inThirdPerson(whose, people, said);
  if (owner !== null) return `of ${owner} (${caption})`;
  const when = taken.exec(sentence);
  const shot = when === null ? null : inThirdPerson(`${when[1] ?? ''}${when[2] ?? ''}`, people, said);
  if (shot !== null) return `of ${caption} that ${shot}`;
  const gift = present.exec(sentence);
  const given = gift === null ? null : inThirdPerson(`${gift[1] ?? ''}${gift[2] ?? ''}`, people, said);
  if (given !== null) return `of ${caption} that ${given}`;
  const maker = makerIn(sentence, caption) ?? workAfter.exec(sentence)?.[1];
  const by = maker === undefined ? null : inThirdPerson(maker, people, said);
  if (by !== null) return `of ${caption} that ${by}`;
  const name = pet.exec(sentence)?.[1];
  return name === undefined ? null : `of ${name} (${caption})`;
}

/** “I made this mug”: only when the mug is what the picture shows. “We got this!” speaks of no thing at all. */
function makerIn(sentence: string, caption: string): string | undefined {
  const found = work.exec(sentence);
  const [first = '', ...more] = (found?.[2] ?? '').trim().split(/\s+/);
  const shown = [first, ...more.slice(0, 2)].some(word => word.length > 2 && !/^(?:with|and|the|from|for|that|this)$/.test(word) && caption.toLowerCase().includes(word.toLowerCase()));
  return shown || (!/\b(?:made|painted|drew|wrote|baked|cooked|built|got|did|bought|\p{L}+ed) (?:an?|some)\b/iu.test(found?.[0] ?? '') && /^(?:for|with|as|in|on|at|last|to|myself|yesterday|)$/.test(first) && !/\b(?:got|did)$/.test(found?.[1] ?? '')) ? found?.[1] : undefined;
}

function inThirdPerson(words: string, { speaker, other }: People, said: Date): string | null {
  const tokens = tag(resolveDates(words.trim(), said).text);
  const rewritten = toThirdPerson(tokens, speaker, other, null);
  const told = 'reason' in rewritten ? plainly(words, speaker, said) : rewritten.tokens;
  if (told.length === 0 || /^(?:ones?|favou?rites?|stuff|things?|lives|life)$/.test(told.at(-1)?.lower ?? '') || firstUnclear(told) >= 0 || !told.some(token => has(token, 'Speaker'))) return null;
  return render(told).trim().replace(/[\s.,!]+$/, '');
}

/** “us at dinner”: no clause, so the rules for general remarks do not hold. */
function plainly(words: string, speaker: Person, said: Date): ReturnType<typeof tag> {
  const text = resolveDates(words, said).text.replace(/\b(?:me)\b/gi, speaker.inside).replace(/\bus\b/gi, `${speaker.inside} and others`).replace(/\b(?:my|our)\b/gi, `${speaker.inside}'s`);
  return /\b(?:I|we|you|your)\b/i.test(text) ? [] : tag(text).map(token => token.text.startsWith(speaker.inside) ? { ...token, tags: new Set(['Noun', 'Speaker']), made: true } : token);
}
