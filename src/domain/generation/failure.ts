import { GatewayError } from '../../kernel/errors';
import type { Generation } from './generation';

/** Why a job ended, for its caller: a foreseen failure in its own words, anything else without its internals. */
export const reasonOf = (error: unknown): NonNullable<Generation['error']> =>
  error instanceof GatewayError
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL_SERVER_ERROR', message: 'the job failed for a reason inside the gateway' };
