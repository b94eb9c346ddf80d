/** A calendar point a question names; what it leaves open is null: “in May” has neither year nor day. */
export interface NamedDate {
  readonly year: number | null;
  /** 0 to 11. */
  readonly month: number | null;
  readonly day: number | null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b\\.?';
const DAY = '(?<day>[0-3]?\\d)(?:st|nd|rd|th)?';
const YEAR = '(?<year>(?:19|20)\\d{2})';
const DATE_FORMS = [
  new RegExp(`\\b${YEAR}-(?<digits>0\\d|1[0-2])-${DAY}\\b`, 'gi'),
  new RegExp(`\\b${DAY}\\s+(?:of\\s+)?${MONTH}(?:,?\\s+${YEAR})?`, 'gi'),
  new RegExp(`\\b${MONTH}\\s+${DAY}\\b(?:,?\\s+${YEAR})?`, 'gi'),
  new RegExp(`\\b${MONTH}(?:,?\\s+(?:of\\s+)?${YEAR})`, 'gi'),
  new RegExp(`\\b(?:in|during|of|since|until|by|last|this|early|late|mid)[\\s-]+${MONTH}`, 'gi'),
  new RegExp(`\\b${YEAR}\\b`, 'g'),
];

/** Dates a text names, each stretch of text read once, the most exact form first. */
export function namedDates(text: string): NamedDate[] {
  const found: NamedDate[] = [];
  let rest = text;
  for (const form of DATE_FORMS) {
    rest = rest.replace(form, (...args: unknown[]) => {
      const groups = args.at(-1) as Record<string, string | undefined>;
      const named = groups['month']?.slice(0, 3).toLowerCase();
      const month = named === undefined ? Number(groups['digits'] ?? Number.NaN) - 1 : MONTHS.indexOf(named);
      found.push({
        year: groups['year'] === undefined ? null : Number(groups['year']),
        month: Number.isNaN(month) ? null : month,
        day: groups['day'] === undefined ? null : Number(groups['day']),
      });
      return ' ';
    });
  }
  return found;
}

const DAY_MS = 86_400_000;
/** People tell of a day soon after it: a turn said within these days of it may speak of it. */
const DAYS_AFTER = 10;

/** 0 to 1: how likely a turn said at `at` speaks of the named date. */
export function dateCloseness(date: NamedDate, at: Date): number {
  const year = date.year ?? at.getUTCFullYear();
  if (date.month === null) return at.getUTCFullYear() === year ? 0.3 : 0;
  const start = Date.UTC(year, date.month, date.day ?? 1);
  const end = date.day === null ? Date.UTC(year, date.month + 1, 1) : start + DAY_MS;
  if (at.getTime() >= start && at.getTime() < end) return 1;
  const daysAfter = (at.getTime() - end) / DAY_MS;
  return daysAfter >= 0 && daysAfter < DAYS_AFTER ? 0.6 * (1 - daysAfter / DAYS_AFTER) : 0;
}

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

/** What kind of answer a question wants, as far as its wording shows. */
export interface AnswerKinds {
  readonly time: boolean;
  readonly duration: boolean;
  readonly number: boolean;
  readonly place: boolean;
}

export const answerKinds = (question: string): AnswerKinds => ({
  time: /\b(?:when|what (?:date|day|month|year|time)|which (?:date|day|month|year|week)|how long ago)\b/i.test(question),
  duration: /\bhow long\b/i.test(question),
  number: /\bhow (?:many|much|often|old|far|big|tall)\b|\bwhat (?:number|age|price)\b/i.test(question),
  place: /\b(?:where|wh(?:at|ich) (?:\w+ )?(?:country|countries|city|cities|state|states|place|places|town|location))\b/i.test(question),
});

export const mentionsTime = (text: string): boolean => TIME_WORDS.test(text);
export const mentionsDuration = (text: string): boolean => DURATION.test(text);
export const mentionsNumber = (text: string): boolean => NUMBER.test(text);
export const mentionsPlace = (text: string): boolean => PLACE.test(text);
