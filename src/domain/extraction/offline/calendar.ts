const dayMs = 86_400_000;
export const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;
export const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** Inclusive at both ends, UTC. Null where it is open. */
export interface DateRange { readonly from: Date | null; readonly to: Date | null }

export const startOfDay = (date: Date): Date => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
export const addDays = (date: Date, days: number): Date => new Date(date.getTime() + days * dayMs);
export const addMonths = (date: Date, months: number): Date => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));

export const days = (first: Date, count = 1): DateRange => ({ from: startOfDay(first), to: new Date(startOfDay(first).getTime() + count * dayMs - 1) });
export const monthRange = (first: Date): DateRange => ({ from: addMonths(first, 0), to: new Date(addMonths(first, 1).getTime() - 1) });
export const yearRange = (year: number): DateRange => ({ from: new Date(Date.UTC(year, 0, 1)), to: new Date(Date.UTC(year + 1, 0, 1) - 1) });

/** “7 May 2023”. */
export const dayText = (date: Date): string => `${date.getUTCDate()} ${monthNames[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
export const monthText = (date: Date): string => `${monthNames[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;

const words: Readonly<Record<string, number>> = {
  a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12,
};
export const numberOf = (text: string): number | null => {
  const lower = text.toLowerCase();
  if (/^\d{1,4}$/.test(lower)) return Number(lower);
  return words[lower] ?? null;
};
