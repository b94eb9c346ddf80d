import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { newTestDatabase } from '../testing/database';
import { withDataDir } from '../testing/e2e/process';

test('a gateway loads what its configuration names and no other mode’s libraries', () => withDataDir(async (dataDir) => {
  const { config, drop } = await newTestDatabase();
  try {
    const output = execFileSync(process.execPath, [join(__dirname, '../testing/run-ts.cjs'), join(__dirname, '../testing/children/loaded-vendors.ts')], {
      env: { CONTEXTIQ_DATA_DIR: dataDir, CONTEXTIQ_DATABASE_URL: config.kind === 'postgres' ? config.url : '' }, encoding: 'utf8',
    });
    // The embedded engine itself is loaded by its thread.
    expect(JSON.parse(output)).toEqual(['pg', 'typeorm']);
  } finally {
    await drop();
  }
}));
