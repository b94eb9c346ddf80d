import { types } from 'node:util';
import { APIConnectionError, APIError } from 'openai';
import { GatewayError } from '../../kernel/errors';

/** What a failed exchange means for the caller, and whether the same request may succeed in a moment. */
export interface ProviderFailure {
  readonly reason: string;
  readonly message: string;
  readonly retryable: boolean;
  /** What the provider asked for, in milliseconds. */
  readonly retryAfterMs: number | null;
}

const MAX_DETAIL = 300;

/** The provider's own words, bounded and without the key, which some providers echo. */
export function providerWords(error: APIError, apiKey: string): string {
  const words = apiKey === '' ? error.message : error.message.replaceAll(apiKey, '[key]');
  return words.replace(/\b(sk|key)-[\w*.-]{8,}/g, '[key]').slice(0, MAX_DETAIL);
}

const failure = (reason: string, message: string, retryable: boolean, retryAfterMs: number | null = null): ProviderFailure => ({ reason, message, retryable, retryAfterMs });

/** The client's class has `any` in its type parameters; the guard closes them. */
export const isApiError = (error: unknown): error is APIError => error instanceof APIError;

/** Null for what is no failure of the provider (a bug of ours), which is to be thrown on as it is. */
export function readFailure(error: unknown, apiKey: string): ProviderFailure | null {
  if (error instanceof APIConnectionError) return failure('MODEL_UNREACHABLE', 'the model provider cannot be reached', true);
  if (isApiError(error)) return readStatus(error, apiKey);
  // A connection that breaks inside the body surfaces as fetch's TypeError, a body that is no JSON as a SyntaxError.
  if (!types.isNativeError(error)) return null;
  if (error.name === 'TypeError' && /terminated|fetch failed|network/i.test(error.message)) return failure('MODEL_UNREACHABLE', 'the connection to the model provider broke', true);
  if (error.name === 'SyntaxError') return failure('MODEL_PROTOCOL_ERROR', 'the model provider answered with broken JSON', true);
  return null;
}

function readStatus(error: APIError, apiKey: string): ProviderFailure {
  const status = error.status ?? 0;
  const wait = retryAfterMs(error.headers ?? new Headers());
  if (status === 401 || status === 403) return failure('MODEL_UNAUTHORIZED', `the model provider refused the configured key (HTTP ${status})`, false);
  if (status === 429 && error.code === 'insufficient_quota') return failure('MODEL_QUOTA_EXHAUSTED', 'the quota at the model provider is used up', false, wait);
  if (status === 429) return failure('MODEL_RATE_LIMITED', 'the model provider limits the rate of requests', true, wait);
  if (status === 408) return failure('MODEL_TIMEOUT', 'the model provider ran out of time', true, wait);
  if (status === 409 || status >= 500) return failure('MODEL_SERVER_ERROR', `the model provider failed (HTTP ${status})`, true, wait);
  return failure('MODEL_REQUEST_REFUSED', `the model provider refused the request: ${providerWords(error, apiKey)}`, false);
}

/** `retry-after-ms` (milliseconds), or `Retry-After` as seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(headers: Headers): number | null {
  const exact = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const given = headers.get('retry-after');
  if (given === null) return null;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(given) ? Number.parseFloat(given) * 1000 : Date.parse(given) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

const DEFAULT_WAIT_MS = 5000;

export const asUnavailable = ({ reason, message, retryAfterMs: wait }: ProviderFailure): GatewayError =>
  new GatewayError('UNAVAILABLE', message, { reason, retryAfterMs: Math.round(wait ?? DEFAULT_WAIT_MS) });
