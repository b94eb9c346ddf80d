import { addDays, addMonths, type DateRange, days, dayText, monthNames, monthRange, monthText, numberOf, startOfDay, weekdayNames, yearRange } from './calendar';

/** What a phrase stands for: `phrase` with its own preposition (“on 7 May 2023”), `noun` after another one (“since 7 May 2023”). */
export interface Resolved { readonly phrase: string; readonly noun: string; readonly range: DateRange | null }

export interface DateRule { readonly pattern: RegExp; readonly resolve: (match: readonly string[], said: Date, past: boolean) => Resolved | null }

const onDay = (date: Date, part = ''): Resolved => ({
  phrase: part === '' ? `on ${dayText(date)}` : `on the ${part} of ${dayText(date)}`,
  noun: part === '' ? dayText(date) : `the ${part} of ${dayText(date)}`, range: days(date),
});
const noun = (text: string, range: DateRange | null, preposition = 'in'): Resolved => ({ phrase: `${preposition} ${text}`, noun: text, range });
const inMonth = (date: Date): Resolved => noun(monthText(date), monthRange(date));
const inYear = (year: number): Resolved => noun(String(year), yearRange(year));
const weekday = '(sun|mon|tues|wednes|thurs|fri|satur)(?:day)?|(tue|wed|thu|thur|sat)';
const unit = '(day|night|week|weekend|month|year)s?';
const vague = '(?:a few|few|a couple(?: of)?|couple(?: of)?|several|some|a number of|many)';
const count = '(\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';
const rule = (source: string, resolve: DateRule['resolve']): DateRule => ({ pattern: new RegExp(`\\b${source}\\b`, 'gi'), resolve });

const weekdayOf = (text: string): number => weekdayNames.findIndex(name => name.startsWith(text.toLowerCase().replace(/day$/, '').slice(0, 3)));
const lastWeekday = (said: Date, day: number): Date => addDays(said, -(((said.getUTCDay() - day + 6) % 7) + 1));
const nextWeekday = (said: Date, day: number): Date => addDays(said, ((day - said.getUTCDay() + 6) % 7) + 1);
const lastSaturday = (said: Date): Date => addDays(said, said.getUTCDay() === 0 ? -8 : -(((said.getUTCDay() + 1) % 7) || 7));
const nearSaturday = (said: Date): Date => addDays(said, said.getUTCDay() === 0 ? -1 : 6 - said.getUTCDay());
const weekend = (saturday: Date): Resolved => noun(`the weekend of ${dayText(saturday)}`, days(saturday, 2), 'on');

function ago(amount: number, kind: string, said: Date, sign: 1 | -1): Resolved {
  const by = amount * sign;
  if (kind === 'day' || kind === 'night') return onDay(addDays(said, by), kind === 'night' ? 'night' : '');
  if (kind === 'week') return noun(dayText(addDays(said, 7 * by)), days(addDays(said, 7 * by - 3), 7), 'around');
  if (kind === 'weekend') return weekend(sign < 0 ? addDays(lastSaturday(said), -7 * (amount - 1)) : addDays(nearSaturday(said), 7 * amount));
  if (kind === 'month') return { ...inMonth(addMonths(said, by)), phrase: `${amount > 3 ? 'around' : 'in'} ${monthText(addMonths(said, by))}` };
  const year = said.getUTCFullYear() + by;
  return { ...inYear(year), phrase: `${amount > 3 ? 'around' : 'in'} ${String(year)}` };
}

const side = (kind: string, said: Date): string => kind === 'year' ? String(said.getUTCFullYear()) : kind === 'month' ? monthText(said) : dayText(said);
const text = (match: readonly string[], index: number): string => match[index] ?? '';

/** “in two weeks”; after a past verb it is a duration, not a date. */
const ahead: DateRule['resolve'] = (m, said, past) => {
  const amount = numberOf(text(m, 1));
  return amount === null || past ? null : ago(amount, text(m, 2).toLowerCase(), said, 1);
};

