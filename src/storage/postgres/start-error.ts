import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { GatewayError, unavailable } from '../../kernel/errors';

const VARIABLE = 'CONTEXTIQ_DATABASE_URL';

/** Why the database cannot be used, for whoever configured it. The password is never part of it. */
export function startError(error: unknown, url: string): GatewayError {
  if (error instanceof GatewayError && error.details.reason !== 'DATABASE_DOWN' && error.details.reason !== 'DATABASE_BUSY') return error;
  const cause: unknown = error instanceof GatewayError ? error.cause : error instanceof QueryFailedError ? error.driverError : error;
  const { username, host, pathname } = new URL(url);
  const user = decodeURIComponent(username);
  const name = decodeURIComponent(pathname.slice(1));
  const say = (text: string, reason: string): GatewayError => unavailable(`${VARIABLE}: ${text}`, reason);
  const words = wordsOf(cause);
  switch (cause instanceof DatabaseError ? cause.code : undefined) {
    case '28P01':
    case '28000': return say(`the server at ${host} refuses the user ${user || '(none)'}: ${words}`, 'DATABASE_LOGIN');
    case '3D000': return say(`the server at ${host} has no database "${name}": create it (createdb ${name})`, 'DATABASE_MISSING');
    case '53300': return say(`the server at ${host} takes no more connections: lower CONTEXTIQ_DATABASE_POOL_SIZE or raise its max_connections`, 'DATABASE_FULL');
    case '42501': return say(`the user ${user} may not make the schema (${words}): run "npm run migrate" as its owner`, 'DATABASE_PERMISSION');
    default: return say(`the database at ${host} cannot be used: ${words}`, 'DATABASE_UNREACHABLE');
  }
}

/** An address with several IPs fails with an error of errors, whose own message is empty. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
