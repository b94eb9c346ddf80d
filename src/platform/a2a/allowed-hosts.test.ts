import { AddressRefused, createLookup, isPublic } from './allowed-hosts';

const lookup = (hostname: string, networks: readonly string[]) =>
  new Promise((found, failed) => {
    createLookup({ origins: [], networks })(hostname, { all: true }, (error, addresses) => { if (error === null) found(addresses); else failed(error); });
  });

test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111'])('%s is a public address', (address) => { expect(isPublic(address)).toBe(true); });

test.each([
  '0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.1.2.3', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255',
  '::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1', 'fc00::1', 'fe80::1', 'ff02::1', '2001:db8::1', '2002:a00:1::',
])('%s is none', (address) => { expect(isPublic(address)).toBe(false); });

test('a name that leads to this machine is refused, unless that network is listed', async () => {
  // Resolved without a name server, as an address written in an unusual way would be.
  await expect(lookup('127.0.0.1', [])).rejects.toThrow(AddressRefused);
  await expect(lookup('10.20.30.40', ['127.0.0.0/8'])).rejects.toThrow(/not public/);
  expect(await lookup('127.0.0.1', ['127.0.0.0/8'])).toEqual([{ address: '127.0.0.1', family: 4 }]);
  expect(await lookup('fd00::7', ['fd00::/8'])).toEqual([{ address: 'fd00::7', family: 6 }]);
});

test('localhost may be what it says', async () => {
  expect(await lookup('localhost', [])).toEqual(expect.arrayContaining([expect.objectContaining({ address: expect.stringMatching(/^(127\.|::1$)/) })]));
});
