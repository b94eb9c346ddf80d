import { setTimeout as wait } from 'node:timers/promises';
import { unavailable } from '../../kernel/errors';
import { asUnavailable, readFailure, type ProviderFailure } from './provider-failure';

export interface CallPolicy {
  /** Limit of one exchange, its body included. */
  readonly timeoutMs: number;
  /** Requests in all, the first one included. Default 3. */
  readonly attempts?: number;
  /** First pause of the exponential backoff. Default 500. */
  readonly backoffMs?: number;
  /** A provider that asks for a longer pause than this fails at once, with its wish in `retryAfterMs`. Default 20,000. */
  readonly longestWaitMs?: number;
}

/**
 * Runs one exchange with a provider, again after 408, 409, 429, 5xx and broken connections. An exchange over its time
 * limit is not repeated here: it may still be at work, and paid, over there.
 * @throws GatewayError UNAVAILABLE with reason MODEL_TIMEOUT, MODEL_UNREACHABLE, MODEL_RATE_LIMITED, MODEL_QUOTA_EXHAUSTED,
 * MODEL_SERVER_ERROR, MODEL_UNAUTHORIZED, MODEL_PROTOCOL_ERROR or MODEL_REQUEST_REFUSED; the reason of an aborted `signal`;
 * what `explain` makes of an error
 */
export async function callProvider<T>(
  policy: CallPolicy,
  apiKey: string,
  signal: AbortSignal,
  exchange: (signal: AbortSignal) => Promise<T>,
  explain: (error: unknown) => Error | null = () => null,
): Promise<T> {
  const { timeoutMs, attempts = 3, backoffMs = 500, longestWaitMs = 20_000 } = policy;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    let failed: ProviderFailure;
    try {
      return await withTimeLimit(timeoutMs, signal, exchange);
    } catch (error) {
      signal.throwIfAborted();
      const explained = explain(error);
      if (explained !== null) throw explained;
      const read = readFailure(error, apiKey);
      if (read === null) throw error;
      failed = read;
    }
    const pause = failed.retryAfterMs ?? jittered(backoffMs * 2 ** (attempt - 1));
    if (!failed.retryable || attempt >= attempts || pause > longestWaitMs) throw asUnavailable(failed);
    await wait(pause, undefined, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
}

/** Full pause or down to half of it, so that callers that failed together do not return together. */
const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2);

/** Aborts the exchange with `signal` or after `timeoutMs`; leaves no listener on a signal that outlives it. */
async function withTimeLimit<T>(timeoutMs: number, signal: AbortSignal, exchange: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => own.abort(), timeoutMs);
  try {
    return await exchange(own.signal);
  } catch (error) {
    if (own.signal.aborted && !signal.aborted) throw unavailable(`the model provider did not answer within ${timeoutMs} ms`, 'MODEL_TIMEOUT');
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
