import { setTimeout as wait } from 'node:timers/promises';
import {
  circuitBreaker, CircuitState, ConsecutiveBreaker, ConstantBackoff, decorrelatedJitterGenerator, ExponentialBackoff, handleAll, handleType, retry,
  TaskCancelledError, timeout, TimeoutStrategy,
} from 'cockatiel';
import { GatewayError, unavailable } from '../../kernel/errors';

export type CircuitStateName = 'closed' | 'open' | 'half-open';

/** What an error of the other side means. */
export interface Failure {
  /** What the caller is told when it is not tried again. */
  readonly error: Error;
  /** The same call may succeed in a moment. */
  readonly retryable: boolean;
  /** The endpoint itself is ill, or cannot be reached: this counts towards opening the circuit. A refusal is an answer. */
  readonly ill: boolean;
  /** The pause that was asked for, in milliseconds; null leaves it to the backoff. */
  readonly retryAfterMs: number | null;
}

export interface PolicyOptions {
  /** In messages: “the endpoint NAME failed repeatedly”. */
  readonly name: string;
  /** Limit of one attempt. */
  readonly timeoutMs: number;
  /** What an attempt over its limit means. */
  readonly timedOut: () => Failure;
  /** Null for what is no failure of the other side (a bug of ours): thrown on as it is. */
  readonly judge: (error: unknown) => Failure | null;
  /** Attempts in all, the first one included. Default 3. */
  readonly attempts?: number;
  /** About the first pause; later ones double on average, with decorrelated jitter. Default 500. */
  readonly backoffMs?: number;
  /** Who asks for a longer pause than this is not waited for. Default 20,000. */
  readonly longestWaitMs?: number;
  /** So many failures in a row open the circuit. Default 5. */
  readonly failuresToOpen?: number;
  /** How long an open circuit refuses before one call may try. Default 10,000. */
  readonly openMs?: number;
  readonly onState?: (state: CircuitStateName) => void;
}

export interface Policy {
  readonly state: CircuitStateName;
  /**
   * Runs `work`, again after failures that may pass. `signal` ends an attempt and a pause at once, with its reason.
   * @throws GatewayError UNAVAILABLE with reason CIRCUIT_OPEN without calling `work`, while the circuit is open or another
   * call is trying it; else what `judge` makes of the last failure
   */
  run<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

class Failed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.error.message);
  }
}

/** Another attempt is worth it, after the pause. */
class Again extends Error {
  constructor(readonly pauseMs: number, readonly failure: Failure) {
    super(failure.error.message);
  }
}

const NAMES: Readonly<Record<CircuitState, CircuitStateName>> = {
  [CircuitState.Closed]: 'closed', [CircuitState.Open]: 'open', [CircuitState.HalfOpen]: 'half-open', [CircuitState.Isolated]: 'open',
};

/** Time limit, retries and circuit breaker for one endpoint. State is the endpoint's: make one policy and keep it. */
export function createPolicy(options: PolicyOptions): Policy {
  const { name, timeoutMs, timedOut, judge, attempts = 3, backoffMs = 500, longestWaitMs = 20_000, failuresToOpen = 5, openMs = 10_000, onState } = options;
  const jitter = new ExponentialBackoff({ generator: decorrelatedJitterGenerator, initialDelay: backoffMs, maxDelay: longestWaitMs });
  // Pauses are waited for in `run`: the library's own wait does not end with the signal.
  const retrying = retry(handleType(Again), { maxAttempts: attempts - 1, backoff: new ConstantBackoff(0) });
  const limit = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  const breaker = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(failuresToOpen), halfOpenAfter: openMs });
  let openUntil = 0;
  breaker.onBreak(() => { openUntil = Date.now() + openMs; });
  if (onState !== undefined) breaker.onStateChange((state) => onState(NAMES[state]));

  const attempt = async <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await limit.execute(({ signal: limited }) => work(limited), signal);
    } catch (error) {
      signal.throwIfAborted();
      const failure = error instanceof TaskCancelledError ? timedOut() : judge(error);
      throw failure === null ? error : new Failed(failure);
    }
  };

  /** Only what shows the endpoint ill passes the breaker as a failure; a refusal, a bug or an abort shows nothing of the kind. */
  const guarded = async <T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    const retryAfterMs = openUntil - Date.now();
    if (breaker.state === CircuitState.HalfOpen || (breaker.state === CircuitState.Open && retryAfterMs > 0)) throw circuitOpen(name, retryAfterMs);
    const outcome = await breaker.execute(async (): Promise<{ readonly value: T } | { readonly thrown: unknown }> => {
      try {
        return { value: await attempt(work, signal) };
      } catch (error) {
        if (error instanceof Failed && error.failure.ill) throw error;
        return { thrown: error };
      }
    });
    if ('value' in outcome) return outcome.value;
    throw outcome.thrown;
  };

  return {
    get state() {
      return NAMES[breaker.state];
    },

    async run(work, signal) {
      signal.throwIfAborted();
      let backoff = jitter.next();
      let pauseMs = 0;
      let last: Failure | null = null;
      try {
        return await retrying.execute(async () => {
          if (pauseMs > 0) await pause(pauseMs, signal);
          try {
            return await guarded(work, signal);
          } catch (error) {
            // These attempts may be what opened the circuit: why they failed says more.
            if (isCircuitOpen(error) && last !== null) throw new Failed(last);
            if (!(error instanceof Failed)) throw error;
            last = error.failure;
            pauseMs = error.failure.retryAfterMs ?? backoff.duration;
            backoff = backoff.next(undefined);
            throw error.failure.retryable && pauseMs <= longestWaitMs ? new Again(pauseMs, error.failure) : error;
          }
        }, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof Again || error instanceof Failed ? error.failure.error : error;
      }
    },
  };
}

const isCircuitOpen = (error: unknown): boolean => error instanceof GatewayError && error.details.reason === 'CIRCUIT_OPEN';
const circuitOpen = (name: string, retryAfterMs: number): Error =>
  unavailable(`${name} failed repeatedly and is left alone for a moment`, 'CIRCUIT_OPEN', Math.max(1, Math.ceil(retryAfterMs)));

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await wait(ms, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
};