/** Tried in this order; the more specific phrase stands before the one it contains. */
export const dateRules: readonly DateRule[] = [
  rule('(?:the )?day before yesterday', (_, said) => onDay(addDays(said, -2))),
  rule('(?:the )?day after tomorrow', (_, said) => onDay(addDays(said, 2))),
  rule('yesterday (morning|afternoon|evening|night)', (m, said) => onDay(addDays(said, -1), text(m, 1).toLowerCase())),
  rule('tomorrow (morning|afternoon|evening|night)', (m, said) => onDay(addDays(said, 1), text(m, 1).toLowerCase())),
  rule('yesterday', (_, said) => onDay(addDays(said, -1))),
  rule('tomorrow', (_, said) => onDay(addDays(said, 1))),
  rule('last night', (_, said) => onDay(addDays(said, -1), 'night')),
  rule('(?:tonight|this evening)', (_, said) => onDay(said, 'evening')),
  rule('(?:earlier )?this (morning|afternoon)', (m, said) => onDay(said, text(m, 1).toLowerCase())),
  rule('(?:earlier )?today', (_, said) => onDay(said)),
  rule(`(?:in )?the week before last`, (_, said) => noun(`the week of ${dayText(addDays(said, -14))}`, days(addDays(said, -14), 7))),
  rule(`(?:almost |nearly |about |around |roughly |over |just over )?${count} ${unit} (?:ago|back)`, (m, said) => { const n = numberOf(text(m, 1)); return n === null ? null : ago(n, text(m, 2).toLowerCase(), said, -1); }),
  rule(`(?:about |around |over |almost |nearly )?${vague} ${unit} (?:ago|back)`, (m, said) => {
    const kind = text(m, 1).toLowerCase();
    return noun(`a few ${kind}s before ${side(kind, said)}`, null, '');
  }),
  rule(`in (?:about )?${count} (day|week|month|year)s?(?:'? time)?`, ahead),
  rule(`${count} (day|week|weekend|month|year)s? (?:from now|later)`, ahead),
  rule(`in (?:the next |the coming )?${vague} (day|week|month|year)s`, (m, said, past) => {
    const kind = text(m, 1).toLowerCase();
    return past ? null : noun(`the ${kind}s after ${side(kind, said)}`, null);
  }),
  rule(`(?:in |over |during |for |within )?the (?:last|past) (${count} |${vague} |couple )?(day|week|month|year)s`, (m, said) => {
    const kind = text(m, 3).toLowerCase();
    return noun(`the ${numberOf(text(m, 2)) === null ? '' : `${text(m, 2)} `}${kind}s before ${side(kind, said)}`, null);
  }),
  rule(`(?:in |over |during |for |within )?(?:the )?(?:next|coming) (?:${count}|${vague}) (day|week|month|year)s`, (m, said) => {
    const kind = text(m, 2).toLowerCase();
    return noun(`the ${text(m, 1) === '' ? '' : `${text(m, 1)} `}${kind}s after ${side(kind, said)}`, null);
  }),
  rule('(?:over |during |on )?(?:the |this )?(?:last|past) weekend', (_, said) => weekend(lastSaturday(said))),
  rule('(?:over |during |on )?(?:the )?next weekend', (_, said) => weekend(addDays(nearSaturday(said), 7))),
  rule('(?:over |during |on )?(?:this|the) weekend', (_, said, past) => {
    const onWeekend = said.getUTCDay() === 0 || said.getUTCDay() === 6;
    return weekend(past && !onWeekend ? lastSaturday(said) : nearSaturday(said));
  }),
  rule('(?:earlier )?(?:over |during )?(?:(?:this|the) )?(?:last|past) week', (_, said) => noun(`the week before ${dayText(said)}`, days(addDays(said, -7), 7))),
  rule('(?:later |earlier )?this week', (_, said) => noun(`the week of ${dayText(said)}`, days(addDays(said, -((said.getUTCDay() + 6) % 7)), 7))),
  rule('(?:sometime )?next week', (_, said) => noun(`the week after ${dayText(said)}`, days(addDays(said, 1), 7))),
  rule('(?:the |this )?(?:last|past) month', (_, said) => inMonth(addMonths(said, -1))),
  rule('(?:later |earlier )?this month', (_, said) => inMonth(said)),
  rule('(?:sometime )?next month', (_, said) => inMonth(addMonths(said, 1))),
  rule('(?:the |this )?(?:last|past) year', (_, said) => inYear(said.getUTCFullYear() - 1)),
  rule('(?:later |earlier )?this year', (_, said) => inYear(said.getUTCFullYear())),
  rule('(?:sometime )?next year', (_, said) => inYear(said.getUTCFullYear() + 1)),
  rule(`(last|this past|next|this coming) (${monthNames.join('|')})`, (m, said) => {
    const index = monthNames.findIndex(name => name.toLowerCase() === text(m, 2).toLowerCase());
    const back = /^(?:last|this past)$/i.test(text(m, 1));
    const by = index - said.getUTCMonth();
    return inMonth(addMonths(said, back ? (by >= 0 ? by - 12 : by) : by <= 0 ? by + 12 : by));
  }),
  rule('(last|this past|next|this) (spring|summer|fall|autumn|winter)', (m, said) => {
    const when = text(m, 1).toLowerCase();
    const relation = when === 'next' ? 'after' : when === 'this' ? null : 'before';
    const season = `the ${text(m, 2).toLowerCase()}`;
    return noun(relation === null ? `${season} of ${String(said.getUTCFullYear())}` : `${season} ${relation} ${monthText(said)}`, null);
  }),
  rule('(last|this|next) season', (m, said) => {
    const relation = { last: 'before', this: 'around', next: 'after' }[text(m, 1).toLowerCase()] ?? 'around';
    return noun(`the season ${relation} ${monthText(said)}`, null);
  }),
  rule('a (?:long |little |short )?while (?:ago|back)', (_, said) => noun(`some time before ${dayText(said)}`, null, '')),
  rule('(?:just )?the other (day|night|week)', (_, said) => noun(`shortly before ${dayText(said)}`, null, '')),
  rule(`(?:on )?(last|next|this past|this coming|this) (?:${weekday})`, (m, said, past) => {
    const day = weekdayOf(text(m, 2) || text(m, 3));
    const when = text(m, 1).toLowerCase();
    return onDay(when === 'last' || when === 'this past' || (when === 'this' && past) ? lastWeekday(said, day) : nextWeekday(said, day));
  }),
  rule(`${count} (sun|mon|tues|wednes|thurs|fri|satur)days (?:ago|back)`, (m, said) => {
    const weeks = numberOf(text(m, 1));
    return weeks === null ? null : onDay(addDays(lastWeekday(said, weekdayOf(text(m, 2))), -7 * (weeks - 1)));
  }),
  rule("(on|until|till|by|before) (new year's eve|new year's day|christmas eve|christmas day)(?! \\d)", (m, said, past) => festival(text(m, 1).toLowerCase(), text(m, 2), said, past)),
  rule('(moved|postponed|rescheduled|pushed(?: back)?|shifted) to (?:next )?(sunday|monday|tuesday|wednesday|thursday|friday|saturday)', (m, said) => {
    const day = onDay(nextWeekday(said, weekdayOf(text(m, 2))));
    return { ...day, phrase: `${text(m, 1)} to ${day.noun}`, noun: `${text(m, 1)} to ${day.noun}` };
  }),
  rule('(on|until|till|by|before|since) (sunday|monday|tuesday|wednesday|thursday|friday|saturday)', (m, said, past) => {
    const preposition = text(m, 1).toLowerCase();
    const day = onDay((past || preposition === 'since' ? lastWeekday : nextWeekday)(said, weekdayOf(text(m, 2))));
    const from = preposition === 'on' || preposition === 'since' ? day.range?.from ?? null : null;
    const bound = { from, to: preposition === 'since' ? null : day.range?.to ?? null };
    return { phrase: `${preposition} ${day.noun}`, noun: day.noun, range: bound };
  }),
  rule('on the (\\d{1,2})(?:st|nd|rd|th)', (m, said, past) => dayOfMonth(Number(text(m, 1)), said, past)),
];

function dayOfMonth(day: number, said: Date, past: boolean): Resolved | null {
  if (day < 1 || day > 31) return null;
  const shift = past ? (day > said.getUTCDate() ? -1 : 0) : day < said.getUTCDate() ? 1 : 0;
  const date = addDays(addMonths(said, shift), day - 1);
  return date.getUTCDate() === day ? onDay(startOfDay(date)) : null;
}

/** “On New Year's Eve” with its year: the next one, or the last after a past verb. */
function festival(preposition: string, name: string, said: Date, past: boolean): Resolved {
  const lower = name.toLowerCase();
  const [month, day] = lower === "new year's eve" ? [11, 31] : lower === "new year's day" ? [0, 1] : lower === 'christmas eve' ? [11, 24] : [11, 25];
  const inYear = (year: number): Date => new Date(Date.UTC(year, month, day));
  const now = said.getUTCFullYear();
  const today = startOfDay(said);
  const date = past ? inYear(inYear(now) > today ? now - 1 : now) : inYear(inYear(now) < today ? now + 1 : now);
  const full = `${name} ${String(date.getUTCFullYear())}`;
  const range = days(date);
  return { phrase: `${preposition} ${full}`, noun: full, range: preposition === 'on' ? range : { from: null, to: range.to } };
}
