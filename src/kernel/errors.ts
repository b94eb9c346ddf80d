/** Every failure a caller can meet. The doors translate it once; nothing else ever leaves the process. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

export interface ErrorDetails {
  /** Path of the input at fault, in GraphQL's names: `input.scope.user_id`. */
  readonly field?: string;
  /** Machine-readable cause in SCREAMING_SNAKE_CASE, stable over releases: `VERSION_MISMATCH`. */
  readonly reason?: string;
  readonly retryAfterMs?: number;
}

/** A foreseen failure: its message is written for the caller and holds no internals. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const badInput = (field: string, message: string, reason?: string): GatewayError =>
  new GatewayError('BAD_USER_INPUT', message, reason === undefined ? { field } : { field, reason });

export const notFound = (what: string, id: string): GatewayError =>
  new GatewayError('NOT_FOUND', `${what} ${id} does not exist`);

export const conflict = (message: string, reason: string, field?: string): GatewayError =>
  new GatewayError('CONFLICT', message, field === undefined ? { reason } : { reason, field });

export const unavailable = (message: string, reason: string, retryAfterMs = 1000): GatewayError =>
  new GatewayError('UNAVAILABLE', message, { reason, retryAfterMs });

/** The database does not answer: what was read before may be told again by whoever says so. */
export const isDatabaseDown = (error: unknown): boolean => error instanceof GatewayError && error.details.reason === 'DATABASE_DOWN';

/** Closes a switch: a new member of the union is then a compile error. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
