import { Script } from 'node:vm';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGraphiQL } from './graphiql';

let server: Server;
let base: string;
beforeAll(async () => {
  const graphiql = createGraphiQL({ defaultQuery: '# "quoted" </script>\n{ version }' });
  server = createServer((request, response) => {
    void graphiql.handle(request, response).then((found) => {
      if (!found) response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphiql`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('the page loads only files of this process, and every one of them is there', async () => {
  const response = await fetch(base);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await response.text();
  const links = [...page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(links).toHaveLength(6);
  for (const link of links) {
    expect(link).toMatch(/^\/graphiql\/[a-z-]+\.(js|css)$/);
    const file = await fetch(new URL(link, base));
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toMatch(link.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    expect((await file.text()).length).toBeGreaterThan(500);
  }
});

test('its policy allows no inline script and nothing from elsewhere', async () => {
  const policy = (await fetch(base)).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('http');
  expect(await (await fetch(base)).text()).not.toMatch(/<script(?![^>]*src=)/);
});

test('the default query is in the boot script, which is valid JavaScript', async () => {
  const script = await (await fetch(`${base}/boot.js`)).text();
  expect(() => new Script(script)).not.toThrow();
  expect(script).toContain(JSON.stringify('# "quoted" </script>\n{ version }'));
});

test('a file that has not changed is not sent again', async () => {
  const first = await fetch(`${base}/graphiql.css`);
  expect(first.headers.get('cache-control')).toBe('public, max-age=3600');
  await first.arrayBuffer();
  const second = await fetch(`${base}/graphiql.css`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
  expect(second.status).toBe(304);
});

test.each(['/../package.json', '/%2e%2e/package.json', '/toString', '/graphiql.min.js'])('%s is not served', async (path) => {
  expect((await fetch(base + path)).status).toBe(404);
});
