import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { newTestDatabase } from '../src/testing/database';
import { parseExposition } from '../src/testing/exposition';
import { requireRedisUrl } from '../src/testing/services';

test('a worker process shows its figures to who has the token, and to nobody else', async () => {
  const { config, drop } = await newTestDatabase();
  if (config.kind !== 'postgres') throw new Error('a worker needs a server');
  const token = 'scraper-token-0123456789';
  const child = spawn(process.execPath, [resolve('dist', 'workers', 'main.js'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { CONTEXTIQ_DATABASE_URL: config.url, CONTEXTIQ_REDIS_URL: requireRedisUrl(), CONTEXTIQ_METRICS_TOKEN: token },
  });
  const exited = once(child, 'exit');
  try {
    const port = await new Promise<unknown>((found) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const entry = JSON.parse(line);
        if (entry.msg === 'the worker is ready') found(entry.healthPort);
      });
    });
    const read = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${String(port)}/metrics`, { headers, signal: AbortSignal.timeout(10_000) });
    expect((await read({})).status).toBe(401);
    const shown = await read({ authorization: `Bearer ${token}` });
    expect(shown.status).toBe(200);
    expect(parseExposition(await shown.text()).values('contextiq_queue_jobs', 'queue')).toContain('memory.generation');
  } finally {
    child.kill('SIGTERM');
    await exited;
    await drop();
  }
});
