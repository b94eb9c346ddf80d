import { createPolicy, type CircuitStateName, type Policy } from '../resilience/policy';
import { readFailure, timedOut } from './provider-failure';

export interface CallPolicy {
  /** Limit of one exchange, its body included. */
  readonly timeoutMs: number;
  /** Requests in all, the first one included. Default 3. */
  readonly attempts?: number;
  /** First pause of the exponential backoff. Default 500. */
  readonly backoffMs?: number;
  /** A provider that asks for a longer pause than this fails at once, with its wish in `retryAfterMs`. Default 20,000. */
  readonly longestWaitMs?: number;
  /** Told when its circuit opens and closes. */
  readonly onState?: (state: CircuitStateName) => void;
}

/**
 * Exchanges with one model of one provider: again after 408, 409, 429, 5xx and broken connections. An exchange over its
 * time limit is not repeated here: it may still be at work, and paid, over there.
 * `run` throws GatewayError UNAVAILABLE with reason MODEL_TIMEOUT, MODEL_UNREACHABLE, MODEL_RATE_LIMITED, MODEL_QUOTA_EXHAUSTED,
 * MODEL_SERVER_ERROR, MODEL_UNAUTHORIZED, MODEL_PROTOCOL_ERROR, MODEL_REQUEST_REFUSED or CIRCUIT_OPEN;
 * INTERNAL_SERVER_ERROR with reason MODEL_REFUSED where a content filter stood in the way; the reason of an aborted `signal`
 */
export const createProviderPolicy = (name: string, { timeoutMs, attempts, backoffMs, longestWaitMs, onState }: CallPolicy, apiKey: string): Policy =>
  createPolicy({
    name,
    timeoutMs,
    timedOut: () => timedOut(timeoutMs),
    judge: (error) => readFailure(error, apiKey),
    ...(attempts === undefined ? {} : { attempts }),
    ...(backoffMs === undefined ? {} : { backoffMs }),
    ...(longestWaitMs === undefined ? {} : { longestWaitMs }),
    ...(onState === undefined ? {} : { onState }),
  });
