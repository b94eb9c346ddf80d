import { isIP } from 'node:net';

/** Where agents elsewhere may be called; with neither list nobody is. */
export interface RemoteAgentsConfig {
  /** `https://host:port`, or `http://…` where plain HTTP was asked for. */
  readonly origins: readonly string[];
  /** Addresses that are not public and may be called all the same: `10.0.0.0/8`. */
  readonly networks: readonly string[];
  /** Limit of one call. */
  readonly timeoutMs: number;
  /** `Authorization` by origin, tenant and agent id. */
  readonly authorizations: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
}

const NETWORK = /^([\da-f.:]+)\/(\d{1,3})$/i;

/** One item of the list: an origin, or a network. @returns null for what is neither */
export function parseHost(item: string): { readonly origin: string } | { readonly network: string } | null {
  const [, address = '', bits = ''] = NETWORK.exec(item) ?? [];
  if (address !== '') {
    const family = isIP(address);
    return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128) ? { network: item } : null;
  }
  const text = /^https?:\/\//.test(item) ? item : `https://${item}`;
  if (!URL.canParse(text)) return null;
  const { origin, pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && search === '' && hash === '' && username === '' && password === '' && !origin.includes('*') ? { origin } : null;
}
