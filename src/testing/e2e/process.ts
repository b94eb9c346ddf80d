import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createDatabase, dropDatabase, withDatabase } from '../production/databases';
import { templateUrl } from '../services';

export interface GatewayProcess {
  readonly url: string;
  /** Resolves with the exit code once the process is gone. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** The built program; `npm test` builds it first. */
const PROGRAM = resolve('dist', 'src', 'main.js');

type Running = ChildProcessByStdio<null, Readable, Readable>;
const running = new Set<Running>();

const launch = (dataDir: string, variables: Record<string, string>): Running => {
  const child = spawn(process.execPath, ['--enable-source-maps', PROGRAM], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { CONTEXTIQ_PORT: '0', CONTEXTIQ_DATA_DIR: dataDir, CONTEXTIQ_DATABASE_URL: databaseOf(dataDir) ?? '', CONTEXTIQ_LOG_LEVEL: 'info', ...variables },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
};

/** A gateway in a process of its own, ready to answer. @throws with its last words when it does not start */
export async function startProcess(dataDir: string, variables: Record<string, string> = {}): Promise<GatewayProcess> {
  const child = launch(dataDir, variables);
  const exit = once(child, 'exit');
  let words = '';
  child.stderr.on('data', (chunk) => { words += String(chunk); });
  const url = await new Promise<string | null>((found) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line);
      if (entry.msg === 'ContextIQ is ready') found(entry.url);
    });
    child.once('exit', () => found(null));
  });
  if (url === null) throw new Error(`the gateway did not start: ${words}`);
  return {
    url,
    async stop(signal) {
      child.kill(signal);
      await exit;
      return child.exitCode;
    },
  };
}

/** Starts and kills (`kill -9`) after so many milliseconds, wherever the start stands then. */
export async function killWhileStarting(dataDir: string, afterMs: number): Promise<void> {
  const child = launch(dataDir, {});
  const exit = once(child, 'exit');
  child.stdout.resume();
  child.stderr.resume();
  await pause(afterMs);
  child.kill('SIGKILL');
  await exit;
}

/** A start that is expected to fail: its exit code and what it said. */
export async function failToStart(dataDir: string, variables: Record<string, string> = {}): Promise<{ code: number | null; words: string }> {
  const child = launch(dataDir, variables);
  let words = '';
  child.stderr.on('data', (chunk) => { words += String(chunk); });
  child.stdout.resume();
  await once(child, 'close');
  return { code: child.exitCode, words };
}

/** One of the command line tools on the data of this directory, to its end. */
export async function runTool(dataDir: string, tool: string, args: readonly string[], variables: Record<string, string> = {}): Promise<{ code: number | null; out: string; words: string }> {
  const child = spawn(process.execPath, ['--enable-source-maps', resolve('dist', 'src', 'tools', `${tool}.js`), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { CONTEXTIQ_DATA_DIR: dataDir, CONTEXTIQ_DATABASE_URL: databaseOf(dataDir) ?? '', ...variables },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let [out, words] = ['', ''];
  child.stdout.on('data', (chunk) => { out += String(chunk); });
  child.stderr.on('data', (chunk) => { words += String(chunk); });
  await once(child, 'close');
  return { code: child.exitCode, out, words };
}

/** Ends what a failed test left running. */
export const killAll = (): void => { for (const child of running) child.kill('SIGKILL'); };

/** In production runs a gateway's data is in a database of its own, named after its directory. */
function databaseOf(dataDir: string): string | null {
  const template = templateUrl();
  return template === null ? null : withDatabase(template, basename(dataDir).toLowerCase());
}

/** An empty data directory, and in production runs an empty database: the first process to start migrates it. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'contextiq-e2e-'));
  const database = databaseOf(dataDir);
  if (database !== null) await createDatabase(database);
  return dataDir;
}

export async function removeDataDir(dataDir: string): Promise<void> {
  killAll();
  const database = databaseOf(dataDir);
  if (database !== null) await dropDatabase(database);
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Runs with an empty data directory and removes it afterwards. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await makeDataDir();
  try {
    return await work(dataDir);
  } finally {
    await removeDataDir(dataDir);
  }
}
