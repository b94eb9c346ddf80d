import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { until } from './e2e/until';
import { freePort } from './free-port';
import { ciCache } from './services';

const run = promisify(execFile);
const BIN = '/usr/lib/postgresql/17/bin'; // inside of the root that `.ci/services` installed
const START_MS = 60_000;
const SETTINGS = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
dynamic_shared_memory_type = sysv
max_connections = 200
shared_buffers = 128MB
`;

/** A PostgreSQL of one's own, to be killed. It is durable: fsync is on. */
export interface PostgresNode {
  readonly url: string;
  /** SIGQUIT is PostgreSQL's immediate shutdown; SIGKILL takes the postmaster alone, its backends notice. */
  stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** The server and all its processes stop in their tracks: connections stay open, nothing is answered until it wakes. */
  hang(): Promise<void>;
  wake(): Promise<void>;
  start(): Promise<void>;
  /** A program of the server's version, for example pgbench; what it printed. */
  tool(name: string, args: readonly string[]): Promise<string>;
  /** Keeps a file where its programs find it. @returns the path for them */
  place(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/**
 * `name`: keeps its data under this name, also from an earlier start. `settings`: lines of postgresql.conf that a new one gets.
 * @throws when the root of `.ci/services` is not there; needs root
 */
export async function startPostgresNode({ name, settings = '' }: { readonly name?: string; readonly settings?: string } = {}): Promise<PostgresNode> {
  const root = join(ciCache(), 'trixie');
  const data = `/var/lib/postgresql/contextiq-${name ?? randomBytes(4).toString('hex')}`;
  const inside = [`--userspec=postgres:postgres`, root, '/usr/bin/env', 'LC_ALL=C.UTF-8', 'HOME=/tmp'];
  const tool: PostgresNode['tool'] = async (name, args) => (await run('chroot', [...inside, `${BIN}/${name}`, ...args], { maxBuffer: 2 ** 26 })).stdout;
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;

  const launch = (): ChildProcess => {
    const child = spawn('chroot', [...inside, `${BIN}/postgres`, '-D', data, '-p', String(port)], { stdio: 'ignore' });
    child.once('exit', () => { if (server === child) server = null; });
    return child;
  };
  const childrenOf = async (pid: number): Promise<number[]> =>
    (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter((text) => text !== '').map(Number);
  const node: PostgresNode = {
    url,
    tool,
    start: async () => {
      await until('PostgreSQL answers', () => {
        // The backends of a killed postmaster may still hold its shared memory: it starts when they are gone.
        server ??= launch();
        return answers(url);
      }, START_MS);
    },
    async stop(signal) {
      const stopped = server;
      if (stopped === null) return;
      const gone = once(stopped, 'exit');
      stopped.kill(signal);
      await gone;
    },
    async hang() {
      const pid = server?.pid ?? 0;
      // The postmaster first: it starts no process that is missed, and buries none.
      process.kill(pid, 'SIGSTOP');
      for (const child of await childrenOf(pid)) process.kill(child, 'SIGSTOP');
    },
    async wake() {
      const pid = server?.pid ?? 0;
      for (const child of await childrenOf(pid)) process.kill(child, 'SIGCONT');
      process.kill(pid, 'SIGCONT');
    },
    async place(name, text) {
      await writeFile(join(root + data, name), text, { mode: 0o644 });
      return `${data}/${name}`;
    },
    async remove() {
      await node.stop('SIGINT');
      await rm(root + data, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  if (!existsSync(join(root + data, 'PG_VERSION'))) {
    await tool('initdb', ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']);
    await appendFile(join(root + data, 'postgresql.conf'), SETTINGS + settings);
  }
  await node.start();
  return node;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
