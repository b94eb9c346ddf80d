import { types } from 'node:util';
import { APIConnectionError, APIError } from 'openai';
import { GatewayError } from '../../kernel/errors';
import type { Failure } from '../resilience/policy';

const MAX_DETAIL = 300;

/** The provider's own words, bounded and without the key, which some providers echo. */
function providerWords(error: APIError, apiKey: string): string {
  const words = apiKey === '' ? error.message : error.message.replaceAll(apiKey, '[key]');
  return words.replace(/\b(sk|key)-[\w*.-]{8,}/g, '[key]').slice(0, MAX_DETAIL);
}

interface Traits {
  readonly retryable?: true;
  readonly ill?: true;
  readonly retryAfterMs?: number | null;
}

const DEFAULT_WAIT_MS = 5000;

const failure = (reason: string, message: string, { retryable, ill, retryAfterMs = null }: Traits = {}): Failure => ({
  error: new GatewayError('UNAVAILABLE', message, { reason, retryAfterMs: Math.round(retryAfterMs ?? DEFAULT_WAIT_MS) }),
  retryable: retryable === true, ill: ill === true, retryAfterMs,
});

export const timedOut = (timeoutMs: number): Failure => failure('MODEL_TIMEOUT', `the model provider did not answer within ${timeoutMs} ms`, { ill: true });

/** Asking again, or later, would be refused again. */
export const refused = (): GatewayError => new GatewayError('INTERNAL_SERVER_ERROR', 'the model refused to answer', { reason: 'MODEL_REFUSED' });

/** The client's class has `any` in its type parameters; the guard closes them. */
export const isApiError = (error: unknown): error is APIError => error instanceof APIError;

/** Null for what is no failure of the provider (a bug of ours), which is to be thrown on as it is. */
export function readFailure(error: unknown, apiKey: string): Failure | null {
  if (error instanceof APIConnectionError) return failure('MODEL_UNREACHABLE', 'the model provider cannot be reached', AGAIN);
  if (isApiError(error)) return readStatus(error, apiKey);
  // A connection that breaks inside the body surfaces as fetch's TypeError, a body that is no JSON as a SyntaxError.
  if (!types.isNativeError(error)) return null;
  if (error.name === 'TypeError' && /terminated|fetch failed|network/i.test(error.message)) return failure('MODEL_UNREACHABLE', 'the connection to the model provider broke', AGAIN);
  if (error.name === 'SyntaxError') return failure('MODEL_PROTOCOL_ERROR', 'the model provider answered with broken JSON', AGAIN);
  return null;
}

const AGAIN = { retryable: true, ill: true } as const;

function readStatus(error: APIError, apiKey: string): Failure {
  const status = error.status ?? 0;
  const retryAfterMs = retryAfter(error.headers ?? new Headers());
  if (isContentFilter(error)) return { error: refused(), retryable: false, ill: false, retryAfterMs: null };
  if (status === 401 || status === 403) return failure('MODEL_UNAUTHORIZED', `the model provider refused the configured key (HTTP ${status})`);
  if (status === 429 && error.code === 'insufficient_quota') return failure('MODEL_QUOTA_EXHAUSTED', 'the quota at the model provider is used up', { retryAfterMs });
  if (status === 429) return failure('MODEL_RATE_LIMITED', 'the model provider limits the rate of requests', { retryable: true, retryAfterMs });
  if (status === 408) return failure('MODEL_TIMEOUT', 'the model provider ran out of time', { ...AGAIN, retryAfterMs });
  if (status === 409) return failure('MODEL_SERVER_ERROR', 'the model provider met a conflict', { retryable: true, retryAfterMs });
  if (status >= 500) return failure('MODEL_SERVER_ERROR', `the model provider failed (HTTP ${status})`, { ...AGAIN, retryAfterMs });
  return failure('MODEL_REQUEST_REFUSED', `the model provider refused the request: ${providerWords(error, apiKey)}`);
}

/** Azure answers 400 where the prompt itself is filtered. */
export const isContentFilter = (error: APIError): boolean => error.status === 400 && (error.code === 'content_filter' || error.code === 'content_policy_violation');

/** `retry-after-ms` (milliseconds), or `Retry-After` as seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(headers: Headers): number | null {
  const exact = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const given = headers.get('retry-after');
  if (given === null) return null;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(given) ? Number.parseFloat(given) * 1000 : Date.parse(given) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
