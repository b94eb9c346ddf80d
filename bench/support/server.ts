import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../../src/config/load';

/** Something that is measured over its address. Its CPU and memory are read where Prometheus would read them. */
export interface Server {
  readonly url: string;
  usage(): Promise<Usage>;
}

export interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export interface GatewayChild extends Server {
  /** From the start of the process to the first answer of `/readyz`. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

const PROGRAM = resolve('dist', 'src', 'main.js');
const START_LIMIT_MS = 120_000;
const LOOK_MS = 5;

/** A shared PostgreSQL or Redis, when the environment of the benchmark names one; every gateway here then uses it. */
export function services(): Record<string, string> {
  const { database, redis } = loadConfig();
  return {
    ...(database.kind === 'postgres' ? { CONTEXTIQ_DATABASE_URL: database.url } : {}),
    ...(redis === null ? {} : { CONTEXTIQ_REDIS_URL: redis.url }),
  };
}

/** The built gateway as the image runs it, in a process of its own. `profileDir`: writes a CPU profile there when it stops. */
export async function startGateway(dataDir: string, profileDir: string | null = null, environment: Readonly<Record<string, string>> = {}): Promise<GatewayChild> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const profile = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const started = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', ...profile, PROGRAM], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // What is asked again would not be searched for: only what measures the cache wants one.
    env: { NODE_ENV: 'production', CONTEXTIQ_ANSWER_CACHE_MB: '0', ...services(), CONTEXTIQ_PORT: String(port), CONTEXTIQ_DATA_DIR: dataDir, ...environment },
  });
  const exited = once(child, 'exit');
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - started > START_LIMIT_MS) throw new Error('the gateway did not start');
    await pause(LOOK_MS);
  }
  return {
    ...serverAt(url),
    readyMs: performance.now() - started,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

export const serverAt = (url: string): Server => ({
  url,
  async usage() {
    const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(30_000) })).text();
    return { cpuSeconds: figure(text, 'process_cpu_seconds_total'), residentBytes: figure(text, 'process_resident_memory_bytes') };
  },
});

function figure(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`the server does not show ${name}`);
  return Number(value);
}

export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'contextiq-bench-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false; // nobody listens yet
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
