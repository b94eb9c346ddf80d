import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who may talk to this process. `loopback`: no key guards it, so only this machine's own names are accepted, which also stops
 * a web page that rebinds its own name to 127.0.0.1. `keys`: every request carries a key; browsers from other origins need
 * to be listed (`https://app.example.com`, or `*` for all).
 */
export type HostPolicy = { readonly kind: 'loopback' } | { readonly kind: 'keys'; readonly origins: readonly string[] };

export type Verdict =
  /** `corsOrigin` is the other origin whose pages may read the answer, null when there is none. */
  { readonly allowed: true; readonly corsOrigin: string | null } | { readonly allowed: false; readonly reason: string; readonly message: string };

const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i;
const IPV4_LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

export function judge(policy: HostPolicy, { host, origin }: IncomingHttpHeaders): Verdict {
  if (policy.kind === 'loopback') {
    const name = host === undefined ? undefined : HOST.exec(host)?.[1];
    if (name === undefined || !isLoopback(name)) {
      return refuse('HOST_NOT_ALLOWED', 'a gateway without a key answers only to localhost: create a key to open it to other hosts');
    }
    if (origin === undefined) return ALLOWED;
    const url = parseOrigin(origin);
    if (url === null || !isLoopback(url.hostname)) {
      return refuse('ORIGIN_NOT_ALLOWED', 'a gateway without a key answers only pages served from localhost');
    }
    return url.host === host ? ALLOWED : { allowed: true, corsOrigin: origin };
  }
  if (origin === undefined) return ALLOWED;
  const url = parseOrigin(origin);
  if (url !== null && url.host === host) return ALLOWED;
  if (policy.origins.includes('*') || policy.origins.includes(origin)) return { allowed: true, corsOrigin: origin };
  return refuse('ORIGIN_NOT_ALLOWED', 'this origin is not in the list of allowed origins');
}

const ALLOWED: Verdict = { allowed: true, corsOrigin: null };

const refuse = (reason: string, message: string): Verdict => ({ allowed: false, reason, message });

function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === 'localhost' || name === '[::1]' || IPV4_LOOPBACK.test(name);
}

function parseOrigin(origin: string): URL | null {
  if (!/^https?:\/\//i.test(origin)) return null;
  return URL.canParse(origin) ? new URL(origin) : null;
}
