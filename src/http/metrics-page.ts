import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpError } from './reply';

/**
 * Who may read the figures. They speak of all tenants together, so no tenant's API key opens them: `open` to whoever reaches
 * a gateway without keys, else to who knows the token. `closed`: there are keys, and no token was set.
 */
export type MetricsAccess = { readonly kind: 'open' } | { readonly kind: 'token'; readonly token: string } | { readonly kind: 'closed' };

export interface MetricsPage {
  readonly access: MetricsAccess;
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** `isPrivate`: nobody but this machine's own user reaches it. */
export function metricsAccess(token: string | null, isPrivate: boolean): MetricsAccess {
  if (token !== null) return { kind: 'token', token };
  return { kind: isPrivate ? 'open' : 'closed' };
}

/** Null for who may read. */
export function refusalOfReader(access: MetricsAccess, { headers }: IncomingMessage): HttpError | null {
  if (access.kind === 'open') return null;
  if (access.kind === 'closed') return { code: 'FORBIDDEN', message: 'this gateway shows its metrics to no one: set CONTEXTIQ_METRICS_TOKEN', reason: 'METRICS_TOKEN_UNSET' };
  const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(given), digest(access.token))) return null;
  return { code: 'UNAUTHENTICATED', message: 'send the value of CONTEXTIQ_METRICS_TOKEN as `Authorization: Bearer …`', reason: 'METRICS_TOKEN_REQUIRED' };
}

export async function replyMetrics(request: IncomingMessage, response: ServerResponse, page: MetricsPage): Promise<void> {
  const { contentType, text } = await page.read();
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : text);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
