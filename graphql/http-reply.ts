import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import { HTTP_STATUS } from '../src/kernel/http-status';
import { isJsonObject } from '../src/kernel/json';
import type { Trace } from './errors';

export const JSON_TYPE = 'application/json; charset=utf-8';

const REASONS: Readonly<Record<number, string>> = {
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Apollo's own refusals in our closed list of codes. */
export function apolloErrors(text: string, status: number, { traceId, metrics }: Trace): GraphQLFormattedError[] {
  const body: unknown = JSON.parse(text);
  const errors = isJsonObject(body) && Array.isArray(body['errors']) ? body['errors'] : [];
  return errors.map((error: unknown) => {
    if (status >= 500 || !isJsonObject(error) || typeof error['message'] !== 'string') {
      metrics.add('contextiq_errors_total', { door: 'graphql', code: 'INTERNAL_SERVER_ERROR' });
      return { message: 'internal error', extensions: { code: 'INTERNAL_SERVER_ERROR', traceId } };
    }
    metrics.add('contextiq_errors_total', { door: 'graphql', code: 'BAD_USER_INPUT' });
    const message = error['message'].trim();
    return { message, extensions: { code: 'BAD_USER_INPUT', reason: REASONS[status] ?? 'BAD_REQUEST', traceId } };
  });
}

/** Status by reason where HTTP has a closer one than the code's. */
const STATUS_OF_REASON: Readonly<Record<string, number>> = { REQUEST_TIMEOUT: 408, NOT_ACCEPTABLE: 406, UNSUPPORTED_ENCODING: 415 };

export function sendError(response: ServerResponse, error: GraphQLFormattedError, { traceId }: Trace): void {
  const code = error.extensions?.['code'];
  const reason = error.extensions?.['reason'];
  const known = Object.entries(HTTP_STATUS).find(([name]) => name === code)?.[1] ?? 500;
  const status = (typeof reason === 'string' ? STATUS_OF_REASON[reason] : undefined) ?? known;
  if (code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer');
  const retryAfterMs = error.extensions?.['retryAfterMs'];
  if (typeof retryAfterMs === 'number') response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000));
  write(response, status, JSON_TYPE, JSON.stringify({ errors: [error] }), traceId);
}

export function write(response: ServerResponse, status: number, contentType: string, text: string, traceId: string): void {
  if (response.headersSent || response.destroyed) return;
  response
    .writeHead(status, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(text),
      // Answers depend on the caller's key.
      'cache-control': 'no-store',
      'x-trace-id': traceId,
    })
    .end(text);
}
