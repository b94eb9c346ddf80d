import { badInput } from './errors';

export const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;

/** A slice of a list in its own order; `after` is the key of the last item already seen. */
export interface PageRequest<Key = string | null> {
  readonly limit: number;
  readonly after: Key;
}

/** A slice of a list that is shown newest first; `before` is the key of the last item already seen. */
export interface PageBefore<Key> {
  readonly limit: number;
  readonly before: Key | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** @throws GatewayError BAD_USER_INPUT unless `limit` is a whole number from 1 to `max`. */
export function pageLimit(limit: number | null | undefined, field = 'limit', max = MAX_PAGE, fallback = DEFAULT_PAGE): number {
  if (limit === null || limit === undefined) return fallback;
  if (!Number.isInteger(limit) || limit < 1 || limit > max) {
    throw badInput(field, `${field} is a whole number from 1 to ${max}`);
  }
  return limit;
}

/** Reads one row more than asked for tells whether there is a next page. */
export const toPage = <T>(rows: readonly T[], limit: number): Page<T> => ({
  items: rows.slice(0, limit),
  hasMore: rows.length > limit,
});

export const encodeCursor = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws GatewayError BAD_USER_INPUT when the text is no cursor of `length` parts. */
export function decodeCursor(cursor: string, length: number, field = 'after'): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === length) return parts.map(String);
  } catch {
    // falls through to the one message for every malformed cursor
  }
  throw badInput(field, 'this is no cursor of this list', 'BAD_CURSOR');
}
