import { regex } from './patterns';

const presupposed = regex('i',
  String.raw`^(?:(?:and|but|so|also|oh|well),? )*(?:(?:do |did )?you (?:do |still |also )?(?:remember|know) (?:that )?|(?:please )?tell (?:her|him|them|everyone|`,
  String.raw`[A-Z]\p{L}+) (?:that )?|did i (?:mention|tell you) (?:that )?)(?=(?:i|i'm|i've|my) )(.+?)\s*[?.!]*$`);
const correction = /^(?:(?:a |one |small |quick |another )*)?(?:correction|update|news|change)(?: about| on| to| for|:) (?:the|my|our) ([\p{L} ]{3,30}): it(?:'s| is)(?: now)? (.+)$/iu;
const refusal = /^no ([\p{L}]+),? (?:ever|please|for me)\s*[.!]*$/iu;
const moved = /^the ([\p{L} ]{3,30}) (is now|is(?= .*\bnot\b)|was moved|has been moved) ((?:on|to|at) .*)$/iu;
const years = '((?:\\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty) years)';
const longStay = new RegExp(`^${years} in (\\p{Lu}\\p{L}+),? and I(?: have|'ve) (.+)$`, 'iu');
const longWork = new RegExp(`^${years} of (\\p{L}+ing [\\p{L} ]{3,40}? (?:for|at) (?:the|an?) )(?:same )?([\\p{L} ]{3,30}?)(?=[,.!]|$).*$`, 'iu');
const contents = /^(?:one |a |another |small |quick )*(?:correction|update|request|warning|question|news|thing|favou?r)(?: about| on)?[^:,.]{0,50}: (?=\S)/i;

/**
 * Says directly what a frame only presents: “you remember that I'm allergic to nuts?” states the allergy, “tell her that I …”
 * states what is to be told, “Correction about the concert: it's on …” is about my concert.
 */
export function restated(sentence: string): string {
  const text = sentence.replace(/[\u2018\u2019]/g, "'");
  const told = presupposed.exec(text)?.[1];
  if (told !== undefined) return `${told}.`;
  const corrected = correction.exec(text);
  if (corrected !== null) return `My ${corrected[1] ?? ''} is ${corrected[2] ?? ''}`;
  const stay = longStay.exec(text);
  if (stay !== null) return `I have been in ${stay[2] ?? ''} for ${(stay[1] ?? '').toLowerCase()} and I have ${stay[3] ?? ''}`;
  const work = longWork.exec(text);
  if (work !== null) return `I have been ${work[2] ?? ''}${work[3] ?? ''} for ${(work[1] ?? '').toLowerCase()}.`;
  const shifted = moved.exec(text);
  if (shifted !== null && /\d|day\b/.test(shifted[3] ?? '')) return `My ${shifted[1] ?? ''} ${shifted[2] ?? ''} ${shifted[3] ?? ''}`;
  const bare = text.replace(contents, '');
  const refused = refusal.exec(bare)?.[1];
  return refused === undefined || /^(?:problem|worries|idea|way|thanks|one|wonder|need|doubt|rush|hurry|pressure)$/i.test(refused) ? bare : `I never want ${refused}.`;
}

const journey = /\b((?:booked|cancel+ed|rebooked|postponed|bought) (?:the|my|our) (?:flights?|tickets?|trip|train tickets|plane tickets))(?! (?:to|for|from)\b)/i;
const destination = /\b(?:trip|flights?|travel+ing|flying|plan is|going|visit|tickets?) (?:to |for )?(\p{Lu}\p{L}+)|\b(?:the|your|my|our) (\p{Lu}\p{L}+) (?:trip|flights?|plans?|tickets?|journey)\b/u;

/** “I cancelled the flights” with the destination that the words before it name. */
export function withDestination(sentence: string, before: string): string {
  const match = journey.exec(sentence);
  if (match === null) return sentence;
  const found = destination.exec(before);
  const place = found?.[1] ?? found?.[2];
  return place === undefined ? sentence : sentence.replace(journey, `$1 to ${place}`);
}
