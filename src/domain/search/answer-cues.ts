const UNIT = '(?:second|minute|hour|day|night|week|weekend|month|year|decade)s?';
const COUNT = '(?:\\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few|couple of|several|many)';
const TIME_WORDS = new RegExp(
  [
    '\\b(?:yesterday|today|tonight|tomorrow|recently|lately|ago|since|just (?:got|had|went|did|came|started|finished))\\b',
    `\\b(?:last|next|this|past|previous|coming|upcoming|other|that)\\s+(?:${UNIT}|summer|winter|spring|fall|autumn|morning|evening|mon|tues|wednes|thurs|fri|satur|sun)`,
    '\\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\\b',
    `\\b(?:in|on|of|since|until|by|last|this)\\s+(?:early\\s+|late\\s+)?(?:january|february|march|april|may|june|july|august|september|october|november|december)\\b`,
    `\\b${COUNT}\\s+(?:more\\s+)?${UNIT}\\b`,
    '\\b(?:19|20)\\d{2}\\b',
  ].join('|'),
  'i',
);
const DURATION = new RegExp(`\\b${COUNT}\\s+(?:more\\s+)?${UNIT}\\b|\\bsince\\b|\\bfor (?:ages|a while|years)\\b`, 'i');
const NUMBER = /\d|\b(?:once|twice|both|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|dozen|first|second|third|couple|several)\b/i;
const PLACE = /\b(?:in|at|from|to|near|around|visit(?:ed|ing)?|called)\s+(?:the\s+)?\p{Lu}\p{L}+/u;

/** A capital letter inside a sentence, or something in quotes. */
const NAME = /(?<=[\p{Ll},;:'’]\s)(?!I\b|I['’])\p{Lu}\p{L}+|["“][^"”]+["”]/u;

/** What kind of answer a question wants, as far as its wording shows. */
export interface AnswerKinds {
  readonly time: boolean;
  readonly duration: boolean;
  readonly number: boolean;
  readonly place: boolean;
  readonly name: boolean;
}

export const answerKinds = (question: string): AnswerKinds => ({
  time: /\b(?:when|what (?:date|day|month|year|time)|which (?:date|day|month|year|week)|how long ago)\b/i.test(question),
  duration: /\bhow long\b/i.test(question),
  number: /\bhow (?:many|much|often|old|far|big|tall)\b|\bwhat (?:number|age|price)\b/i.test(question),
  name: /\b(?:names?|named|called|who|whose|title|wh(?:at|ich) (?:\w+ )?(?:books?|movies?|films?|songs?|bands?|artists?|games?|shows?|musicians?|authors?|series|brands?|compan(?:y|ies)|teams?))\b/i.test(question),
  place: /\b(?:where|wh(?:at|ich) (?:\w+ )?(?:country|countries|city|cities|state|states|place|places|town|location))\b/i.test(question),
});

export const mentionsTime = (text: string): boolean => TIME_WORDS.test(text);
export const mentionsDuration = (text: string): boolean => DURATION.test(text);
export const mentionsNumber = (text: string): boolean => NUMBER.test(text);
export const mentionsPlace = (text: string): boolean => PLACE.test(text);
export const mentionsName = (text: string): boolean => NAME.test(text);
