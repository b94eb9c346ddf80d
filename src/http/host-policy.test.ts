import { judge, type HostPolicy } from './host-policy';

const loopback: HostPolicy = { kind: 'loopback' };
const keys: HostPolicy = { kind: 'keys', origins: ['https://app.example.com'] };

describe('a gateway without a key', () => {
  test.each(['localhost', 'localhost:4000', 'LOCALHOST:1', '127.0.0.1:4000', '127.8.9.1', '[::1]', '[::1]:4000'])('answers to host %s', (host) => {
    expect(judge(loopback, { host })).toEqual({ allowed: true, corsOrigin: null });
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.2:4000', '0.0.0.0', '[::]', '[::ffff:10.0.0.1]', 'localhost:4000:1', '', 'evil@localhost', undefined])(
    'does not answer to host %s',
    (host) => {
      expect(judge(loopback, host === undefined ? {} : { host })).toMatchObject({ allowed: false, reason: 'HOST_NOT_ALLOWED' });
    },
  );

  test('answers its own pages without CORS and other local pages with it', () => {
    expect(judge(loopback, { host: 'localhost:4000', origin: 'http://localhost:4000' })).toEqual({ allowed: true, corsOrigin: null });
    expect(judge(loopback, { host: 'localhost:4000', origin: 'http://127.0.0.1:5173' })).toEqual({ allowed: true, corsOrigin: 'http://127.0.0.1:5173' });
    expect(judge(loopback, { host: 'localhost:4000', origin: 'http://[::1]:3000' })).toMatchObject({ allowed: true });
  });

  test.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', 'http://192.168.0.9', 'chrome-extension://localhost'])(
    'does not answer pages of %s',
    (origin) => {
      expect(judge(loopback, { host: 'localhost', origin })).toMatchObject({ allowed: false, reason: 'ORIGIN_NOT_ALLOWED' });
    },
  );
});

describe('a gateway with keys', () => {
  test('answers to any host, its own pages and the listed origins', () => {
    expect(judge(keys, { host: 'api.example.com' })).toEqual({ allowed: true, corsOrigin: null });
    expect(judge(keys, { host: 'api.example.com', origin: 'https://api.example.com' })).toEqual({ allowed: true, corsOrigin: null });
    expect(judge(keys, { host: 'api.example.com', origin: 'https://app.example.com' })).toEqual({ allowed: true, corsOrigin: 'https://app.example.com' });
    expect(judge({ kind: 'keys', origins: ['*'] }, { host: 'a', origin: 'https://b' })).toEqual({ allowed: true, corsOrigin: 'https://b' });
  });

  test.each(['https://evil.example', 'null', 'http://app.example.com', 'https://app.example.com.evil.example'])('does not answer pages of %s', (origin) => {
    expect(judge(keys, { host: 'api.example.com', origin })).toMatchObject({ allowed: false, reason: 'ORIGIN_NOT_ALLOWED' });
  });
});
