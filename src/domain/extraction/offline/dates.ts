import * as chrono from 'chrono-node';
import { addMonths, type DateRange, days, dayText, monthNames, monthRange, yearRange } from './calendar';
import { dateRules, type Resolved } from './relative-dates';

export interface Dated {
  readonly text: string;
  /** The one time the sentence names; null when it names none or several. */
  readonly range: DateRange | null;
  /** True when a word such as “now” or “for three years” needs the day it was said on to mean anything. */
  readonly needsStamp: boolean;
}

const pastVerb = /\b(?:was|were|had|did|went|got|took|made|saw|met|came|ran|won|lost|found|left|bought|gave|started|began|ate|spent|read|wrote|felt|had|told|sent|taught|built|\w{2,}ed)\b/i;
const futureVerb = /\b(?:will|going to|plan(?:s|ning)?|hop(?:e|ing)|can(?:not)?|would|am|is|are|want|looking forward|next|soon|upcoming)\b/i;
const present = /\b(?:currently|nowadays|these days|lately|recently|right now|at the moment|at present|already|so far|as of late|any ?more|no longer|soon|(?:for|in) (?:about |around |over |almost |nearly |the )?(?:\d+|an?|two|three|four|five|six|seven|eight|nine|ten|many|a few|several|a couple of) (?:days?|weeks?|months?|years?)|(?:\d+|two|three|four|five) years? old|now(?!\s+that))\b|\bhave been\b|\bhas been\b|\bjust (?:got|started|finished|bought|moved|joined|made|won|began|launched|opened|signed|had|took|completed|became|found|read|saw|released|adopted|watched|visited|came|went|wrapped|\w+ed)\b/i;
const months = monthNames.join('|');
const shortMonth = 'jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec';
const absolute = new RegExp(`\\b(?:(?:${months}|${shortMonth})\\.? \\d{1,2}(?:st|nd|rd|th)?|\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:${months}|${shortMonth}))\\b(?:,? \\d{4})?`, 'gi');

/** Puts calendar dates in place of relative ones, keeping the granularity that was said. Days are UTC days of `said`. */
export function resolveDates(sentence: string, said: Date): Dated {
  const past = pastVerb.test(sentence) && !futureVerb.test(sentence);
  const ranges: DateRange[] = [];
  let text = sentence;
  for (const { pattern, resolve } of dateRules) {
    text = text.replace(pattern, (...args: unknown[]) => {
      const groups = args.filter((each): each is string | undefined => typeof each === 'string' || each === undefined).map(each => each ?? '');
      const match = groups.slice(0, -1);
      const offset = args.find((each): each is number => typeof each === 'number') ?? 0;
      const whole = match[0] ?? '';
      const resolved = resolve(match, said, past);
      if (resolved === null) return whole;
      if (resolved.range !== null) ranges.push(resolved.range);
      return fitted(text, offset, whole, resolved);
    });
  }
  text = text.replace(absolute, found => absoluteDay(found, said, past, ranges));
  for (const year of text.matchAll(/\b(in|since) ((?:19|20)\d\d)\b/g)) if (ranges.length === 0) ranges.push(openFrom(String(year[1]), yearRange(Number(year[2]))));
  for (const named of text.matchAll(new RegExp(`\\b(in|since) (${months})(?: (\\d{4}))?\\b`, 'g'))) if (ranges.length === 0) ranges.push(openFrom(String(named[1]), namedMonth(String(named[2]), named[3], said, past)));
  const lead = /^(On|In|Around) [^,]*?\b(\d{4})\b(?=\s+(?:I|we|my|our|the|a|you|he|she|they)\b)/i;
  text = text.replace(lead, found => `${found},`);
  return { text, range: ranges.length === 1 ? ranges[0] ?? null : null, needsStamp: present.test(text) && ranges.length === 0 };
}

const openFrom = (preposition: string, range: DateRange): DateRange => preposition === 'since' ? { from: range.from, to: null } : range;

function namedMonth(name: string, year: string | undefined, said: Date, past: boolean): DateRange {
  const index = monthNames.findIndex(each => each === name);
  const ahead = past ? (index > said.getUTCMonth() ? -12 : 0) : index < said.getUTCMonth() ? 12 : 0;
  return monthRange(year === undefined ? addMonths(said, index - said.getUTCMonth() + ahead) : new Date(Date.UTC(Number(year), index, 1)));
}

/** “in” before what already has a preposition, or a possessive (“last week's game”), takes the form without one. */
function fitted(text: string, offset: number, whole: string, resolved: Resolved): string {
  const before = text.slice(0, offset).trimEnd();
  const after = text.slice(offset + whole.length);
  const hasOwn = /\b(?:since|until|till|by|for|from|of|to|after|before|on|in|during|around|about|at|than)$/i.test(before);
  const isSubject = (before === '' || /\b(?:and|but|because|that|so|,)$/i.test(before)) && /^\s+(?:was|is|will|has|were|went|turned|felt|sounds)\b/i.test(after);
  if (after.startsWith("'s")) return `the ${resolved.noun.replace(/^the /, '')}`;
  const chosen = hasOwn || isSubject ? resolved.noun : resolved.phrase.trim();
  return before === '' ? chosen.charAt(0).toUpperCase() + chosen.slice(1) : chosen;
}

function absoluteDay(found: string, said: Date, past: boolean, ranges: DateRange[]): string {
  if (new RegExp(`^\\d{1,2} (?:${months}) \\d{4}$`).test(found)) {
    if (ranges.length === 0) { const own = chrono.parseDate(found, { instant: said, timezone: 0 }); if (own !== null) ranges.push(days(own)); }
    return found;
  }
  const result = chrono.parse(found, { instant: said, timezone: 0 }, { forwardDate: !past })[0];
  if (result === undefined || !result.start.isCertain('day') || !result.start.isCertain('month')) return found;
  let date = result.start.date();
  if (!result.start.isCertain('year') && past && date > said) date = new Date(Date.UTC(date.getUTCFullYear() - 1, date.getUTCMonth(), date.getUTCDate()));
  ranges.push(days(date));
  return dayText(date);
}
