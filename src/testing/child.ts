import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface Child {
  readonly pid: number;
  /** The child's next line; `null` after its last. */
  line(): Promise<string | null>;
  /** `kill -9`, and everything it had printed by then that was not read yet. */
  kill(): Promise<string[]>;
  exited(): Promise<number | null>;
}

/** Starts a TypeScript file in a process of its own. Its stderr is the test's. */
export function startChild(script: string, args: readonly string[]): Child {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [join(__dirname, 'run-ts.cjs'), script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  const line = async (): Promise<string | null> => {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  };
  return {
    pid: child.pid ?? -1,
    line,
    kill: async () => {
      child.kill('SIGKILL');
      const rest: string[] = [];
      for (let next = await line(); next !== null; next = await line()) rest.push(next);
      await exit;
      return rest;
    },
    exited: async () => {
      await exit;
      return child.exitCode;
    },
  };
}
