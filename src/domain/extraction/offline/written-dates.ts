import { addDays, addMonths, dayText, monthNames, startOfDay, weekdayNames } from './calendar';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth', 'eleventh', 'twelfth', 'thirteenth',
  'fourteenth', 'fifteenth', 'sixteenth', 'seventeenth', 'eighteenth', 'nineteenth', 'twentieth', 'twenty-first', 'twenty-second', 'twenty-third',
  'twenty-fourth', 'twenty-fifth', 'twenty-sixth', 'twenty-seventh', 'twenty-eighth', 'twenty-ninth', 'thirtieth', 'thirty-first'] as const;
const months = monthNames.join('|');
const weekday = `(?:${weekdayNames.join('|')})`;
const word = [...ordinals].reverse().join('|');
const numeric = '\\d{1,2}(?:st|nd|rd|th)?';
const day = `(?:the )?(${word}|${numeric})`;
const ends = '(?=\\s*(?:[,.;:!)]|$)| (?:not|and|at|for|as|to|in the|I|we|with)\\b)';

const span = new RegExp(`\\bfrom ${day} (?:to|until|till) ${day} of (${months})\\b`, 'gi');
const dayOf = new RegExp(`\\b(?:the )?(${word}|\\d{1,2}(?:st|nd|rd|th)) of (${months})\\b`, 'gi');
const redundant = new RegExp(`\\b${weekday},? (?:the )?(?=${numeric} (?:${months})\\b|(?:${months}) ${numeric}\\b)`, 'gi');
const dayAndName = new RegExp(`\\b(${weekday}),? the (${word}|\\d{1,2}(?:st|nd|rd|th))${ends}`, 'gi');
const bareDay = new RegExp(`\\bon the (${ordinals.slice(3).reverse().join('|')})${ends}`, 'gi');
const excluded = new RegExp(`(,? (?:but )?not )(?:on )?(${weekday})\\b`, 'gi');

const numberIn = (text: string): number => {
  const at = ordinals.findIndex(name => name === text.toLowerCase());
  return at < 0 ? Number.parseInt(text, 10) : at + 1;
};

/** The day of a month that falls on a weekday: the nearest one, back from `said` or ahead, within fourteen months. Null when none does. */
function agreeing(name: string, dayOfMonth: number, said: Date, past: boolean): Date | null {
  const wanted = weekdayNames.findIndex(each => each === name.toLowerCase());
  const today = startOfDay(said);
  for (let step = 0; step < 14; step += 1) {
    const date = addDays(addMonths(said, past ? -step : step), dayOfMonth - 1);
    if (date.getUTCDate() === dayOfMonth && date.getUTCDay() === wanted && (past ? date <= today : date >= today)) return date;
  }
  return null;
}

/**
 * One spelling for the ways people write a day: “the twelfth of January” becomes “12 January”, “Friday, 28 November” loses
 * the weekday that says the same again, “Sunday the twelfth” takes the month in which the two agree, “not Friday” keeps
 * its name because it is no date.
 */
export function plainDates(sentence: string, said: Date, past: boolean): string {
  return sentence
    .replace(excluded, (_, lead: string, name: string) => `${lead}${name.charAt(0).toUpperCase()}\u2060${name.slice(1)}`)
    .replace(span, (_, from: string, to: string, month: string) => `from ${String(numberIn(from))} ${month} to ${String(numberIn(to))} ${month}`)
    .replace(dayOf, (_, found: string, month: string) => `${String(numberIn(found))} ${month}`)
    .replace(redundant, '')
    .replace(dayAndName, (whole, name: string, found: string) => {
      const date = agreeing(name, numberIn(found), said, past);
      return date === null ? whole : dayText(date);
    })
    .replace(bareDay, (_, found: string) => `on the ${String(numberIn(found))}th`);
}
