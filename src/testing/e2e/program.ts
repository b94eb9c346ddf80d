import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The built programs; `npm test` builds them first. */
const PROGRAMS = {
  gateway: { file: resolve('dist', 'src', 'main.js'), ready: 'ContextIQ is ready' },
  worker: { file: resolve('dist', 'workers', 'main.js'), ready: 'the worker is ready' },
} as const;

/** graphql-js then spares itself a check of every value that it meets. */
const AS_IN_THE_IMAGE = { NODE_ENV: 'production' };

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** A line of a program's log. */
export interface LogEntry {
  readonly msg: string;
  readonly url?: string;
  readonly healthPort?: number;
}

export interface Program {
  /** What it logged when it was ready. */
  readonly entry: LogEntry;
  /** Resolves with the exit code once the process is gone. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;
const running = new Set<Child>();

function launch(kind: keyof typeof PROGRAMS, { args = [], variables }: ProgramOptions): { child: Child; words(): string } {
  const child = spawn(process.execPath, ['--enable-source-maps', PROGRAMS[kind].file, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...AS_IN_THE_IMAGE, ...variables } });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let words = '';
  child.stderr.on('data', (chunk) => { words += String(chunk); });
  return { child, words: () => words };
}

/** A gateway or a worker in a process of its own, ready. @throws with its last words when it does not start */
export async function startProgram(kind: keyof typeof PROGRAMS, options: ProgramOptions, onLine: (line: string) => void = () => undefined): Promise<Program> {
  const { child, words } = launch(kind, options);
  const exit = once(child, 'close');
  const entry = await new Promise<LogEntry | null>((found) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      onLine(line);
      const told = JSON.parse(line);
      if (told.msg === PROGRAMS[kind].ready) found(told);
    });
    child.once('close', () => { found(null); });
  });
  if (entry === null) throw new Error(`the ${kind} did not start: ${words()}`);
  return {
    entry,
    async stop(signal) {
      child.kill(signal);
      await exit;
      return child.exitCode;
    },
  };
}

/** A start that is expected to fail: its exit code and what it said. */
export async function failToStartProgram(kind: keyof typeof PROGRAMS, options: ProgramOptions): Promise<{ code: number | null; words: string }> {
  const { child, words } = launch(kind, options);
  child.stdout.resume();
  await once(child, 'close');
  return { code: child.exitCode, words: words() };
}

/** Ends what a failed test left running. */
export const killPrograms = (): void => { for (const child of running) child.kill('SIGKILL'); };
