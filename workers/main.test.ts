import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { JOB_NAMES } from '../src/jobs/jobs';
import { parseWorkerArguments } from './arguments';

/** The built program; `npm test` builds it first. */
async function runWorker(args: readonly string[], variables: Record<string, string> = {}): Promise<{ code: number | null; words: string }> {
  const child = spawn(process.execPath, [resolve('dist', 'workers', 'main.js'), ...args], { stdio: ['ignore', 'ignore', 'pipe'], env: variables });
  let words = '';
  child.stderr.on('data', (chunk) => { words += String(chunk); });
  await once(child, 'close');
  return { code: child.exitCode, words };
}

describe('what a worker process is told', () => {
  it('is every queue with four jobs at once unless said otherwise', () => {
    expect(parseWorkerArguments([])).toEqual({ names: JOB_NAMES, concurrency: 4, port: null });
    expect(parseWorkerArguments(['--queues', 'memory.embedding, memory.embedding', '--concurrency', '1', '--port', '0'])).toEqual({ names: ['memory.embedding'], concurrency: 1, port: 0 });
  });

  it.each([
    [['--queues', 'memory.nothing'], '--queues: no job is called "memory.nothing"'],
    [['--concurrency', '0'], '--concurrency: a whole number from 1 to 64'],
    [['--port', 'x'], '--port: a whole number from 0 to 65535'],
    [['--speed', '9'], '--speed'],
  ])('is refused as %j with the option at fault', async (args, words) => {
    const refused = await runWorker(args);
    expect(refused.code).toBe(2);
    expect(refused.words).toContain(words);
    expect(refused.words).toContain('usage: npm run worker');
  });
});

it('a worker process on an embedded database says what it needs instead', async () => {
  const refused = await runWorker([]);
  expect(refused.code).toBe(1);
  expect(refused.words).toMatch(/^a worker process needs the database that its gateway uses: .*PostgreSQL/);
});
