const STATED = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(T.+)?)?)?$/;

/**
 * An instant from a year, month, day or ISO time, as a model states them (UTC); null for anything else. A period given
 * roughly starts with its first millisecond and ends with its last: “until 2023” includes December.
 */
export function statedDate(text: string | null, edge: 'start' | 'end'): Date | null {
  const match = text === null ? null : STATED.exec(text.trim());
  if (match === null) return null;
  const [whole, year = '', month, day, time] = match;
  const first = Date.parse(`${year}-${month ?? '01'}-${day ?? '01'}T00:00:00Z`);
  // `Date.parse` rolls 30 February over into March.
  if (Number.isNaN(first) || (day !== undefined && new Date(first).getUTCDate() !== Number(day))) return null;
  if (time !== undefined) {
    const exact = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(whole) ? whole : `${whole}Z`);
    return Number.isNaN(exact) ? null : new Date(exact);
  }
  if (edge === 'start') return new Date(first);
  const start = new Date(first);
  const after = day !== undefined
    ? Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + 1)
    : Date.UTC(start.getUTCFullYear() + (month === undefined ? 1 : 0), month === undefined ? 0 : start.getUTCMonth() + 1, 1);
  return new Date(after - 1);
}
