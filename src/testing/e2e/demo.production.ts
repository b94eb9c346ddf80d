import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { newSharedServices } from '../shared-services';
import { killPrograms, startProgram } from './program';

const run = promisify(execFile);
const BOUND_MS = 120_000;

test('the demo runs against either of two gateways whose jobs two workers do', async () => {
  const services = await newSharedServices();
  const variables = { ...services.variables, CONTEXTIQ_PORT: '0', CONTEXTIQ_WORKERS: '0' };
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
    await services.drop();
  }
}, BOUND_MS * 2);
