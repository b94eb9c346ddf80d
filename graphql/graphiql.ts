import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { bootScript, graphiqlPage } from './graphiql-page';

export interface GraphiQLOptions {
  /** Where this is mounted, without a trailing slash. */
  readonly base?: string;
  readonly endpoint?: string;
  readonly defaultQuery: string;
}

export interface GraphiQLDoor {
  /** True when the path below `base` was one of ours and has been answered. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

interface Asset {
  readonly type: string;
  readonly cache: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // CodeMirror and the component set styles on elements.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SCRIPT = 'text/javascript; charset=utf-8';
const LIBRARIES: Readonly<Record<string, { readonly type: string; readonly source: string }>> = {
  'graphiql.js': { type: SCRIPT, source: 'graphiql/graphiql.min.js' },
  'graphiql.css': { type: 'text/css; charset=utf-8', source: 'graphiql/graphiql.min.css' },
  'react.js': { type: SCRIPT, source: 'react/umd/react.production.min.js' },
  'react-dom.js': { type: SCRIPT, source: 'react-dom/umd/react-dom.production.min.js' },
  'graphql-ws.js': { type: SCRIPT, source: 'graphql-ws/umd/graphql-ws.min.js' },
};

const zip = promisify(gzip);

/** GraphiQL from this process alone: five library files from the build (or, from sources, from node_modules), a page and a script. */
export function createGraphiQL({ base = '/graphiql', endpoint = '/graphql', defaultQuery }: GraphiQLOptions): GraphiQLDoor {
  const assets = new Map<string, Promise<Asset>>();

  function assetNamed(name: string): Promise<Asset> | null {
    const known = assets.get(name);
    if (known !== undefined) return known;
    const loading = load(name);
    if (loading === null) return null;
    assets.set(name, loading);
    // A file that could not be read (a build in progress) is tried again the next time.
    loading.catch(() => assets.delete(name));
    return loading;
  }

  function load(name: string): Promise<Asset> | null {
    if (name === '') return toAsset(Buffer.from(graphiqlPage(base)), 'text/html; charset=utf-8', 'no-cache');
    if (name === 'boot.js') return toAsset(Buffer.from(bootScript({ endpoint, defaultQuery })), SCRIPT, 'no-cache');
    const library = Object.hasOwn(LIBRARIES, name) ? LIBRARIES[name] : undefined;
    if (library === undefined) return null;
    return readFile(locate(name, library.source)).then((bytes) => toAsset(bytes, library.type, 'public, max-age=3600'));
  }

  return {
    async handle(request, response) {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const name = path === base || path === `${base}/` ? '' : path.slice(base.length + 1);
      const asset = await assetNamed(name);
      if (asset === null) return false;
      answer(request, response, asset);
      return true;
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = zipped ? asset.zipped : asset.plain;
  const headers = {
    'content-type': asset.type,
    'cache-control': asset.cache,
    'content-security-policy': POLICY,
    etag: asset.etag,
    vary: 'accept-encoding',
  };
  if (request.headers['if-none-match'] === asset.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, ...(zipped ? { 'content-encoding': 'gzip' } : {}), 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function toAsset(plain: Buffer, type: string, cache: string): Promise<Asset> {
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, cache, plain, etag, zipped: await zip(plain) };
}

/** `dist/public/NAME` beside the compiled code; from sources, the package's own file. */
function locate(name: string, source: string): string {
  const built = join(__dirname, '..', 'public', name);
  return existsSync(built) ? built : join(__dirname, '..', 'node_modules', source);
}
