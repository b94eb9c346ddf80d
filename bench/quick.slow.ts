import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { resolve } from 'node:path';

const run = (...args: string[]) => promisify(execFile)(process.execPath, [resolve('dist', 'bench', 'main.js'), ...args], { env: {}, timeout: 280_000 });

test('every subject runs and prints figures that can be read', async () => {
  const { stdout } = await run('--quick');
  const lines = stdout.trim().split('\n').map((line) => JSON.parse(line));
  expect([...new Set(lines.map(({ subject }) => subject))]).toEqual(['startup', 'reads', 'appends', 'memories', 'search', 'context', 'caches', 'pipeline', 'fanout']);
  for (const line of lines) {
    expect(line).toMatchObject({ metric: expect.any(String), value: expect.any(Number), unit: expect.any(String), n: expect.any(Number), node: process.version, cpus: expect.any(Number) });
    expect(line.n).toBeGreaterThan(0);
    expect('ratio' in line).toBe('to' in line);
  }
  expect(lines.filter(({ to }) => to !== undefined).length).toBeGreaterThan(8);
}, 300_000);

test('a subject that there is not is refused with those that there are', async () => {
  await expect(run('weather')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('startup, reads, appends') });
});
