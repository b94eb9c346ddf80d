import { z } from 'zod';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const LOCOMO = /^(\d{1,2}):(\d{2})\s*([ap])\.?m\.?\s+on\s+(\d{1,2})\s+([a-z]+),?\s+(\d{4})$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** 10^11 seconds is the year 5138 and 10^11 milliseconds is 1973: numbers below are seconds. */
const FIRST_MILLISECONDS = 1e11;

/**
 * ISO 8601 text, or Unix time in seconds or milliseconds (number or digits). Without a zone the text is UTC,
 * so that a file reads the same on every machine. Null when it is neither, or no day of the calendar.
 */
function parseInstant(value: string | number): Date | null {
  if (typeof value === 'number' || /^\d{9,13}(\.\d+)?$/.test(value)) {
    const number = Number(value);
    return valid(new Date(number < FIRST_MILLISECONDS ? number * 1000 : number));
  }
  const [match, year, month, day, time = '00:00', zone = 'Z'] = ISO.exec(value.trim()) ?? [];
  if (match === undefined || !isCalendarDay(Number(year), Number(month), Number(day))) return null;
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2').toUpperCase();
  return valid(new Date(`${year}-${month}-${day}T${time}${offset}`));
}

/** LoCoMo's session dates, `1:56 pm on 8 May, 2023`, taken as UTC. Null when the text has another form. */
export function parseLocomoDate(text: string): Date | null {
  const [match, hour, minute, half, day, monthName, year] = LOCOMO.exec(text.trim()) ?? [];
  const month = MONTHS.indexOf((monthName ?? '').slice(0, 3).toLowerCase()) + 1;
  if (match === undefined || month === 0 || Number(hour) > 12 || Number(minute) > 59) return null;
  if (!isCalendarDay(Number(year), month, Number(day))) return null;
  const hours = (Number(hour) % 12) + (half?.toLowerCase() === 'p' ? 12 : 0);
  return valid(new Date(Date.UTC(Number(year), month - 1, Number(day), hours, Number(minute))));
}

/** A timestamp field of a file as a Date. */
export const instant = z
  .union([z.string(), z.number()], { error: 'expected a date in ISO 8601 or Unix time' })
  .transform((value, context) => {
    const date = parseInstant(value);
    if (date !== null) return date;
    context.addIssue(`expected a date in ISO 8601 (2025-09-06T18:10:00Z) or Unix time, not ${JSON.stringify(value)}`);
    return z.NEVER;
  });

const valid = (date: Date): Date | null => (Number.isNaN(date.getTime()) ? null : date);

/** Date rolls 30 February over to March; a file that says so has a mistake. */
function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
