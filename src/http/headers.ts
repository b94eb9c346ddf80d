import type { ServerResponse } from 'node:http';

/** What every answer carries; a handler may override one for its own page (GraphiQL's policy). */
export function setSecurityHeaders(response: ServerResponse, traceId: string): void {
  response.setHeader('x-trace-id', traceId);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
}

export function setCorsHeaders(response: ServerResponse, origin: string | null): void {
  if (origin === null) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'x-trace-id, x-consistency-token, retry-after');
  response.setHeader('vary', 'origin');
}

/** The answer to a preflight of an origin that was admitted. */
export function replyPreflight(response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'content-type, authorization, x-api-key, idempotency-key, traceparent, apollo-require-preflight, x-apollo-operation-name',
      'access-control-max-age': '600',
    })
    .end();
}
