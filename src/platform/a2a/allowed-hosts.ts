import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';

/** What is on the list of the operator. */
export interface AllowedHosts {
  readonly origins: readonly string[];
  readonly networks: readonly string[];
}

/** Addresses of IPv4 that are no public host: private, loopback, link-local (the clouds' metadata), shared, reserved, multicast. */
const NOT_PUBLIC = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24',
  '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
];
/** Of IPv6 only global unicast is public, without what stands for addresses of IPv4 or for nobody. */
const GLOBAL = ['2000::/3'];
const NOT_GLOBAL = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

function listOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

const isNotPublic = listOf(NOT_PUBLIC);
const isGlobal = listOf(GLOBAL);
const isNotGlobal = listOf(NOT_GLOBAL);
const isLoopback = listOf(LOOPBACK);
export const isPublic = (address: string): boolean => (isIPv6(address) ? isGlobal(address) && !isNotGlobal(address) : !isNotPublic(address));

/** A name led to an address that is not public, and not on the list. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** @returns why agents may not be called at an address, null when they may */
export function refusalOf(origins: readonly string[], text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'an absolute http(s) address is expected';
  if (url.username !== '' || url.password !== '') return 'credentials do not belong into an address: give them in CONTEXTIQ_A2A_REMOTE_TOKENS';
  if (url.search !== '' || url.hash !== '') return 'an address without query and fragment is expected';
  return origins.includes(url.origin) ? null : `${url.origin} may not be called: it is not in CONTEXTIQ_A2A_REMOTE_HOSTS`;
}

/**
 * Resolves a listed name for a connection to be made to just these addresses, so that none can be exchanged in between. A host that is listed
 * by its address is not resolved, and `localhost` may be what it says.
 */
export function createLookup({ networks }: AllowedHosts): LookupFunction {
  const isListed = listOf(networks);
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found: readonly LookupAddress[] | undefined) => {
      if (error !== null) { callback(error, ''); return; }
      const usable = (found ?? []).filter(({ address }) => isPublic(address) || isListed(address) || (hostname === 'localhost' && isLoopback(address)));
      const [first] = usable;
      if (first === undefined) callback(new AddressRefused(`${hostname} leads to an address that is not public`), '');
      else if (options.all === true) callback(null, usable);
      else callback(null, first.address, first.family);
    });
  };
}

