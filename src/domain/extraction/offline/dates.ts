import { parse } from 'chrono-node/en';
import { addMonths, type DateRange, days, dayText, monthNames, monthRange, yearRange } from './calendar';
import { dateRules, type Resolved } from './relative-dates';
import { regex } from './patterns';
import { plainDates } from './written-dates';

export interface Dated {
  readonly text: string;
  /** The one time the sentence names; null when it names none or several. */
  readonly range: DateRange | null;
  /** True when a word such as “now” or “for three years” needs the day it was said on to mean anything. */
  readonly needsStamp: boolean;
}

const pastVerb = regex('i',
  String.raw`\b(?:was|were|had|did|went|got|took|made|saw|met|came|ran|won|lost|found|left|bought|gave|started|began|ate|spent|read|wrote|`,
  String.raw`felt|told|sent|taught|built|\w{2,}ed)\b`);
const futureVerb = regex('i',
  String.raw`\b(?:will|going to|plan(?:s|ning)?|hop(?:e|ing)|can(?:not)?|would|am|is|are|want|looking forward|next|soon|upcoming|`,
  String.raw`(?:agreed|decided|planned|scheduled|promised|supposed) (?:to|for)|due|deadline)\b`);
const amount = '(?:\\d+|an?|two|three|four|five|six|seven|eight|nine|ten|many|a few|several|a couple of)';
const relativeNow = new RegExp('\\b(?:currently|nowadays|these days|lately|recently|right now|at the moment|at present|so far|as of late|any ?more|no longer|soon'
  + '|now(?!\\s+that)'
  + `|(?:for|in) (?:about |around |over |almost |nearly |the )?${amount} (?:days?|weeks?|months?|years?)|(?:\\d+|two|three|four|five) years? old`
  + '|(?:have|has|am|is|are) (?:\\w+ )?been'
  + '|(?:I am|we are)(?: still| also| now| really)? (?!going to|being|feeling|having)\\w+ing'
  + '|just (?!like|as|the|to|for|in|a\\b|so|about|because)\\w+(?:ed|t|n|d|e|m|w))\\b', 'i');
const months = monthNames.join('|');
const shortMonth = 'jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec';
const dayNumber = '\\d{1,2}(?:st|nd|rd|th)?';
const absolute = new RegExp(`\\b(?:(?:${months}|${shortMonth})\\.? ${dayNumber}|${dayNumber}(?: of)? (?:${months}|${shortMonth}))\\b(?:,? \\d{4})?`, 'gi');
const bareMonth = new RegExp(`\\b((?:in|since|until|till|by|during|(?:middle|end|start|beginning|half) of) (?:early |late |mid-)?)(${months})\\b(?! \\d|,? (?:19|20)\\d\\d)`, 'g');
const opensSpan = /\b(?:from|since|starting|as of) $/i;
const spanned = /\bfrom \d{1,2} \p{L}+ \d{4} (?:to|until|till) \d{1,2} \p{L}+ \d{4}\b/iu;
const slot = (index: number): string => `\u2063${String.fromCharCode(0xe000 + index)}\u2063`;

/** Whether the clause around `at` tells of the past: “I handed in my notice and on 9 February I start” does both. */
function pastAt(text: string, at: number, sentence: boolean): boolean {
  const begin = Math.max(...[', ', '; ', ' and ', ' but ', ' so '].map(mark => text.lastIndexOf(mark, at)));
  const rest = text.slice(begin < 0 ? 0 : begin);
  const clause = /^.*?(?=[,;] | (?:and|but|so) |$)/.exec(rest.slice(at - Math.max(0, begin)))?.[0] ?? '';
  const own = `${rest.slice(0, at - Math.max(0, begin))}${clause}`;
  if (pastVerb.test(own)) return !futureVerb.test(own);
  return sentence && !/\b(?:I|we|they) (?!\w*ed\b)[a-z]+\b|\b(?:starting|beginning|opening|ending|due|ends|starts|begins|opens|closes|takes place|leaves|arrives)\b/.test(own);
}

