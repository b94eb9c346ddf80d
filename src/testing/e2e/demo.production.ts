import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { newTestDatabase } from '../database';
import { newPrefix, removeQueues } from '../rabbitmq';
import { requireRabbitUrl, requireRedisUrl } from '../services';
import { killPrograms, startProgram } from './program';

const run = promisify(execFile);
const BOUND_MS = 120_000;

test('the demo runs against either of two gateways whose jobs two workers do', async () => {
  const { config, drop } = await newTestDatabase();
  if (config.kind !== 'postgres') throw new Error('no template: run `npm run test:production`');
  const prefix = newPrefix();
  const variables = {
    CONTEXTIQ_DATABASE_URL: config.url, CONTEXTIQ_RABBITMQ_URL: requireRabbitUrl(), CONTEXTIQ_RABBITMQ_PREFIX: prefix,
    CONTEXTIQ_REDIS_URL: requireRedisUrl(), CONTEXTIQ_REDIS_PREFIX: prefix, CONTEXTIQ_PORT: '0', CONTEXTIQ_WORKERS: '0',
  };
  try {
    const gateways = await Promise.all([1, 2].map(() => startProgram('gateway', { variables })));
    await Promise.all([1, 2].map(() => startProgram('worker', { variables })));
    const shown = await Promise.all(gateways.map(async ({ entry }) => {
      const { stdout } = await run(process.execPath, [resolve('dist', 'src', 'tools', 'demo', 'main.js'), '--url', entry.url ?? ''], { env: {}, timeout: BOUND_MS });
      expect(stdout).toContain(`The gateway at ${entry.url}`);
      return stdout.match(/Remembered: .*/)?.[0];
    }));
    expect(shown[0]).toMatch(/^Remembered: \d{2,} created/);
    expect(shown[1]).toBe(shown[0]);
  } finally {
    killPrograms();
    await removeQueues(requireRabbitUrl(), prefix);
    await drop();
  }
}, BOUND_MS * 2);
