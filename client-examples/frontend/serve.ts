import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

const PAGE = join(__dirname, 'page');

/** The page's script with all it needs, in one file. */
async function bundle(): Promise<string> {
  const { outputFiles: [script] } = await build({
    entryPoints: [join(PAGE, 'page')], bundle: true, write: false, minify: true, format: 'esm', target: 'es2022', platform: 'browser', conditions: ['production'],
  });
  if (script === undefined) throw new Error('the bundle is empty');
  return script.text;
}

/** Builds the page and serves its three files on this machine. Port 0 takes a free one. */
export async function servePage(port: number): Promise<PageServer> {
  const files = new Map([
    ['/', { type: 'text/html', body: await readFile(join(PAGE, 'index.html'), 'utf8') }],
    ['/style.css', { type: 'text/css', body: await readFile(join(PAGE, 'style.css'), 'utf8') }],
    ['/page.js', { type: 'text/javascript', body: await bundle() }],
  ]);
  const server = createServer(({ url = '/' }, response) => {
    const file = files.get(url.replace(/\?.*/, ''));
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': `${file.type}; charset=utf-8`, 'cache-control': 'no-cache' }).end(file.body);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