/** Puts calendar dates in place of relative ones, keeping the granularity that was said. Days are UTC days of `said`. */
export function resolveDates(sentence: string, said: Date): Dated {
  const past = pastVerb.test(sentence) && !futureVerb.test(sentence);
  const ranges: DateRange[] = [];
  // A replacement is parked in a slot, so that no later rule reads a date of the first one.
  const parked: string[] = [];
  const park = (text: string): string => slot(parked.push(text) - 1);
  let text = plainDates(sentence.replace(/[\ue000-\uf8ff\u2060\u2063]/g, ''), said, past);
  for (const { pattern, resolve } of dateRules) {
    text = text.replace(pattern, (...args: readonly unknown[]) => {
      const offset = args.findIndex(each => typeof each === 'number');
      const match = args.slice(0, offset).map(each => typeof each === 'string' ? each : '');
      const whole = match[0] ?? '';
      const resolved = resolve(match, said, pastAt(text, Number(args[offset]), past));
      if (resolved === null) return whole;
      if (resolved.range !== null) ranges.push(resolved.range);
      return park(fitted(text, Number(args[offset]), whole, resolved));
    });
  }
  if (!/\b(?:birthday|anniversary|every|each)\b/i.test(text)) text = text.replace(absolute, (found, at: number, whole: string) => park(absoluteDay(found, said, pastAt(whole, at, past), ranges, opensSpan.test(whole.slice(0, at)))));
  text = text.replace(bareMonth, (_, lead: string, name: string, at: number, whole: string) => {
    const first = namedMonth(name, undefined, said, /^since/i.test(lead) || pastAt(whole, at, past)).from ?? said;
    return `${lead}${name} ${String(first.getUTCFullYear())}`;
  });
  const named = ranges.length === 0 ? namedTime(text, said, past) : null;
  if (named !== null) ranges.push(named);
  const needsStamp = relativeNow.test(text) && ranges.length === 0;
  parked.forEach((words, index) => { text = text.replace(slot(index), words); });
  text = text.replaceAll('\u2060', '');
  // “From 7 to 22 November” is one stretch of time.
  const [first, last] = ranges;
  if (ranges.length === 2 && spanned.test(text) && first !== undefined && last !== undefined) ranges.splice(0, 2, { from: first.from, to: last.to });
  const lead = /^(?:On|In|Around) [^,]*?\b\d{4}\b(?=\s+(?:I|we|my|our|the|a|you|he|she|they)\b)/i;
  return { text: text.replace(lead, found => `${found},`), range: ranges.length === 1 ? ranges[0] ?? null : null, needsStamp };
}

/** “in 2016”, “since March”: “since” leaves the end open. */
function namedTime(text: string, said: Date, past: boolean): DateRange | null {
  const match = new RegExp(`\\b(in|since) (?:(${months})(?: (\\d{4}))?|((?:19|20)\\d\\d))\\b`).exec(text);
  if (match === null) return null;
  const range = match[4] === undefined ? namedMonth(match[2] ?? '', match[3], said, past || match[1] === 'since') : yearRange(Number(match[4]));
  return match[1] === 'since' ? { from: range.from, to: null } : range;
}

function namedMonth(name: string, year: string | undefined, said: Date, past: boolean): DateRange {
  const index = monthNames.findIndex(each => each === name);
  const ahead = past ? (index > said.getUTCMonth() ? -12 : 0) : index < said.getUTCMonth() ? 12 : 0;
  return monthRange(year === undefined ? addMonths(said, index - said.getUTCMonth() + ahead) : new Date(Date.UTC(Number(year), index, 1)));
}

/** What already has a preposition, opens the sentence as its subject, or is a possessive takes the form without one. */
function fitted(text: string, offset: number, whole: string, resolved: Resolved): string {
  const before = text.slice(0, offset).trimEnd();
  const after = text.slice(offset + whole.length);
  const hasOwn = /\b(?:since|until|till|by|for|from|of|to|after|before|on|in|during|around|about|than)$/i.test(before);
  const isSubject = (before === '' || /(?:\b(?:and|but|because|that|so)|,)$/i.test(before)) && /^\s+(?:was|is|will|has|were|went|turned|felt)\b/i.test(after);
  const chosen = hasOwn || isSubject || after.startsWith("'s") ? resolved.noun : resolved.phrase.trim();
  return before === '' ? chosen.charAt(0).toUpperCase() + chosen.slice(1) : chosen;
}

function absoluteDay(found: string, said: Date, past: boolean, ranges: DateRange[], open: boolean): string {
  const result = parse(found, { instant: said, timezone: 0 }, { forwardDate: !past })[0];
  if (result === undefined || !result.start.isCertain('day') || !result.start.isCertain('month')) return found;
  let date = result.start.date();
  if (!result.start.isCertain('year') && past && date > said) date = new Date(Date.UTC(date.getUTCFullYear() - 1, date.getUTCMonth(), date.getUTCDate()));
  const range = days(date);
  ranges.push(open ? { from: range.from, to: null } : range);
  return dayText(date);
}
