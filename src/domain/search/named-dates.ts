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

function toNamedDate(groups: Readonly<Record<string, string | undefined>>): NamedDate {
  const { year, month, digits, day } = groups;
  const numbered = digits === undefined ? null : Number(digits) - 1;
  return {
    year: year === undefined ? null : Number(year),
    month: month === undefined ? numbered : MONTHS.indexOf(month.slice(0, 3).toLowerCase()),
    day: day === undefined ? null : Number(day),
  };
}

/** Dates a text names, each stretch of text read once, the most exact form first. */
export function namedDates(text: string): NamedDate[] {
  const found: NamedDate[] = [];
  let rest = text;
  for (const form of DATE_FORMS) {
    for (const { groups } of rest.matchAll(form)) found.push(toNamedDate(groups ?? {}));
    rest = rest.replace(form, ' ');
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
