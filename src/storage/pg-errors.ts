import { DatabaseError } from 'pg';
import { GatewayError } from '../kernel/errors';

/** A unique index refused the row; with `constraint`, that index. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  error instanceof DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint);

/** The text holds what PostgreSQL cannot store: NUL, a lone surrogate, bytes that are no UTF-8. */
export const isBadText = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.code === '22P05' || error.code === '22021');

/**
 * The transaction lost a race and ends otherwise when it is run again: serialization failure, deadlock, or a row that it
 * refers to was there when it looked and is gone (the next run finds it gone).
 */
export const isTransient = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.code === '40001' || error.code === '40P01' || error.code === '23503');

/** The embedded engine is gone, and its connections with it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** SQLSTATEs that speak of the connection or the server, not of the statement. */
const SERVER_STATES = /^(08|53|57P|58|25P03)/;
/** The server takes no writes: it is a standby by now, or its disk is full. */
const READ_ONLY_STATES = /^(25006|53100)/;
/** The statement's own time limit, a lock's, a lost race after the last try: too much goes on. */
const BUSY_STATES = /^(57014|55P03|40001|40P01)/;
/** The driver's own failures carry no code, only these words. */
const DRIVER_WORDS = /^(Connection terminated|Client was closed|Client has encountered a connection error|Cannot use a pool|Query read timeout)/;

/** Trouble with the connection becomes UNAVAILABLE, text that no check had caught BAD_USER_INPUT; everything else passes as it is. */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GatewayError) return error;
  if (isBadText(error)) {
    return new GatewayError('BAD_USER_INPUT', 'text holds no NUL and no lone surrogate', { reason: 'BAD_TEXT' }, { cause: error });
  }
  if (error instanceof DatabaseError) {
    if (takesNoWrites(error)) return databaseReadOnly(error);
    if (SERVER_STATES.test(error.code ?? '')) return databaseDown(error);
    return BUSY_STATES.test(error.code ?? '') ? databaseBusy(error) : error;
  }
  const isLost = error instanceof EngineError || 'syscall' in error;
  return isLost || DRIVER_WORDS.test(error.message) ? databaseDown(error) : error;
}

export const takesNoWrites = (error: unknown): boolean => error instanceof DatabaseError && READ_ONLY_STATES.test(error.code ?? '');

/** The connection broke, or the server ended it, while the statement was under way: on another one it may succeed. Not for one that was silent: that took its time already. */
export const brokeConnection = (error: unknown): boolean =>
  error instanceof Error && (error instanceof DatabaseError ? /^(08|57P0[12])/.test(error.code ?? '') : 'syscall' in error || /^Connection terminated|connection error/.test(error.message));

/** The connection is of no more use: its answer may still come, or the server behind it became read-only and has a successor elsewhere. */
export const spoilsConnection = (error: unknown): error is Error =>
  error instanceof Error && (error.message === 'Query read timeout' || (error instanceof DatabaseError && error.code === '25006'));

/** Getting a connection failed: either all of them stayed taken, or the server does not answer. */
export function translateCheckoutError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return error instanceof Error && error.message.startsWith('timeout exceeded') ? databaseBusy(error) : databaseDown(error);
}

export const databaseBusy = (cause?: unknown): GatewayError =>
  new GatewayError('UNAVAILABLE', 'the database is busy', { reason: 'DATABASE_BUSY', retryAfterMs: 1000 }, { cause });

export const databaseDown = (cause?: unknown, retryAfterMs = 1000): GatewayError =>
  new GatewayError('UNAVAILABLE', 'the database does not answer', { reason: 'DATABASE_DOWN', retryAfterMs }, { cause });

const databaseReadOnly = (cause: unknown): GatewayError =>
  new GatewayError('UNAVAILABLE', 'the database takes no writes at the moment; reading works', { reason: 'DATABASE_READ_ONLY', retryAfterMs: 5000 }, { cause });
